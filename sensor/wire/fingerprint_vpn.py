"""VPNs known by their own bytes: what hides, not what controls. For `fingerprint_pairs`, `fingerprint_datagram` and `fingerprint`.

WireGuard   1 reserved(3) index(4) in 148 bytes, more where its maker pads it: the index comes back behind
2 reserved(3) index(4) in 92; already under way: 4 0(3) index(4) counter(8, little-endian), in 16s, the counter
goes on and the index stays                                            wireguard.com/protocol
OpenVPN     0x38|0x50 session(8): it comes back in 0x40; under tls-crypt packet id 1 and the hour do. In TCP behind length(2)
0x50 (tls-crypt-v2) has flags in the first byte of its packet id        OpenVPN protocol, ssl_pkt.h
IKE         spi(8) 0(8) next version(0x10|0x20) … length(4): the spi comes back with another; also behind 0(4)      RFC 7296, 3.1
L2TP        0xC802 length(2) … message 1, answered by message 2                          RFC 2661, 3.1, 5.8
"""

from collections.abc import Callable

from sensor.wire import Likeness

Words = tuple[bytes, ...]
FOUND: Words = (b"",)

INITIATION, RESPONSE = 148, 92  # bytes
RESERVED = bytes(3)
STEP, STEPS = 1_000, 3  # how far a counter may go on between two datagrams that were seen, and how often it must
RESETS = (0x38, 0x50)
ANSWER = 0x40
LEAST, MOST = 14, 1_500
OPENVPN_BEHIND = (14, 42, 54, 86)  # where the other's session stands: without tls-auth, with 20, 32 and 64 bytes of it


def wireguard_asks(data: bytes) -> Words:
    return (data[4:8],) if data[:1] == b"\1" and _long(data, INITIATION) else ()


def wireguard_answers(data: bytes) -> Words:
    return (data[8:12],) if data[:1] == b"\2" and _long(data, RESPONSE) else ()


def _long(data: bytes, size: int) -> bool:
    """Cloudflare writes into what is reserved, others behind the message: nobody both."""
    return len(data) == size or (len(data) > size and data[1:4] == RESERVED)


def wireguard_data(data: bytes) -> bool:
    return data[:4] == b"\4\0\0\0" and len(data) >= 32 and not len(data) % 16 and data[13:16] == bytes(3)


class WireguardUnderWay:
    """A tunnel whose handshake nobody saw: both sides send data, and of one the counter goes on."""

    __slots__ = ("_last", "_steps")

    def __init__(self) -> None:
        self._last: dict[bool, tuple[bytes, int]] = {}  # by from_orig: the receiver's index, the counter
        self._steps = 0

    def heard(self, data: bytes, from_orig: bool) -> bool:
        if not wireguard_data(data):
            return False
        index, counter = data[4:8], int.from_bytes(data[8:16], "little")
        before = self._last.get(from_orig)
        self._last[from_orig] = (index, counter)
        if before is not None and before[0] == index and 0 < counter - before[1] <= STEP:
            self._steps += 1
        return self._steps >= STEPS and len(self._last) == len((True, False))


def openvpn_asks(data: bytes) -> Words:
    if len(data) < LEAST or data[0] not in RESETS:
        return ()
    return (data[1:9], *_wrapped(data))


def openvpn_answers(data: bytes) -> Words:
    if len(data) < 22 or data[0] != ANSWER:
        return ()
    return (*(data[at : at + 8] for at in OPENVPN_BEHIND if len(data) >= at + 8), *_wrapped(data))


def _wrapped(data: bytes) -> Words:
    """Of tls-crypt: the end of the first packet's id, and the hour of its clock."""
    begins = data[9:11] == b"\0\0" or (data[0] == RESETS[1] and data[10] <= 1)
    return (data[11:15],) if len(data) >= 49 and begins and data[11:13] == b"\0\1" and 0x4F <= data[13] <= 0xB0 else ()


def openvpn(orig: bytes, resp: bytes) -> Likeness:
    """Over TCP."""
    (asked, question), (answered, answer) = _framed(orig, RESETS), _framed(resp, (ANSWER,))
    if Likeness.NO in (asked, answered):
        return Likeness.NO
    if asked is answered is Likeness.YES:
        return Likeness.YES if set(openvpn_asks(question)) & set(openvpn_answers(answer)) else Likeness.NO
    return Likeness.MAYBE


def _framed(data: bytes, opcodes: tuple[int, ...]) -> tuple[Likeness, bytes]:
    """Whether a first packet of this kind has come, and it."""
    if data and data[0] > MOST >> 8:
        return Likeness.NO, b""
    if len(data) < 3:
        return Likeness.MAYBE, b""
    size = int.from_bytes(data[:2], "big")
    if data[2] not in opcodes or not LEAST <= size <= MOST:
        return Likeness.NO, b""
    packet = data[2 : 2 + size]
    return (Likeness.YES if len(packet) == size else Likeness.MAYBE), packet


def _ike(data: bytes) -> tuple[bytes, bytes] | None:
    """Both sides' indexes."""
    if data[:4] == bytes(4):
        data = data[4:]  # on port 4500, where ESP runs too (RFC 3948)
    fits = len(data) >= 28 and data[17] in (0x10, 0x20) and int.from_bytes(data[24:28], "big") == len(data)
    return (data[:8], data[8:16]) if fits and any(data[:8]) else None


def ike_asks(data: bytes) -> Words:
    found = _ike(data)
    return (found[0],) if found and not any(found[1]) else ()


def ike_answers(data: bytes) -> Words:
    found = _ike(data)
    return (found[0],) if found and any(found[1]) else ()


def l2tp(message: int) -> Callable[[bytes], Words]:
    begins = b"\x08\0\0\0\0" + message.to_bytes(2, "big")

    def judge(data: bytes) -> Words:
        fits = data.startswith(b"\xc8\x02") and int.from_bytes(data[2:4], "big") == len(data)
        return FOUND if fits and data[13:20] == begins else ()

    return judge
