"""Programs known by datagrams of their own: by one, or by a question and its answer (`fingerprint_pairs`);
WireGuard also by what it sends while it is under way (`fingerprint_vpn`).

    TeamViewer   0 at 0, 0x17 0x24 at 11                                              nDPI, teamviewer.c
    Discord      0x13 0x37 0xCA 0xFE and a counter(4), nothing else: its voice's keep-alive       nDPI, discord.c
    TeamSpeak    "TS3INIT1", packet id 0x0065 (client) or 0x0065 behind it (server)     nDPI, teamspeak.c; the TS3 protocol paper
    Telegram     peer tag(16), twelve 0xFF, then 0xFFFFFFFE and query id(8): a call asks its relay who it is;
                 or 0xC01572C7, 0x27D9371C: the relay's answers                        libtgvoip, VoIPController.cpp
    imo          9 2|3 and a clock in ms(8), also behind a 0: its call's ping and echo    nDPI, imo.c
    TeamSpeak 2  0xF4 0xBE 3|4 0, a log-in and its answer of 150 bytes and more              nDPI, teamspeak.c

Numbers are little-endian in Telegram and imo. A sign is told once; what follows it is counted only.
"""

import re
from collections.abc import Callable

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.fingerprint_pairs import PAIRS
from sensor.wire.fingerprint_vpn import WireguardUnderWay, wireguard_data
from sensor.wire.records import Fingerprint

TELEGRAM = re.compile(rb".{16}\xff{12}(?:\xfe\xff{3}.{8}\Z|\xc7\x72\x15\xc0|\x1c\x37\xd9\x27)", re.DOTALL)
IMO = re.compile(rb"\0?\x09[\x02\x03].{5}\0\0\0\Z", re.DOTALL)
TEAMSPEAK = (b"TS3INIT1\0\x65", b"TS3INIT1\x65\0")
TEAMSPEAK_2, TEAMSPEAK_2_LOGIN = (b"\xf4\xbe\3\0", b"\xf4\xbe\4\0"), 150
MOST_DATAGRAMS = 16
MOST_ASKED = 16


def _teamviewer(data: bytes) -> bool:
    return len(data) > 13 and data[0] == 0 and data[11:13] == b"\x17\x24"


def _discord(data: bytes) -> bool:
    return len(data) == 8 and data.startswith(b"\x13\x37\xca\xfe")


def _telegram(data: bytes) -> bool:
    return len(data) >= 40 and data[16:20] == b"\xff\xff\xff\xff" and TELEGRAM.match(data) is not None


def _imo(data: bytes) -> bool:
    return 10 <= len(data) <= 11 and IMO.match(data) is not None


def _teamspeak_2(data: bytes) -> bool:
    return len(data) >= TEAMSPEAK_2_LOGIN and data.startswith(TEAMSPEAK_2)


SIGNS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("teamviewer", _teamviewer),
    ("discord", _discord),
    ("teamspeak", lambda data: data.startswith(TEAMSPEAK)),
    ("telegram", _telegram),
    ("imo", _imo),
    ("teamspeak", _teamspeak_2),
)


def _app(data: bytes) -> str | None:
    for app, sign in SIGNS:
        if sign(data):
            return app
    return None


class FingerprintSession:
    """Keeps the words of 16 questions, for as many datagrams."""

    def __init__(self) -> None:
        self._asked: tuple[dict[tuple[int, bytes], None], ...] = ({}, {})  # by from_orig
        self._datagrams = 0
        self._wireguard = WireguardUnderWay()

    def datagram(self, data: bytes, from_orig: bool) -> Outcome:
        self._datagrams += 1
        app = _app(data)
        if app:
            return Events((Fingerprint(app),), Rest.DONE)
        if self._wireguard.heard(data, from_orig):
            return Events((Fingerprint("wireguard"),), Rest.DONE)
        for number, pair in enumerate(PAIRS):
            for word in pair.answers(data):
                if (number, word) in self._asked[not from_orig]:
                    return Events((Fingerprint(pair.app, pair.established, pair.control),), Rest.DONE)
        asked = self._asked[from_orig]
        for number, pair in enumerate(PAIRS):
            for word in pair.asks(data):
                if len(asked) < MOST_ASKED:
                    asked[number, word] = None
        return MORE if self._datagrams < MOST_DATAGRAMS else GiveUp("no answer")


def probe(orig: bytes, resp: bytes) -> Likeness:
    """A sign, or what may be half of one."""
    if not orig and not resp:
        return Likeness.MAYBE
    data = orig or resp
    half = wireguard_data(data) or any(pair.asks(data) for pair in PAIRS)
    return Likeness.YES if half or _app(data) else Likeness.NO


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader without memory: the first that shows a sign alone."""
    del from_orig
    app = _app(data)
    return Events((Fingerprint(app),), Rest.DONE) if app else GiveUp("no sign")
