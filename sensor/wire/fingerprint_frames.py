"""Signs of chat programs whose frames have a form of their own, for `sensor.wire.fingerprint`: each judges both sides' first bytes.

AIM, ICQ    OSCAR's FLAP: 0x2A channel(1 to 5) number(2) length(2), big-endian; a connection opens on channel 1 with
            0 0 0 1, and numbers count up by one             OSCAR protocol, FLAP header; Wireshark, packet-aim.c
            TOC: client "FLAPON" CRLF CRLF                   TOC 1.0
KakaoTalk   LOCO: client key length(4: 128|256) key's cipher(4) stream's cipher(4) key, then both sides length(4) frame
            little-endian                                    storycraft/loco-protocol-rs, secure layer
            or, before a key is made, either side number(4) 0 0 command(11: letters, then 0) kind(1) size(4) BSON(size)
WeChat      MMTLS: client 0x16|0x19 0xF1 3|4 length(2), server 0x16 0xF1 3|4 length(2)
            Citizen Lab, "Should We Chat, Too?" (2024)
            either side length(4) 0 16 0 1 command(4) number(4); the server's commands count from 1,000,000,000
            both sides 0xAB length(4, of the whole message)                        libprotoident, lpi_wechat.cc
Viber       client length(2, little-endian, of the whole frame), with 0xFC 0xFF . 0x80 at 6 or 3 0x80 at 4 and 0x0A at 10;
            the server's frames begin with their length too                nDPI, viber.c
            one side 96 0 0 0 in 96 bytes, the other 56 0 . 4|5 in 56; or 24 0 0 0 in 24 and 154 0 . 0 in 154
            libprotoident, lpi_viber.cc
LINE        client 0x80 2 0 1|6, server 0x80 2 0 4                           libprotoident, lpi_line.cc
QQ          both sides length(2, of all) 2 version(2) command(2) number(2) … 3          Wireshark, packet-oicq.c, on TCP
            either side 0x28 length(4) length(4), two messages, 0x29, big-endian   nDPI, qq.c; the file service of its clients
DingTalk    client 0x10 . 87 80 01 00 01 00 02 00 02 64 6B 03 00 20 (hexadecimal)        nDPI, dingtalk.c
"""

from sensor.wire import Likeness
from sensor.wire.fingerprint_pairs import oicq
from sensor.wire.sides import best, both, likeness, starts

FLAP = 0x2A
FLAP_HEADER = 6
FLAP_OPENS = b"\0\0\0\1"
FLAP_SURE = 3  # frames in their order that no other side need confirm
TOC = b"FLAPON\r\n\r\n"
LOCO_HEADER = 12
LARGEST_FRAME = 1 << 20
LOCO_COMMAND, LOCO_PLAIN_HEADER, LOCO_FIRST = 6, 22, 32
MARS = b"\0\x10\0\1"
MARS_HEADER, MARS_ANSWERS, MARS_LARGEST = 16, 1_000_000_000, 1 << 16
XLOG = 0xAB
LINE_CLIENT, LINE_SERVER = (b"\x80\2\0\1", b"\x80\2\0\6"), b"\x80\2\0\4"
OICQ_SHORTEST, OICQ_LONGEST = 14, 5  # bytes; what the first of its length's may be
QQ_FRAME, QQ_ENDS, QQ_HEADER = 0x28, 0x29, 9
DINGTALK, DINGTALK_AT = bytes.fromhex("8780010001000200 02646b030020"), 2
VIBER_SHORTEST, VIBER_FIRST = 11, 1_024
VIBER_PAIRS = ((b"\x60\0\0\0", b"\x38\0", b"\4\5"), (b"\x18\0\0\0", b"\x9a\0", b"\0"))


def oscar(orig: bytes, resp: bytes) -> Likeness:
    """One side's opening, or some frames, are enough where nothing of the other speaks against it."""
    text = starts(orig, TOC) if orig else Likeness.MAYBE
    said = both(orig, resp, _flap, _flap)
    if said is Likeness.MAYBE and any(_flap_sure(data) for data in (orig, resp)):
        return Likeness.YES
    return best((said, text)) if orig else said


def _flap_sure(data: bytes) -> bool:
    if data[:2] == b"*\1":
        return len(data) >= FLAP_HEADER + 4 and _flap(data) is Likeness.YES
    at, frames, number = 0, 0, -1
    while data[at : at + 1] == b"*" and len(data) >= at + FLAP_HEADER:
        counted = int.from_bytes(data[at + 2 : at + 4], "big")
        if not 1 <= data[at + 1] <= 5 or (frames and (counted - number) & 0xFFFF != 1):
            return False
        at, frames, number = at + FLAP_HEADER + int.from_bytes(data[at + 4 : at + 6], "big"), frames + 1, counted
    return frames >= FLAP_SURE


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
    secured = both(orig, resp, _loco_client, lambda data: _framed(data, 16))
    return best((secured, likeness(_loco_plain, orig, resp)))


