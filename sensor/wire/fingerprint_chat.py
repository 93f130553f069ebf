"""Signs of chat programs on a stream, for `sensor.wire.fingerprint`: each judges the first bytes of both sides.

    WhatsApp   client "WA" 6 (2|3) | "WA" 5 2                            its Noise handshake, on 5222, 443 or 80, without TLS;
               "ED" 0 1 length(3) routing(length), then the same         its way to the right server (Baileys, Defaults)
               "WA" 1 (2|5 …) of its oldest clients                      nDPI, whatsapp.c; libprotoident, lpi_whatsapp.cc
    MSN        "VER n MSNPn" | "CVR n 0x…" | "USR n OK|TWN|SSO|who@…" | "ANS n who@…" | "XFR n NS|SB" | "NLN state who@…"
               "MSG n U|A|N n" CRLF "MIME-Version: 1.0" | "MSG who nick n" CRLF "MIME…"
               draft-movva-msn-messenger-protocol-00
    Yahoo      both sides "YMSG" version(2) vendor(2) length(2) service(2) status(4) session(4)     Wireshark, packet-ymsg.c
    Threema    client hello(48), server hello(80), log-in, server ack(32), then frames length(2) payload(≥ 20), the first of them
               a lone word of 20 or a message       threema.ch/press-files/cryptography_whitepaper.pdf; libthreema's csp

Numbers are little-endian in Threema. Telegram's transports stand in `fingerprint_telegram`.
"""

import re

from sensor.wire import Likeness
from sensor.wire.sides import best, both, starts

FIRST_BYTES = 2_048

WHATSAPP_NOISE = re.compile(rb"WA(?:\x01[\x01-\x09]|[\x05\x06][\x01-\x03])")
WHATSAPP_ROUTED, WHATSAPP_ROUTING = (
    b"ED\0\1\0\0",
    re.compile(rb"ED\x00\x01\x00\x00[\x02-\x40]\x08"),
)  # a protobuf's first field
_STATES = rb"(?:NLN|BSY|IDL|BRB|AWY|PHN|LUN|HDN)"
_WHO = rb"[^\s@]{1,64}@[^\s@]{1,190}"
_MSN = re.compile(
    rb"VER \d{1,9} (?:MSNP\d{1,2}|CVR0)[ \r]|MSG (?:\d{1,9} [UAND]|\S{3,128} \S{1,387}) \d{1,5}\r\nMIME-Version: 1\.0\r\n"
    rb"|CVR \d{1,9} (?:0x[\da-f]{4} |\d{1,2}\.\d)|USR \d{1,9} (?:OK|TWN|SSO|MD5|SHA|" + _WHO + rb") "
    rb"|ANS \d{1,9} (?:OK\r|" + _WHO + rb" [\d.]+ \d)|XFR \d{1,9} (?:NS|SB)[ \r]|CHG \d{1,9} " + _STATES + rb"[ \r]"
    rb"|NLN " + _STATES + rb" " + _WHO + rb" |ILN \d{1,9} " + _STATES + rb" " + _WHO + rb" "
    rb"|RNG \d{1,12} [\d.]+:\d+ CKI |(?:JOI|BYE) " + _WHO + rb"[ \r]|IRO \d{1,9} \d+ \d+ " + _WHO
)
_MSN_COMMANDS = (
    b"VER ",
    b"MSG ",
    b"CVR ",
    b"USR ",
    b"ANS ",
    b"XFR ",
    b"CHG ",
    b"NLN ",
    b"ILN ",
    b"RNG ",
    b"JOI ",
    b"BYE ",
    b"IRO ",
)
YMSG, YMSG_HEADER, YMSG_NEWEST = b"YMSG", 20, 0x20
_MSN_LONGEST = 580

HELLO, HELLO_ANSWER, ACK = 48, 80, 32


def whatsapp(orig: bytes, resp: bytes) -> Likeness:
    return best(_whatsapp(data) for data in (orig, resp) if data)


def _whatsapp(data: bytes) -> Likeness:
    """Its prologue; behind a way to the right server too."""
    if best((starts(data[:6], b"WA"), starts(data[:6], WHATSAPP_ROUTED))) is Likeness.NO:
        return Likeness.NO
    if WHATSAPP_NOISE.match(data) or WHATSAPP_ROUTING.match(data):
        return Likeness.YES
    return Likeness.MAYBE if len(data) < (4 if data[0] == ord("W") else 8) else Likeness.NO


def msn(orig: bytes, resp: bytes) -> Likeness:
    return best(_msn(data) for data in (orig, resp) if data)


def _msn(data: bytes) -> Likeness:
    if not any(command.startswith(data[:4]) or data.startswith(command) for command in _MSN_COMMANDS):
        return Likeness.NO
    if _MSN.match(data):
        return Likeness.YES
    return Likeness.MAYBE if len(data) < _MSN_LONGEST and data.count(b"\n") < 2 else Likeness.NO


def yahoo(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, _ymsg, _ymsg)


def _ymsg(data: bytes) -> Likeness:
    """The version stands in the order of either byte: programs never agreed."""
    begins = starts(data[: len(YMSG)], YMSG)
    if begins is not Likeness.YES or len(data) < YMSG_HEADER:
        return begins if begins is Likeness.NO else Likeness.MAYBE
    low, high = sorted(data[4:6])
    return Likeness.YES if not low and 0 < high <= YMSG_NEWEST and data[10] <= 1 else Likeness.NO


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
