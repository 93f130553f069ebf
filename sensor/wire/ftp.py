"""FTP's control connection in clear: that a password and files cross the wire, never which (RFC 959, RFC 4217, RFC 2228).

    server 220 text          client USER name   331   PASS secret   230 let in | 530 refused
    client AUTH TLS   234: TLS follows, `Rest.HANDOVER`          client STOR | STOU | APPE | RETR path   150 … 226

Arguments are skipped, but for the two user names that ask for no password of one's own (anonymous, ftp: RFC 1635). Told after
each log-in's answer, and at the end.
"""

import re
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.records import Ftp, Tls
from sensor.wire.sides import Lines, TwoSides
from sensor.wire.text import host_name

LONGEST_LINE = 8_192
STRANGE = 64
FIRST_BYTES = 512

COMMANDS = frozenset(
    b"USER PASS ACCT CWD CDUP SMNT QUIT REIN PORT PASV TYPE STRU MODE RETR STOR STOU APPE ALLO REST RNFR RNTO ABOR DELE RMD MKD"
    b" PWD LIST NLST SITE SYST STAT HELP NOOP AUTH ADAT PROT PBSZ CCC MIC CONF ENC FEAT OPTS LANG MDTM MLSD MLST SIZE EPRT"
    b" EPSV CLNT HOST".split()
)
ANONYMOUS = (b"anonymous", b"ftp")
_REPLY = re.compile(rb"([1-5]\d\d)([ -]|\Z)")
_HOST = re.compile(rb"[ (\[]([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})\b")
_OPENS = re.compile(rb"(?:USER \S[^\r\n]*|AUTH (?:TLS|SSL|TLS-C|TLS-P)|FEAT|SYST|HOST \S+)\r?\n", re.IGNORECASE)
_BANNER = re.compile(rb"(?:220[- ][^\n]*\n)+", re.IGNORECASE)
_NAMES_ITSELF = re.compile(rb"ftp|filezilla|file transfer", re.IGNORECASE)
_NOT_MAIL = re.compile(rb"smtp|lmtp", re.IGNORECASE)


class FtpReader(TwoSides):
    """Buffer: one line of 8 KiB in each direction."""

    service: ClassVar[str] = "ftp"

    def __init__(self) -> None:
        super().__init__()
        self._lines = (Lines(LONGEST_LINE), Lines(LONGEST_LINE))
        self._known = self._strange = 0
        self._anonymous = self._asked_tls = self._logging_in = False
        self._password = False
        self._success: bool | None = None
        self._tls: Tls = "none"
        self._stored = self._retrieved = 0
        self._server_name: str | None = None

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._lost[from_orig]:
            return MORE
        lines = self._lines[from_orig]
        lines.feed(data)
        before = self._success
        try:
            while (line := lines.next()) is not None:
                if from_orig:
                    self._command(line)
                else:
                    self._reply(line)
                if self._tls == "established":
                    resp, orig = (bytes(side.data) for side in self._lines)
                    return Events((self._record(),), Rest.HANDOVER, left_orig=orig, left_resp=resp)
        except ParseError:
            if not self._known:
                raise
            return self._finish()
        return MORE if self._success in (None, before) else Events((self._record(),))

    def _command(self, line: bytes) -> None:
        word, _, argument = line.partition(b" ")
        word = word.upper()
        if word not in COMMANDS:
            self._odd()
            return
        self._known += 1
        if word == b"USER":
            self._anonymous = argument.strip().lower() in ANONYMOUS
            self._success = None
        elif word == b"PASS":
            self._password = self._password or not self._anonymous
            self._logging_in = True
        elif word == b"AUTH":
            self._asked_tls = True
        elif word in (b"STOR", b"STOU", b"APPE"):
            self._stored += 1
        elif word == b"RETR":
            self._retrieved += 1

    def _reply(self, line: bytes) -> None:
        reply = _REPLY.match(line)
        if reply is None:
            if self._known == 0:
                self._odd()
            return  # of an answer of several lines
        self._known += 1
        code = reply[1]
        if code == b"220" and self._server_name is None and (named := _HOST.search(line)):
            self._server_name = host_name(named[1])
        elif code == b"234" and self._asked_tls:
            self._tls = "established"
        elif self._asked_tls and code[:1] == b"5":
            self._tls, self._asked_tls = "refused", False
        elif self._logging_in and code in (b"230", b"232", b"530", b"430"):
            self._success, self._logging_in = code[:1] == b"2", False

    def _odd(self) -> None:
        self._strange += 1
        if self._strange > STRANGE:
            raise ParseError("lines that are none of the protocol's")

    def _record(self) -> Ftp:
        return Ftp(self._password, self._success, self._tls, self._stored, self._retrieved, self._server_name)

    def _finish(self) -> Outcome:
        return Events((self._record(),), Rest.DONE) if self._known else GiveUp("no line of FTP")


def probe(orig: bytes, resp: bytes) -> Likeness:
    """A server's 220 that calls itself FTP, or any 220 and a client that logs in as FTP does. SMTP opens with 220 too."""
    if resp:
        begins = resp[:4]
        if not (begins in (b"220 ", b"220-") or (len(begins) < 4 and b"220 ".startswith(begins))):
            return Likeness.NO
        banner = _BANNER.match(resp)
        if banner and _NAMES_ITSELF.search(banner[0]) and not _NOT_MAIL.search(banner[0]):
            return Likeness.YES
        if len(resp) >= FIRST_BYTES and not banner:
            return Likeness.NO
    if not orig:
        return Likeness.MAYBE
    if _OPENS.match(orig):
        return Likeness.YES if resp[:3] == b"220" else Likeness.MAYBE
    word = orig[:5].upper()
    return Likeness.MAYBE if b"\n" not in orig[:64] and word.split(b" ")[0][:4] in _STARTS else Likeness.NO


_STARTS = frozenset(word[:size] for word in (b"USER", b"AUTH", b"FEAT", b"SYST", b"HOST") for size in range(1, 5))
