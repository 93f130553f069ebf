"""Telnet and rlogin: a command line in clear, from negotiation to log-in (RFC 854, RFC 855, RFC 1282).

    Telnet   IAC(255) WILL|WONT|DO|DONT(251 to 254) option · IAC SB(250) … IAC SE(240) · IAC command(241 to 249) · IAC IAC
    rlogin   client NUL user NUL user NUL terminal/speed NUL     server NUL

Text between is looked at for one thing only, whether the log-in was refused; it is never kept. A session is taken as begun
when the server still talks after the third line of the client's (user, password, a first command) without having refused, or
after its first if nothing was asked. Told once: then, or at the end.
"""

import re
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.records import Fingerprint
from sensor.wire.sides import TwoSides, any_side

FIRST_BYTES = 128
ENOUGH_LINES = 3
WATCHED = 256  # bytes of the server's latest text that are looked at

NEGOTIATION = re.compile(rb"(?:\xff[\xfb-\xfe][\x00-\x31]){2}")
_BEGINS = re.compile(rb"\xff?[\xfb-\xfe]?[\x00-\x31]?\xff?[\xfb-\xfe]?\Z")
_COMMANDS = re.compile(rb"\xff(?:[\xfb-\xfe].|\xfa.*?\xff\xf0|[\xf0-\xf9])", re.DOTALL)
_OPTION = re.compile(rb"\xff[\xfb-\xfe][\x00-\x31]")
_REFUSED = re.compile(rb"incorrect|invalid|denied|fail|refused|not allowed|bad password|unknown user", re.IGNORECASE)
_RLOGIN = re.compile(rb"\0[\x21-\x7e]{0,32}\0[\x21-\x7e]{1,32}\0[A-Za-z0-9._+-]{1,32}/\d{2,6}\0")
_RLOGIN_BEGINS = re.compile(rb"\0[\x21-\x7e]{0,32}(?:\0[\x21-\x7e]{0,32}(?:\0[A-Za-z0-9._+-]{0,32}(?:/\d{0,6})?)?)?\Z")
LONGEST_SUB = 512


class TelnetReader(TwoSides):
    """Buffer: an option's negotiation of 512 bytes in each direction, 256 bytes of the server's latest text."""

    service: ClassVar[str] = "telnet"

    def __init__(self) -> None:
        super().__init__()
        self._open = [b"", b""]  # a command that has begun, by bool(from_orig)
        self._options = 0
        self._latest = b""
        self._lines = 0
        self._last = 0
        self._established = False

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        text = self._text(data, from_orig=from_orig)
        if from_orig:
            self._typed(text)
        elif text:
            self._answered(text)
        return self._finish() if self._established else MORE

    def _text(self, data: bytes, *, from_orig: bool) -> bytes:
        """What is left without Telnet's commands."""
        data = self._open[from_orig] + data
        end = _whole(data)
        self._open[from_orig] = data[end:]
        data = data[:end]
        if b"\xff" not in data:
            return data
        self._options += len(_OPTION.findall(data))
        return _COMMANDS.sub(b"", data)

    def _typed(self, text: bytes) -> None:
        for byte in text:
            if byte == 13 or (byte == 10 and self._last != 13):
                self._lines += 1
                self._latest = b""
            self._last = byte

    def _answered(self, text: bytes) -> None:
        self._latest = (self._latest + text)[-WATCHED:]
        if self._lines and _REFUSED.search(self._latest):
            self._lines, self._latest = 0, b""
        self._established = self._lines >= ENOUGH_LINES and any(byte > 32 for byte in text)

    def _opened(self) -> bool:
        return self._options >= 2

    def _finish(self) -> Outcome:
        if not self._opened():
            return GiveUp("no opening")
        if not all(self._heard):
            return Events((), Rest.DONE)  # nobody answered, or one direction is not seen
        return Events((Fingerprint(self.service, self._established),), Rest.DONE)


class RloginReader(TelnetReader):
    """Buffer: as Telnet's."""

    service: ClassVar[str] = "rlogin"

    def _opened(self) -> bool:
        return all(self._heard)


def _whole(data: bytes) -> int:
    """Where the last command that has not ended begins; the end if there is none."""
    tail = max(len(data) - LONGEST_SUB, 0)
    begun = data.rfind(b"\xff\xfa", tail)
    if begun >= 0 and data.find(b"\xff\xf0", begun) < 0:
        return begun
    if data[-1:] == b"\xff":
        return len(data) - 1
    return len(data) - 2 if data[-2:-1] == b"\xff" and 0xFA <= data[-1] <= 0xFE else len(data)


def probe(orig: bytes, resp: bytes) -> Likeness:
    return any_side(_negotiation, orig, resp) if orig[:1] == b"\xff" or resp[:1] == b"\xff" else _unsaid(orig, resp)


def _unsaid(orig: bytes, resp: bytes) -> Likeness:
    return Likeness.NO if orig or resp else Likeness.MAYBE


def _negotiation(data: bytes) -> Likeness:
    if NEGOTIATION.match(data):
        return Likeness.YES
    return Likeness.MAYBE if len(data) < 6 and _BEGINS.match(data) else Likeness.NO


def probe_rlogin(orig: bytes, resp: bytes) -> Likeness:
    """The client's three texts, and the server's NUL."""
    if (orig and orig[0]) or (resp and resp[0]):
        return Likeness.NO
    if _RLOGIN.match(orig):
        return Likeness.YES if resp else Likeness.MAYBE
    return Likeness.MAYBE if not orig or _RLOGIN_BEGINS.match(orig) else Likeness.NO
