"""WebSocket (RFC 6455), for what a browser controls other computers by: RFB (noVNC), SSH and RDP inside its frames.

    fin and kind(1)  masked(1 bit) length(7 bits | 126 length(2) | 127 length(8))  [mask(4), always from the client]  payload

Found where a first frame's payload is one of theirs; any other WebSocket is left alone. Frames are taken off, and the protocol's own
reader reads on. Control frames (8 and up) are passed over.
"""

from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Probe, Reader, Rest, rdp, rfb, ssh
from sensor.wire.sides import TwoSides

LARGEST = 65_536  # of a frame, and of what is taken off in one direction
INSIDE: tuple[tuple[Probe, type[Reader]], ...] = (
    (rfb.probe, rfb.RfbReader),
    (ssh.probe, ssh.SshReader),
    (rdp.probe, rdp.RdpReader),
)
CONTROL, MASKED = 8, 0x80
KINDS = frozenset((0x80, 0x81, 0x82, 0x00, 0x01, 0x02, 0x88, 0x89, 0x8A))


class Frames:
    """Takes the frames off one direction. Buffer: one frame of 64 KiB."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> bytes:
        """The payload of each frame that has come whole. `ParseError` if these are no frames."""
        self._buffer += data
        payload = b""
        while (size := self._size()) is not None and len(self._buffer) >= size[0] + size[1]:
            head, length = size
            body = bytes(self._buffer[head : head + length])
            if self._buffer[1] & MASKED:
                body = unmasked(body, bytes(self._buffer[head - 4 : head]))
            if self._buffer[0] & 0x0F < CONTROL:
                payload += body
            del self._buffer[: head + length]
        return payload

    def _size(self) -> tuple[int, int] | None:
        """(bytes of the head, bytes of the payload), None while the head has not come."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        if buffer[0] not in KINDS:
            raise ParseError("not a frame")
        short = buffer[1] & 0x7F
        more = {126: 2, 127: 8}.get(short, 0)
        length = int.from_bytes(buffer[2 : 2 + more], "big") if more else short
        if len(buffer) < 2 + more:
            return None
        if length > LARGEST:
            raise ParseError("a frame of more than 64 KiB")
        return 2 + more + (4 if buffer[1] & MASKED else 0), length


def unmasked(body: bytes, mask: bytes) -> bytes:
    key = int.from_bytes((mask * (len(body) // 4 + 1))[: len(body)], "big")
    return (int.from_bytes(body, "big") ^ key).to_bytes(len(body), "big")


class WebSocketReader(TwoSides):
    """Buffer: a frame of 64 KiB in each direction, and what the reader inside keeps."""

    service: ClassVar[str] = "websocket"

    def __init__(self) -> None:
        super().__init__()
        self._frames = (Frames(), Frames())
        self._pieces: list[tuple[bool, bytes]] = []
        self._heads = [b"", b""]
        self._inside: Reader | None = None
        self._taken = 0

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        payload = self._frames[from_orig].feed(data)
        self._taken += len(payload)
        if self._taken > 2 * LARGEST:
            return self._finish()
        if not payload:
            return MORE
        if self._inside is not None:
            return _plain(self._inside.data(payload, from_orig=from_orig))
        self._heads[from_orig] += payload
        self._pieces.append((from_orig, payload))
        return self._begin()

    def _begin(self) -> Outcome:
        resp, orig = self._heads
        made = next((reader for probe, reader in INSIDE if probe(orig, resp) is Likeness.YES), None)
        if made is None:
            return MORE
        self._inside = made()
        for from_orig, payload in self._pieces:
            outcome = _plain(self._inside.data(payload, from_orig=from_orig))
            if outcome is not MORE:
                return outcome
        return MORE

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        """Where the next frame begins is lost."""
        del missing, from_orig
        return self._finish()

    def _finish(self) -> Outcome:
        if self._inside is None:
            return GiveUp("nothing known inside")
        self._inside.end(from_orig=True)
        return _plain(self._inside.end(from_orig=False))


def _plain(outcome: Outcome) -> Outcome:
    """What is handed over inside is not followed: it stands in frames."""
    if isinstance(outcome, Events) and outcome.rest is Rest.HANDOVER:
        return Events(outcome.records, Rest.DONE)
    return outcome


def probe(orig: bytes, resp: bytes) -> Likeness:
    """One of theirs in the first frames; the originator's are masked, the responder's are not."""
    if any(data and data[0] not in (0x81, 0x82) for data in (orig, resp)):
        return Likeness.NO
    if (len(orig) > 1 and not orig[1] & MASKED) or (len(resp) > 1 and resp[1] & MASKED):
        return Likeness.NO
    try:
        inside = Frames().feed(orig), Frames().feed(resp)
    except ParseError:
        return Likeness.NO
    if any(inside):
        return Likeness.YES if any(likely(*inside) is Likeness.YES for likely, _ in INSIDE) else Likeness.NO
    return Likeness.MAYBE
