"""Programs known by datagrams of their own: by one, or by a question and its answer (`fingerprint_pairs`);
WireGuard also by what it sends while it is under way (`fingerprint_vpn`).

    TeamViewer   0 at 0, 0x17 0x24 at 11                                              nDPI, teamviewer.c
    Discord      0x13 0x37 0xCA 0xFE and a counter(4), nothing else: its voice's keep-alive       nDPI, discord.c
    TeamSpeak    "TS3INIT1", packet id 0x0065 (client) or 0x0065 behind it (server)     nDPI, teamspeak.c; the TS3 protocol paper
    Telegram     peer tag(16), twelve 0xFF, then 0xFFFFFFFE and query id(8): a call asks its relay who it is;
                 or 0xC01572C7, 0x27D9371C: the relay's answers                        libtgvoip, VoIPController.cpp; tgcalls, ReflectorPort.cpp
    imo          9 2|3 and a clock in ms(8), also behind a 0: its call's ping and echo    nDPI, imo.c
    TeamSpeak 2  0xF4 0xBE 3|4 0, a log-in and its answer of 150 bytes and more              nDPI, teamspeak.c
    LINE         0xB6 kind(1) length(2, of the rest, or 6): a call's set-up             nDPI, line.c; libprotoident, lpi_line_udp.cc
    QQ           0x28 length(4) length(4), two messages, 0x29: files                                nDPI, qq.c
    Zoom         0x1F 2 1 … at 24 length(4) address length(4) id 0(4): two clients meet               nDPI, zoom.c
    Tailscale    "TS" and a speech balloon (0xF0 0x9F 0x92 0xAC), key(32) nonce(24) box                tailscale, disco.go
    ZeroTier     packet(8) to(5) from(5) hops(1: no cipher) proof(8) 1 version(5) clock(8) from(5) again: its hello
                 zerotier, Packet.hpp

Numbers are little-endian in Telegram and imo, big-endian in all others. A sign is told once; what follows it is counted only.
"""

import re
from collections.abc import Callable

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.fingerprint_pairs import PAIRS, Pair
from sensor.wire.fingerprint_vpn import WireguardUnderWay, wireguard_data
from sensor.wire.records import Fingerprint

TELEGRAM = re.compile(rb".{16}\xff{12}(?:\xfe\xff{3}.{8}\Z|\xc7\x72\x15\xc0|\x1c\x37\xd9\x27)", re.DOTALL)
IMO = re.compile(rb"\0?\x09[\x02\x03].{5}\0\0\0\Z", re.DOTALL)
TEAMSPEAK = (b"TS3INIT1\0\x65", b"TS3INIT1\x65\0")
TEAMSPEAK_2, TEAMSPEAK_2_LOGIN = (b"\xf4\xbe\3\0", b"\xf4\xbe\4\0"), 150
LINE_KINDS = frozenset((0x07, 0x09, 0x12, 0x13, 0x14, 0x15, 0x18))
LINE_CUT = (35, 46)  # bytes of an answer that says 6
QQ_HEADER = 9
ZOOM_MEETS, ZOOM_HEADER = b"\x1f\2\1", 24
DISCO, DISCO_LEAST = b"TS\xf0\x9f\x92\xac", 6 + 32 + 24 + 16
ZEROTIER_HELLO, ZEROTIER_LEAST, ZEROTIER_CIPHER = 1, 110, 0x38
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


def _line(data: bytes) -> bool:
    if len(data) < 8 or data[0] != 0xB6 or data[1] not in LINE_KINDS:
        return False
    length = data[2] << 8 | data[3]
    return length == len(data) - 4 or (length == 6 and len(data) in LINE_CUT)


def _qq_file(data: bytes) -> bool:
    if len(data) <= QQ_HEADER or data[0] != 0x28 or data[-1] != 0x29:
        return False
    head, body = int.from_bytes(data[1:5], "big"), int.from_bytes(data[5:9], "big")
    return head > 1 and data[QQ_HEADER] == 0x0A and QQ_HEADER + head + body + 1 == len(data)


def _zoom(data: bytes) -> bool:
    if len(data) < 36 or not data.startswith(ZOOM_MEETS) or any(data[-4:]):
        return False
    behind = ZOOM_HEADER + 4 + int.from_bytes(data[ZOOM_HEADER : ZOOM_HEADER + 4], "big")
    return behind + 4 + int.from_bytes(data[behind : behind + 4], "big") + 4 == len(data)


def _tailscale(data: bytes) -> bool:
    return len(data) >= DISCO_LEAST and data.startswith(DISCO)


def _zerotier(data: bytes) -> bool:
    hello = len(data) >= ZEROTIER_LEAST and data[27] == ZEROTIER_HELLO and not data[18] & ZEROTIER_CIPHER
    return hello and data[13:18] == data[41:46] and any(data[13:18]) and 0 < data[28] < 32


SIGNS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("teamviewer", _teamviewer),
    ("discord", _discord),
    ("teamspeak", lambda data: data.startswith(TEAMSPEAK)),
    ("telegram", _telegram),
    ("imo", _imo),
    ("teamspeak", _teamspeak_2),
    ("line", _line),
    ("qq", _qq_file),
    ("zoom", _zoom),
    ("tailscale", _tailscale),
    ("zerotier", _zerotier),
)


ASKED_BY: tuple[tuple[tuple[int, Pair], ...], ...] = tuple(
    tuple((number, pair) for number, pair in enumerate(PAIRS) if not pair.begins or first in pair.begins)
    for first in range(256)
)
"""By a datagram's first byte, which pairs' question it may be."""


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
        waiting = self._asked[not from_orig]
        for number in sorted({number for number, _ in waiting}):
            pair = PAIRS[number]
            if any((number, word) in waiting for word in pair.answers(data)):
                return Events((Fingerprint(pair.app, pair.established, pair.control),), Rest.DONE)
        asked = self._asked[from_orig]
        for number, pair in ASKED_BY[data[0]] if data else ():
            for word in pair.asks(data):
                if len(asked) < MOST_ASKED:
                    asked[number, word] = None
        return MORE if self._datagrams < MOST_DATAGRAMS else GiveUp("no answer")


def probe(orig: bytes, resp: bytes) -> Likeness:
    """A sign, or what may be half of one."""
    if not orig and not resp:
        return Likeness.MAYBE
    data = orig or resp
    half = wireguard_data(data) or any(pair.asks(data) for _, pair in ASKED_BY[data[0]])
    return Likeness.YES if half or _app(data) else Likeness.NO


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader without memory: the first that shows a sign alone."""
    del from_orig
    app = _app(data)
    return Events((Fingerprint(app),), Rest.DONE) if app else GiveUp("no sign")
