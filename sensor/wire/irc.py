r"""IRC: that people chat, never what or with whom (RFC 1459, 2.3; RFC 2812; IRCv3 message tags; DCC by its authors' notes).

    line: [@tags SP] [:origin SP] command|three digits [SP parameter]… [SP :last parameter] LF

Taken up where it is under way, too. The client says NICK and USER; the server answers 001 once it is let in. A PRIVMSG whose text is `\x01DCC SEND|CHAT … \x01`
offers a direct connection, a file's or a chat's: counted, its name, address and partner skipped. After STARTTLS is granted
(670) TLS follows: `Rest.HANDOVER`. Told when the server lets in, with the first DCC offer, and at the end.
"""

import re
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.records import Irc
from sensor.wire.sides import Lines, TwoSides

LONGEST_LINE = 16_384  # tags may take 8 KiB (IRCv3); RFC 1459 had 512
STRANGE = 64  # lines that are none of IRC's, before it is given up
FIRST_BYTES = 600

_LINE = re.compile(rb"(?:@\S+ +)?(?::\S+ +)?([A-Za-z]+|\d{3})(?: +|\Z)(.*)", re.DOTALL)
_DCC = re.compile(rb"\x01DCC (?:SEND|CHAT|TSEND|SSEND|SCHAT) ", re.IGNORECASE)
_OPENS = re.compile(
    rb"(?:PASS [^\r\n]+\r?\n)?(?:CAP (?:LS|REQ|END)\b[^\r\n]*\r?\n|NICK :?[^\s:]+\r?\n|USER \S+[^\r\n]*\r?\nNICK |USER \S+ \S+ \S+ :[^\r\n]*\r?\n)"
)
_SERVES = re.compile(
    rb"(?::[\w.-]+ )?NOTICE (?:AUTH|\*) :|:[\w.-]+ (?:001 \S+ :|CAP \S+ (?:LS|ACK|NAK) |NOTICE \S+ :\*\*\* )"
)
_UNDER_WAY = re.compile(
    rb"(?:@\S+ )?:[^\s!@:]+![^\s!@]+@\S+ (?:PRIVMSG|NOTICE|JOIN|PART|QUIT|NICK|MODE|KICK|TOPIC) [^\r\n]+\r?\n"
    rb"|:[\w-]+(?:\.[\w-]+)+ (?:00[2-5]|2[5-6][0-6]|3(?:3[1-3]|53|66|7[256])) [^\s:]+ [^\r\n]*\r?\n"
    rb"|PRIVMSG [#&][^\s,:]+ :[^\r\n]+\r?\n"
)  # people's lines, a server's numbers, or what is said in a room: a capture that began late
_FIRST = frozenset((b"C", b"N", b"U", b"P", b":", b"@"))
_BEGINS = (b"CAP ", b"NICK ", b"USER ", b"PASS ", b"NOTICE ", b"PRIVMSG ", b":", b"@")


class IrcReader(TwoSides):
    """Buffer: one line of 16 KiB in each direction."""

    service: ClassVar[str] = "irc"

    def __init__(self) -> None:
        super().__init__()
        self._lines = (Lines(LONGEST_LINE), Lines(LONGEST_LINE))
        self._known = self._strange = 0
        self._registered = False
        self._messages = self._dcc = 0
        self._starttls = False

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._lost[from_orig]:
            return MORE
        before = (self._registered, bool(self._dcc))
        lines = self._lines[from_orig]
        lines.feed(data)
        try:
            while (line := lines.next()) is not None:
                self._line(line)
                if self._starttls:
                    resp, orig = (bytes(side.data) for side in self._lines)
                    return Events((self._record(),), Rest.HANDOVER, left_orig=orig, left_resp=resp)
        except ParseError:
            if not self._known:
                raise
            return self._finish()
        return Events((self._record(),)) if (self._registered, bool(self._dcc)) != before else MORE

    def _line(self, line: bytes) -> None:
        found = _LINE.match(line)
        if found is None or (not line.isascii() and b" " not in line):
            self._strange += 1
            if self._strange > STRANGE:
                raise ParseError("lines that are none of the protocol's")
            return
        self._known += 1
        command, rest = found[1].upper(), found[2]
        if command == b"001":
            self._registered = True
        elif command == b"670":
            self._starttls = True
        elif command in (b"PRIVMSG", b"NOTICE") and _DCC.search(rest[:256]):
            self._dcc += 1
        elif command == b"PRIVMSG":
            self._messages += 1

    def _record(self) -> Irc:
        return Irc(self._registered, self._messages, self._dcc, "established" if self._starttls else "none")

    def _finish(self) -> Outcome:
        return Events((self._record(),), Rest.DONE) if self._known else GiveUp("no line of IRC")


def probe(orig: bytes, resp: bytes) -> Likeness:
    """The client's NICK, CAP or USER as IRC writes them, or a server's notice, welcome or capabilities."""
    said = [_judge(data) for data in (orig, resp) if data]
    if Likeness.YES in said:
        return Likeness.YES
    return Likeness.MAYBE if not said or Likeness.MAYBE in said else Likeness.NO


def _judge(data: bytes) -> Likeness:
    if data[:1] not in _FIRST:
        return Likeness.NO
    if _OPENS.match(data) or _SERVES.match(data) or _UNDER_WAY.match(data):
        return Likeness.YES
    if len(data) >= FIRST_BYTES or not any(data.startswith(w[: len(data)]) for w in _BEGINS):
        return Likeness.NO
    return Likeness.MAYBE if data.count(b"\n") < 3 else Likeness.NO
