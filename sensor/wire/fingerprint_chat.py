"""Signs of chat programs on a stream, for `sensor.wire.fingerprint`: each judges the first bytes of both sides.

    WhatsApp   client "WA" 6 (2|3) | "WA" 5 2 | "ED" 0 1 0 0 (2|4) 8      its Noise handshake, on 5222, 443 or 80, without TLS;
               "WA" 1 5 of its oldest clients
    MSN        "VER n MSNPn" | "MSG n U|A|N n" CRLF "MIME-Version: 1.0" | "MSG who nick n" CRLF "MIME…"
               draft-movva-msn-messenger-protocol-00
    Telegram   client 0xEF, then frames length/4(1, or 0x7F and 3) payload; 0xEEEEEEEE or 0xDDDDDDDD, then length(4) payload
               server the same frames; a payload begins with the id(8) of a key that both sides share, 0 while they have none
               core.telegram.org/mtproto/mtproto-transports, core.telegram.org/mtproto/description
    Threema    client hello(48), server hello(80), log-in, server ack(32), then frames length(2) payload(≥ 20), the first of them
               a lone word of 20 or a message       threema.ch/press-files/cryptography_whitepaper.pdf; libthreema's csp

Numbers are little-endian in Telegram and Threema. No official program of Telegram's uses the plain transports any more.
"""

import re

from sensor.wire import Likeness
from sensor.wire.sides import best, starts

FIRST_BYTES = 2_048

WHATSAPP = (b"WA\x06\x03", b"WA\x06\x02", b"WA\x05\x02", b"WA\x01\x05", b"ED\0\1\0\0\x02\x08", b"ED\0\1\0\0\x04\x08")
_MSN = re.compile(
    rb"VER \d{1,9} (?:MSNP\d{1,2}|CVR0)[ \r]|MSG (?:\d{1,9} [UAND]|\S{3,128} \S{1,387}) \d{1,5}\r\nMIME-Version: 1\.0\r\n"
)
_MSN_LONGEST = 580

HELLO, HELLO_ANSWER, ACK = 48, 80, 32
LARGEST_FRAME = 1 << 20


def whatsapp(orig: bytes, resp: bytes) -> Likeness:
    return best(starts(data, word) for data in (orig, resp) if data for word in WHATSAPP)


def msn(orig: bytes, resp: bytes) -> Likeness:
    return best(_msn(data) for data in (orig, resp) if data)


def _msn(data: bytes) -> Likeness:
    if best((starts(data[:4], b"VER "), starts(data[:4], b"MSG "))) is Likeness.NO:
        return Likeness.NO
    if _MSN.match(data):
        return Likeness.YES
    return Likeness.MAYBE if len(data) < _MSN_LONGEST and data.count(b"\n") < 2 else Likeness.NO


def telegram(orig: bytes, resp: bytes) -> Likeness:
    """The key id that both sides' first frames begin with decides: eight bytes that do not come twice by chance."""
    first = orig[:1]
    if first == b"\xef":
        asked, answered = _abridged(orig[1:]), _abridged(resp)
    elif first in (b"\xee", b"\xdd") and starts(orig[:4], first * 4) is not Likeness.NO:
        asked, answered = _intermediate(orig[4:]), _intermediate(resp)
    else:
        return Likeness.NO
    if b"" in (asked, answered):
        return Likeness.NO
    if asked is None or answered is None:
        return Likeness.MAYBE
    return Likeness.YES if asked == answered else Likeness.NO


def _abridged(data: bytes) -> bytes | None:
    """The key id of the first frame; None while it has not come; nothing if this is no frame."""
    if not data:
        return None
    words, at = data[0] & 0x7F, 1
    if words == 0x7F:
        words, at = int.from_bytes(data[1:4], "little"), 4
    if len(data) < at + 8:
        return None
    return data[at : at + 8] if 5 <= words < LARGEST_FRAME // 4 else b""


def _intermediate(data: bytes) -> bytes | None:
    if len(data) < 12:
        return None
    size = int.from_bytes(data[:4], "little") & 0x7FFFFFFF  # the highest bit asks for a quick answer
    return data[4:12] if 20 <= size < LARGEST_FRAME else b""


def threema(orig: bytes, resp: bytes) -> Likeness:
    """Sides speak in turn, so what one has said when the other begins is a whole message."""
    if len(orig) <= HELLO:
        turn = not resp or (len(orig) == HELLO and len(resp) <= HELLO_ANSWER)
        return Likeness.MAYBE if turn else Likeness.NO
    if len(resp) <= HELLO_ANSWER:
        return Likeness.MAYBE if len(resp) == HELLO_ANSWER else Likeness.NO
    return _frames(resp[HELLO_ANSWER + ACK :])


def _frames(data: bytes) -> Likeness:
    """The server's frames behind its ack: at least one whole, and each begins where the last one ended."""
    at = whole = 0
    while at + 2 <= len(data):
        size = data[at] | data[at + 1] << 8
        if not 20 <= size <= 16_384:
            return Likeness.NO
        at += 2 + size
        whole += at == len(data)
    return Likeness.YES if whole else Likeness.MAYBE
