"""Signs of remote control on a stream, for `sensor.wire.fingerprint`: each judges the first bytes of both sides.

TeamViewer  both sides 0x17 0x24 command(1) size(2) … | 0x11 0x30 command(2) size(4) … in 24 and size bytes; numbers little-endian
            nDPI, teamviewer.c; libprotoident; of one side alone two messages, the second where the first ends
Radmin      client 1 0 0 0 1 . . . 8 8, server 1 0 0 0 0x25; or both 1 0 0 0 5 . . . 0x27 0x27      nDPI, radmin.c
NoMachine   client "NXSH-", server "NXD-"                         nDPI, nomachine.c; of the server alone with its version
SPICE       both sides "REDQ" major(4) minor(4) size(4), then of the client connection(4) channel(1: 1 main, 2 display), of the
            server, behind all of it, result(4): 0 lets in        spice-protocol, protocol.h; numbers little-endian
X11         client 'l' 0 11(2) 0(2) name length(2) data length(2) 0 0, numbers as 'l' or 'B' says; server 1 | 0 | 2, minor
            or reason's length, 11(2)                             X Window System Protocol, 8: 1 lets in
rsh         client port(digits) NUL user NUL user NUL command NUL, server NUL       BSD rshd(8)
"""

import re

from sensor.wire import Likeness
from sensor.wire.sides import best, both, starts

TEAMVIEWER = (b"\x17\x24", b"\x11\x30")
TEAMVIEWER_HEADER, TEAMVIEWER_LATER = 5, 24
RADMIN = re.compile(rb"\x01\0\0\0\x01...\x08\x08", re.DOTALL)
RADMIN_AGAIN = re.compile(rb"\x01\0\0\0\x05...\x27\x27", re.DOTALL)
RADMIN_SERVER = b"\x01\0\0\0\x25"
NOMACHINE, NOMACHINE_SERVER = b"NXSH-", b"NXD-"
NOMACHINE_VERSION = re.compile(rb"NXD-\d+\.\d+")
SPICE = b"REDQ\2\0\0\0"
SPICE_HEADER, SPICE_CHANNEL = 16, 20
SPICE_MAIN, SPICE_DISPLAY = 1, 2
RSH = re.compile(rb"\d{1,5}\0[a-z_][\w.-]{0,31}\0[a-z_][\w.-]{0,31}\0[^\0]+\0", re.ASCII)
RSH_BEGINS = re.compile(rb"\d{1,5}(?:\0[\w.-]{0,32}(?:\0[\w.-]{0,32}(?:\0[^\0]*)?)?)?\Z", re.ASCII)
RSH_LONGEST = 1_024
X11_OPENING = 12
X11_ANSWER = 8


def teamviewer(orig: bytes, resp: bytes) -> Likeness:
    def one(data: bytes) -> Likeness:
        return best(starts(data, word) for word in TEAMVIEWER)

    said = both(orig, resp, one, one)
    return Likeness.YES if said is Likeness.MAYBE and (_two_messages(orig) or _two_messages(resp)) else said


def _two_messages(data: bytes) -> bool:
    if len(data) < TEAMVIEWER_HEADER or data[:2] not in TEAMVIEWER:
        return False
    if data[:2] == TEAMVIEWER[0]:
        end = TEAMVIEWER_HEADER + int.from_bytes(data[3:5], "little")
    else:
        end = TEAMVIEWER_LATER + int.from_bytes(data[4:8], "little")
    return data[end : end + 2] in TEAMVIEWER


def radmin(orig: bytes, resp: bytes) -> Likeness:
    def client(data: bytes) -> Likeness:
        if len(data) < 10:
            return Likeness.MAYBE if starts(data[:5], b"\x01\0\0\0\x01") is not Likeness.NO else Likeness.NO
        return Likeness.YES if RADMIN.match(data) else Likeness.NO

    def again(data: bytes) -> Likeness:
        if len(data) < 10:
            return starts(data[:5], b"\x01\0\0\0\x05") if len(data) < 5 else Likeness.MAYBE
        return Likeness.YES if RADMIN_AGAIN.match(data) else Likeness.NO

    asked = both(orig, resp, client, lambda data: starts(data, RADMIN_SERVER))
    return best((asked, both(orig, resp, again, again)))


def nomachine(orig: bytes, resp: bytes) -> Likeness:
    said = both(orig, resp, lambda data: starts(data, NOMACHINE), lambda data: starts(data, NOMACHINE_SERVER))
    return Likeness.YES if said is Likeness.MAYBE and not orig and NOMACHINE_VERSION.match(resp) else said


def spice(orig: bytes, resp: bytes) -> Likeness:
    """Each channel is a connection of its own: told once the server has said whether it lets this one in."""
    said = both(orig, resp, lambda data: starts(data, SPICE), lambda data: starts(data, SPICE))
    if said is not Likeness.YES:
        return said
    return Likeness.YES if len(orig) > SPICE_CHANNEL and _spice_result(resp) is not None else Likeness.MAYBE


def _spice_result(resp: bytes) -> bytes | None:
    """What stands behind the server's link message; None while it has not come."""
    end = SPICE_HEADER + int.from_bytes(resp[12:16], "little")
    return resp[end : end + 4] if len(resp) >= max(end, SPICE_HEADER) + 4 else None


def x11(orig: bytes, resp: bytes) -> Likeness:
    order = orig[:1]
    if order not in (b"", b"l", b"B"):
        return Likeness.NO
    if order:
        asked = _x11_client(orig, little=order == b"l")
        return both(orig, resp, lambda _: asked, lambda data: _x11_server(data, little=order == b"l"))
    return Likeness.MAYBE if resp[:1] in (b"", b"\0", b"\1", b"\2") else Likeness.NO


def _x11_client(data: bytes, *, little: bool) -> Likeness:
    version = b"\x0b\0\0\0" if little else b"\0\x0b\0\0"
    if not version.startswith(data[2:6]):
        return Likeness.NO
    if len(data) < X11_OPENING:
        return Likeness.MAYBE
    order = "little" if little else "big"
    name, proof = (int.from_bytes(data[at : at + 2], order) for at in (6, 8))  # type: ignore[arg-type]
    return Likeness.YES if name <= 64 and proof <= 512 and data[10:12] == b"\0\0" else Likeness.NO


def _x11_server(data: bytes, *, little: bool) -> Likeness:
    version = b"\x0b\0" if little else b"\0\x0b"
    if data[0] > 2 or not version.startswith(data[2:4]):
        return Likeness.NO
    return Likeness.MAYBE if len(data) < X11_ANSWER else Likeness.YES


def rsh(orig: bytes, resp: bytes) -> Likeness:
    def client(data: bytes) -> Likeness:
        if RSH.match(data):
            return Likeness.YES
        return Likeness.MAYBE if len(data) < RSH_LONGEST and RSH_BEGINS.match(data) else Likeness.NO

    return both(orig, resp, client, lambda data: Likeness.NO if data[0] else Likeness.YES)


def outcome(app: str, orig: bytes, resp: bytes) -> tuple[bool, bool]:
    """(whether the bytes say that the session was let in, whether this flow is the session's own)."""
    if app == "spice":
        let_in = _spice_result(resp) == bytes(4)
        shows = orig[SPICE_CHANNEL] == (SPICE_DISPLAY if let_in else SPICE_MAIN)
        return let_in and shows, shows
    return app == "x11" and resp[:1] == b"\1", True
