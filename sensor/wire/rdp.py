"""RDP's opening: TPKT, X.224 connection request and confirm, security negotiation (MS-RDPBCGR 2.2.1.1, 2.2.1.2).

    TPKT:  3 0 length(2)                                        (RFC 1006)
    X.224: length indicator(1) 0xE0 request | 0xD0 confirm destination(2) source(2) class(1)
    then, in the request: [routing token or "Cookie: …" CR LF] [1 flags(1) 8 0 protocols(4, little-endian)] [correlation]
    then, in the confirm: [2 flags(1) 8 0 protocol(4) | 3 flags(1) 8 0 failure code(4)]

The cookie names a user: it is skipped, never kept. Other protocols open with TPKT and X.224 too (S7, MMS), and carry parameters
where RDP has none. With TLS chosen, TLS follows on the same stream: `Rest.HANDOVER`.
"""

from typing import ClassVar, Literal

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.records import Rdp
from sensor.wire.sides import TwoSides, any_side, starts

LARGEST = 512  # of a connection request, with its token
REQUEST, CONFIRM = 0xE0, 0xD0
NEG_REQUEST, NEG_RESPONSE, NEG_FAILURE = 1, 2, 3
PROTOCOLS = {1: "ssl", 2: "hybrid", 4: "rdstls", 8: "hybrid_ex", 16: "rdsaad"}
TLS_HANDSHAKE = 0x16
HEADER = 11  # TPKT and X.224


class RdpReader(TwoSides):
    """Buffer: one X.224 packet of 512 bytes in each direction."""

    service: ClassVar[str] = "rdp"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())
        self._asked: bool | None = None  # the direction of the request
        self._requested: tuple[str, ...] = ()

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._lost[from_orig]:
            return MORE
        buffer = self._buffers[from_orig]
        buffer += data
        if self._asked == from_orig and buffer:
            return self._went_on(buffer[0])
        try:
            size = _size(buffer)
        except ParseError:
            if self._asked is None:
                raise
            return self._finish()  # asked of something that is no RDP server
        if size is None or len(buffer) < size:
            return MORE
        packet = bytes(buffer[:size])
        del buffer[:size]
        if packet[5] == CONFIRM:
            return self._confirmed(packet)
        self._asked = from_orig
        self._requested = _requested(packet)
        return self._went_on(buffer[0]) if buffer else MORE

    def _went_on(self, byte: int) -> Outcome:
        """The client goes on without a confirm having been seen: it must have had one, in the direction that is not."""
        if byte == TLS_HANDSHAKE:
            return self._tell(Rdp(self._requested, "ssl", "confirmed"), Rest.HANDOVER)
        return self._tell(Rdp(self._requested, None, "confirmed"), Rest.DONE)

    def _confirmed(self, packet: bytes) -> Outcome:
        answer = packet[HEADER : HEADER + 8]
        if len(answer) < 8:
            return self._tell(Rdp(self._requested, None, "confirmed"), Rest.DONE)
        value = int.from_bytes(answer[4:], "little")
        if answer[0] == NEG_FAILURE:
            return self._tell(Rdp(self._requested, None, "failed", value), Rest.DONE)
        if value == 0:
            return self._tell(Rdp(self._requested, "rdp", "confirmed"), Rest.DONE)
        return self._tell(Rdp(self._requested, PROTOCOLS.get(value, f"unknown-{value}"), "confirmed"), Rest.HANDOVER)

    def _tell(self, record: Rdp, rest: Literal[Rest.DONE, Rest.HANDOVER]) -> Outcome:
        resp, orig = (bytes(buffer) for buffer in self._buffers)
        return (
            Events((record,), rest, left_orig=orig, left_resp=resp)
            if rest is Rest.HANDOVER
            else Events((record,), rest)
        )

    def _finish(self) -> Outcome:
        if self._asked is None:
            return GiveUp("no connection request")
        return self._tell(Rdp(self._requested), Rest.DONE)


def _size(data: bytes | bytearray) -> int | None:
    """Bytes of the packet that `data` begins with; None while too little is there. `ParseError` if it is no RDP opening."""
    if _opening(bytes(data[: HEADER + 8])) is Likeness.NO:
        raise ParseError("not an RDP opening")
    if len(data) < HEADER:
        return None
    return int(data[2] << 8 | data[3])


def _requested(packet: bytes) -> tuple[str, ...]:
    """The protocols asked for; () where the client knows of no negotiation: standard RDP security."""
    body = packet[HEADER:]
    if body[:1] != bytes([NEG_REQUEST]):
        body = body.partition(b"\r\n")[2]
    if len(body) < 8 or body[0] != NEG_REQUEST:
        return ()
    asked = int.from_bytes(body[4:8], "little")
    return tuple(name for bit, name in PROTOCOLS.items() if asked & bit) or ("rdp",)


def probe(orig: bytes, resp: bytes) -> Likeness:
    return any_side(_opening, orig, resp)


def _opening(data: bytes) -> Likeness:
    """An X.224 request or confirm as RDP sends them."""
    said = starts(data[:2], b"\x03\x00")
    if said is not Likeness.YES or len(data) < 6:
        return said if said is Likeness.NO else Likeness.MAYBE
    size = data[2] << 8 | data[3]
    if data[5] not in (REQUEST, CONFIRM) or data[4] != size - 5 or not HEADER <= size <= LARGEST:
        return Likeness.NO
    if len(data) < HEADER:
        return Likeness.MAYBE
    destination_is_open = data[5] == CONFIRM or data[6:8] == b"\0\0"
    if data[10] != 0 or not destination_is_open:
        return Likeness.NO
    if size == HEADER:
        return Likeness.YES
    return _variable(data[5], data[HEADER:], size - HEADER)


def _variable(kind: int, body: bytes, size: int) -> Likeness:
    """What follows the X.224 header: nothing else than RDP's own has its form."""
    if kind == CONFIRM:
        fits = size == 8 and body[:1] in (b"", b"\x02", b"\x03") and body[2:4] in (b"", b"\x08", b"\x08\0")
        return _sure(len(body) >= 4) if fits else Likeness.NO
    if body[:1] == bytes([NEG_REQUEST]):
        fits = size in (8, 44) and body[2:4] in (b"", b"\x08", b"\x08\0")
        return _sure(len(body) >= 4) if fits else Likeness.NO
    token = any(starts(body[: len(word)], word) is not Likeness.NO for word in (b"Cookie: ", b"tsv://"))
    return _sure(len(body) >= 6) if token else Likeness.NO


def _sure(enough: bool) -> Likeness:
    return Likeness.YES if enough else Likeness.MAYBE
