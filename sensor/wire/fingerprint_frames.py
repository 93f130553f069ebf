"""Signs of chat programs whose frames have a form of their own, for `sensor.wire.fingerprint`: each judges both sides' first bytes.

AIM, ICQ    OSCAR's FLAP: 0x2A channel(1 to 5) number(2) length(2), big-endian; a connection opens on channel 1 with
            0 0 0 1, and numbers count up by one             OSCAR protocol, FLAP header; Wireshark, packet-aim.c
KakaoTalk   LOCO: client key length(4: 128|256) key's cipher(4) stream's cipher(4) key, then both sides length(4) frame
            little-endian                                    storycraft/loco-protocol-rs, secure layer
WeChat      MMTLS: client 0x16|0x19 0xF1 3|4 length(2), server 0x16 0xF1 3|4 length(2)
            Citizen Lab, "Should We Chat, Too?" (2024)
Viber       client length(2, little-endian, of the whole frame), with 0xFC 0xFF . 0x80 at 6 or 3 0x80 at 4 and 0x0A at 10;
            the server's frames begin with their length too                nDPI, viber.c
"""

from sensor.wire import Likeness
from sensor.wire.sides import best, both, starts

FLAP = 0x2A
FLAP_HEADER = 6
FLAP_OPENS = b"\0\0\0\1"
LOCO_HEADER = 12
LARGEST_FRAME = 1 << 20
VIBER_SHORTEST, VIBER_FIRST = 11, 1_024


def oscar(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, _flap, _flap)


def _flap(data: bytes) -> Likeness:
    """One side's opening, or two frames in their order."""
    if data[0] != FLAP:
        return Likeness.NO
    if len(data) < FLAP_HEADER:
        return Likeness.MAYBE if len(data) < 2 or 1 <= data[1] <= 5 else Likeness.NO
    size = int.from_bytes(data[4:6], "big")
    if data[1] == 1:
        return starts(data[FLAP_HEADER : FLAP_HEADER + 4], FLAP_OPENS) if size >= 4 else Likeness.NO
    following = data[FLAP_HEADER + size :]
    if not 2 <= data[1] <= 5 or (following and following[0] != FLAP):
        return Likeness.NO
    if len(following) < 4:
        return Likeness.MAYBE
    counted = int.from_bytes(following[2:4], "big") - int.from_bytes(data[2:4], "big")
    return Likeness.YES if counted & 0xFFFF == 1 and 1 <= following[1] <= 5 else Likeness.NO


def loco(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, _loco_client, lambda data: _framed(data, 16))


def _loco_client(data: bytes) -> Likeness:
    sizes = (b"\x80\0\0\0", b"\0\1\0\0")
    if best(starts(data[:4], size) for size in sizes) is Likeness.NO:
        return Likeness.NO
    if len(data) < LOCO_HEADER:
        return Likeness.MAYBE
    ciphers = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8))
    if not all(1 <= cipher <= 32 for cipher in ciphers):
        return Likeness.NO
    first = data[LOCO_HEADER + int.from_bytes(data[:4], "little") :]
    return _framed(first, 16) if first else Likeness.MAYBE


def _framed(data: bytes, least: int) -> Likeness:
    """A length(4, little-endian) that a frame of a chat may have."""
    if len(data) < 4:
        return Likeness.MAYBE
    return Likeness.YES if least <= int.from_bytes(data[:4], "little") < LARGEST_FRAME else Likeness.NO


def mmtls(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, lambda data: _record(data, b"\x16\x19"), lambda data: _record(data, b"\x16"))


def _record(data: bytes, kinds: bytes) -> Likeness:
    if data[0] not in kinds:
        return Likeness.NO
    return best((starts(data[1:3], b"\xf1\x03"), starts(data[1:3], b"\xf1\x04")))


def viber(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, _viber_client, _viber_frames)


def _viber_client(data: bytes) -> Likeness:
    if len(data) >= 2 and not VIBER_SHORTEST <= int.from_bytes(data[:2], "little") <= VIBER_FIRST:
        return Likeness.NO
    if len(data) < VIBER_SHORTEST:
        forms = (starts(data[4:6], b"\x03\x80"), starts(data[6:8], b"\xfc\xff"))
        return Likeness.NO if best(forms) is Likeness.NO else Likeness.MAYBE
    if (data[6:8] == b"\xfc\xff" and data[9] == 0x80) or (data[4:6] == b"\x03\x80" and data[10] == 0x0A):
        return _viber_frames(data)
    return Likeness.NO


def _viber_frames(data: bytes) -> Likeness:
    """Frames one behind the other, and the last one whole: sides speak in turn."""
    at = 0
    while at + 2 <= len(data):
        size = int.from_bytes(data[at : at + 2], "little")
        if size < 4 or size > 16_384:
            return Likeness.NO
        at += size
    return Likeness.YES if at == len(data) and at else Likeness.MAYBE
