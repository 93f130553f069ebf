"""Programs known by one datagram of their own. Called for each datagram of a flow until one shows a sign.

    TeamViewer   0 at 0, 0x17 0x24 at 11                                              nDPI, teamviewer.c
    Discord      0x13 0x37 0xCA 0xFE and a counter(4), nothing else: its voice's keep-alive       nDPI, discord.c
    TeamSpeak    "TS3INIT1", packet id 0x0065 (client) or 0x0065 behind it (server)     nDPI, teamspeak.c; the TS3 protocol paper
    Telegram     peer tag(16), twelve 0xFF, then 0xFFFFFFFE and query id(8): a call asks its relay who it is;
                 or 0xC01572C7, 0x27D9371C: the relay's answers                        libtgvoip, VoIPController.cpp
    imo          9 2|3 and a clock in ms(8), also behind a 0: its call's ping and echo    nDPI, imo.c
    XDMCP        1(2) opcode(2) length(2): the length is the datagram's; a session was accepted, or is managed    XDMCP 1.1, 1

Numbers are little-endian in Telegram and imo. A sign is told once; what follows it is counted only.
"""

import re
from collections.abc import Callable

from sensor.wire import Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.records import Fingerprint

TELEGRAM = re.compile(rb".{16}\xff{12}(?:\xfe\xff{3}.{8}\Z|\xc7\x72\x15\xc0|\x1c\x37\xd9\x27)", re.DOTALL)
IMO = re.compile(rb"\0?\x09[\x02\x03].{5}\0\0\0\Z", re.DOTALL)
TEAMSPEAK = (b"TS3INIT1\0\x65", b"TS3INIT1\x65\0")
XDMCP_ACCEPT, XDMCP_MANAGE = 8, 10


def _teamviewer(data: bytes) -> bool:
    return len(data) > 13 and data[0] == 0 and data[11:13] == b"\x17\x24"


def _discord(data: bytes) -> bool:
    return len(data) == 8 and data.startswith(b"\x13\x37\xca\xfe")


def _telegram(data: bytes) -> bool:
    return len(data) >= 40 and data[16:20] == b"\xff\xff\xff\xff" and TELEGRAM.match(data) is not None


def _imo(data: bytes) -> bool:
    return 10 <= len(data) <= 11 and IMO.match(data) is not None


def _xdmcp(data: bytes) -> bool:
    return (
        data.startswith(b"\0\1\0")
        and len(data) > 6
        and data[3] in (XDMCP_ACCEPT, XDMCP_MANAGE)
        and int.from_bytes(data[4:6], "big") == len(data) - 6
    )


SIGNS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("teamviewer", _teamviewer),
    ("discord", _discord),
    ("teamspeak", lambda data: data.startswith(TEAMSPEAK)),
    ("telegram", _telegram),
    ("imo", _imo),
    ("xdmcp", _xdmcp),
)


def _app(data: bytes) -> str | None:
    for app, sign in SIGNS:
        if sign(data):
            return app
    return None


def probe(orig: bytes, resp: bytes) -> Likeness:
    if not orig and not resp:
        return Likeness.MAYBE
    return Likeness.YES if _app(orig) or _app(resp) else Likeness.NO


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader: the first that shows a sign."""
    del from_orig
    app = _app(data)
    return Events((Fingerprint(app, established=app == "xdmcp"),), Rest.DONE) if app else GiveUp("no sign")
