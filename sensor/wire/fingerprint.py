"""Programs known by their own first bytes, where no protocol is read any further (whose bytes these are: rules/lists).

    WhatsApp    client "WA" 6 3 | "WA" 5 2 | "ED" 0 1 0 0 (2|4) 8      its Noise handshake, on 5222, 443 or 80, without TLS
    TeamViewer  both sides 0x17 0x24 | 0x11 0x30                      two bytes of one side alone may be anything
    Radmin      client 1 0 0 0 1 . . . 8 8, server 1 0 0 0 0x25
    NoMachine   client "NXSH-", server "NXD-"
    Telnet      IAC (255) then WILL, WONT, DO or DONT (251 to 254) and an option below 50, twice (RFC 854)

A sign is told once; what follows it is counted only.
"""

import re
from collections.abc import Callable
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.records import Fingerprint
from sensor.wire.sides import TwoSides, best, starts

WHATSAPP = (b"WA\x06\x03", b"WA\x05\x02", b"ED\0\1\0\0\x02\x08", b"ED\0\1\0\0\x04\x08")
TEAMVIEWER = (b"\x17\x24", b"\x11\x30")
RADMIN = re.compile(rb"\x01\0\0\0\x01...\x08\x08", re.DOTALL)
RADMIN_SERVER = b"\x01\0\0\0\x25"
NOMACHINE, NOMACHINE_SERVER = b"NXSH-", b"NXD-"
TELNET = re.compile(rb"(?:\xff[\xfb-\xfe][\x00-\x31]){2}")
TELNET_BEGINS = re.compile(rb"\xff?[\xfb-\xfe]?[\x00-\x31]?\xff?[\xfb-\xfe]?\Z")
FIRST_BYTES = 10


def _whatsapp(orig: bytes, resp: bytes) -> Likeness:
    return best(starts(data, word) for data in (orig, resp) if data for word in WHATSAPP)


def _both(
    orig: bytes, resp: bytes, client: Callable[[bytes], Likeness], server: Callable[[bytes], Likeness]
) -> Likeness:
    """YES when each side says its own; MAYBE while one has not spoken."""
    said = [judge(data) if data else Likeness.MAYBE for judge, data in ((client, orig), (server, resp))]
    if Likeness.NO in said:
        return Likeness.NO
    return Likeness.MAYBE if Likeness.MAYBE in said else Likeness.YES


def _teamviewer(orig: bytes, resp: bytes) -> Likeness:
    def one(data: bytes) -> Likeness:
        return best(starts(data, word) for word in TEAMVIEWER)

    return _both(orig, resp, one, one)


def _radmin(orig: bytes, resp: bytes) -> Likeness:
    def client(data: bytes) -> Likeness:
        if len(data) < FIRST_BYTES:
            return Likeness.MAYBE if starts(data[:5], b"\x01\0\0\0\x01") is not Likeness.NO else Likeness.NO
        return Likeness.YES if RADMIN.match(data) else Likeness.NO

    return _both(orig, resp, client, lambda data: starts(data, RADMIN_SERVER))


def _nomachine(orig: bytes, resp: bytes) -> Likeness:
    return _both(orig, resp, lambda data: starts(data, NOMACHINE), lambda data: starts(data, NOMACHINE_SERVER))


def _telnet(orig: bytes, resp: bytes) -> Likeness:
    def one(data: bytes) -> Likeness:
        if TELNET.match(data):
            return Likeness.YES
        return Likeness.MAYBE if len(data) < 6 and TELNET_BEGINS.match(data) else Likeness.NO

    return best(one(data) for data in (orig, resp) if data)


STREAM_SIGNS: dict[str, Callable[[bytes, bytes], Likeness]] = {
    "whatsapp": _whatsapp,
    "teamviewer": _teamviewer,
    "radmin": _radmin,
    "nomachine": _nomachine,
    "telnet": _telnet,
}


class FingerprintReader(TwoSides):
    """Buffer: the first 10 bytes of each direction."""

    service: ClassVar[str] = "fingerprint"

    def __init__(self) -> None:
        super().__init__()
        self._first = [b"", b""]

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if not self._lost[from_orig]:
            self._first[from_orig] = (self._first[from_orig] + data)[:FIRST_BYTES]
        resp, orig = self._first
        said = {app: sign(orig, resp) for app, sign in STREAM_SIGNS.items()}
        for app, likeness in said.items():
            if likeness is Likeness.YES:
                return Events((Fingerprint(app),), Rest.DONE)
        return MORE if Likeness.MAYBE in said.values() else GiveUp("no sign")

    def _finish(self) -> Outcome:
        return GiveUp("no sign")


def probe(orig: bytes, resp: bytes) -> Likeness:
    if not orig and not resp:
        return Likeness.MAYBE
    return best(sign(orig[:FIRST_BYTES], resp[:FIRST_BYTES]) for sign in STREAM_SIGNS.values())