def _loco_plain(data: bytes) -> Likeness:
    """A command and the BSON behind it, which begins with its own length."""
    if data[0] >= LOCO_FIRST or any(data[1:LOCO_COMMAND]):  # numbers count from 0, and all goes well
        return Likeness.NO
    if len(data) <= LOCO_PLAIN_HEADER + 4:
        return Likeness.MAYBE if len(data) <= LOCO_COMMAND or 0x41 <= data[LOCO_COMMAND] <= 0x5A else Likeness.NO
    command = data[LOCO_COMMAND : LOCO_COMMAND + 11].rstrip(b"\0")
    size = data[LOCO_PLAIN_HEADER - 4 : LOCO_PLAIN_HEADER]
    fits = command.isalnum() and command.isupper() and size == data[LOCO_PLAIN_HEADER : LOCO_PLAIN_HEADER + 4]
    return Likeness.YES if fits and 5 <= int.from_bytes(size, "little") < LARGEST_FRAME else Likeness.NO


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


def wechat(orig: bytes, resp: bytes) -> Likeness:
    records = both(orig, resp, lambda data: _record(data, b"\x16\x19"), lambda data: _record(data, b"\x16"))
    if records is Likeness.MAYBE and any(_records(data) for data in (orig, resp)):
        records = Likeness.YES
    frames = both(orig, resp, lambda data: _mars(data, 0), lambda data: _mars(data, MARS_ANSWERS))
    return best((records, frames, _files(orig, resp)))


def _record(data: bytes, kinds: bytes) -> Likeness:
    if data[0] not in kinds:
        return Likeness.NO
    return best((starts(data[1:3], b"\xf1\x03"), starts(data[1:3], b"\xf1\x04")))


def _records(data: bytes) -> bool:
    """A record, and the next where it ends."""
    if len(data) < 5 or _record(data, b"\x16\x19") is not Likeness.YES:
        return False
    following = data[5 + int.from_bytes(data[3:5], "big") :]
    return len(following) >= 3 and _record(following, b"\x15\x16\x17\x19") is Likeness.YES


def _mars(data: bytes, least: int) -> Likeness:
    if len(data) < MARS_HEADER:
        return Likeness.NO if any(data[:2]) or not MARS.startswith(data[4:8]) else Likeness.MAYBE
    size, command = int.from_bytes(data[:4], "big"), int.from_bytes(data[8:12], "big")
    fits = data[4:8] == MARS and MARS_HEADER <= size < MARS_LARGEST and least <= command < least + 0x10000
    return Likeness.YES if fits else Likeness.NO


def _files(orig: bytes, resp: bytes) -> Likeness:
    """Its files: who has said all it announced is sure of what it said."""
    if any(data and (data[0] != XLOG or (len(data) > 1 and data[1] > 1)) for data in (orig, resp)):
        return Likeness.NO
    whole = [len(data) > 5 and int.from_bytes(data[1:5], "big") == len(data) for data in (orig, resp)]
    return Likeness.YES if orig and resp and any(whole) and min(len(orig), len(resp)) > 5 else Likeness.MAYBE


def line(orig: bytes, resp: bytes) -> Likeness:
    return both(
        orig,
        resp,
        lambda data: best(starts(data, word) for word in LINE_CLIENT),
        lambda data: starts(data, LINE_SERVER),
    )


def qq(orig: bytes, resp: bytes) -> Likeness:
    return best((both(orig, resp, _oicq, _oicq), likeness(_qq_file, orig, resp)))


def _oicq(data: bytes) -> Likeness:
    """A whole message behind its length."""
    size = int.from_bytes(data[:2], "big")
    if (
        data[0] > OICQ_LONGEST
        or data[2:3] not in (b"", b"\2")
        or (len(data) > 2 and not OICQ_SHORTEST <= size >= len(data))
    ):
        return Likeness.NO
    if len(data) < 3 or len(data) < size:
        return Likeness.MAYBE
    return Likeness.YES if oicq(data[2:]) else Likeness.NO


def _qq_file(data: bytes) -> Likeness:
    if data[0] != QQ_FRAME:
        return Likeness.NO
    if len(data) <= QQ_HEADER:
        return Likeness.MAYBE if not any(data[1:3]) else Likeness.NO
    head, body = int.from_bytes(data[1:5], "big"), int.from_bytes(data[5:9], "big")
    end = QQ_HEADER + head + body
    if not 2 <= head < 4_096 or body >= LARGEST_FRAME or data[QQ_HEADER] != 0x0A or len(data) > end + 1:
        return Likeness.NO
    if len(data) <= end:
        return Likeness.MAYBE
    return Likeness.YES if data[end] == QQ_ENDS else Likeness.NO


def dingtalk(orig: bytes, resp: bytes) -> Likeness:
    del resp
    if orig and orig[0] != 0x10:
        return Likeness.NO
    return starts(orig[DINGTALK_AT : DINGTALK_AT + len(DINGTALK)], DINGTALK)


def viber(orig: bytes, resp: bytes) -> Likeness:
    return best((both(orig, resp, _viber_client, _viber_frames), _viber_sizes(orig, resp), _viber_sizes(resp, orig)))


def _viber_sizes(asks: bytes, answers: bytes) -> Likeness:
    """Two messages of the sizes that they announce."""
    said = Likeness.NO
    for size, answer, kinds in VIBER_PAIRS:
        fits = size.startswith(asks[:4]) and len(asks) <= size[0] and answer.startswith(answers[:2])
        if not fits or len(answers) > answer[0] or (len(answers) > 3 and answers[3] not in kinds):
            continue
        said = Likeness.YES if (len(asks), len(answers)) == (size[0], answer[0]) else best((said, Likeness.MAYBE))
    return said


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
