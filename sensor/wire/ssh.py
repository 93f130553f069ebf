"""SSH's opening, up to where encryption begins (RFC 4253; SSH 1: draft-ylonen-ssh-protocol-00).

    banner:  [other lines CRLF] SSH-protoversion-softwareversion [SP comments] CRLF     each side, the server's lines first
    SSH 2:   length(4) padding length(1) message(1) …     20 KEXINIT, 21 NEWKEYS
    SSH 1:   length(4) padding(8 - length % 8) message(1) … checksum(4)     2 SMSG_PUBLIC_KEY, 3 CMSG_SESSION_KEY

Comments are dropped: people write names there. Each side is read on its own, so one direction is enough. Told once, when both
sides have gone over to encryption, when one goes on behind that, or when no more comes.
"""

from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.records import Ssh
from sensor.wire.sides import Lines, TwoSides, any_side
from sensor.wire.text import printable

LONGEST_LINE = 8_192
MOST_LINES = 64  # before the banner
LARGEST_PACKET = 262_144  # RFC 4253, 6.1 asks for 35,000; implementations take 256 KiB
MOST_PACKETS = 64  # before NEWKEYS
FIRST_BYTES = 1_024

KEXINIT, NEWKEYS = 20, 21
PUBLIC_KEY, SESSION_KEY = 2, 3


class _Side:
    """One direction."""

    __slots__ = ("banner", "kex", "left", "lines", "newkeys", "packets", "text_lines", "through", "version")

    def __init__(self) -> None:
        self.lines = Lines(LONGEST_LINE)
        self.text_lines = 0
        self.banner: str | None = None
        self.version = 0
        self.left = 0  # bytes of the packet still to be skipped
        self.packets = 0
        self.kex = False
        self.newkeys = False
        self.through = False  # nothing more in clear

    def read(self, data: bytes) -> None:
        self.lines.feed(data)
        while self.banner is None:
            line = self.lines.next()
            if line is None:
                return
            self._line(line)
        while not self.through and self._packet():
            pass
        if self.through:
            self.left -= self.lines.drop(self.left)

    @property
    def went_on(self) -> bool:
        """Encrypted bytes came while the other side's last packet in clear was not seen."""
        return self.through and len(self.lines.data) > 0

    def _line(self, line: bytes) -> None:
        version = _version(line)
        if version:
            self.version = self.version or version
            self.banner = printable(line.split(b" ", 1)[0])
            return
        self.text_lines += 1
        if self.text_lines > MOST_LINES:
            raise ParseError("no banner")

    def _packet(self) -> bool:
        """One packet's head; False while more has to come."""
        if self.left:
            self.left -= self.lines.drop(self.left)
        head = self.lines.data
        if self.left or len(head) < 5:
            return False
        length = int.from_bytes(head[:4], "big")
        padding = 8 - length % 8 if self.version == 1 else 1
        if not 5 <= length <= LARGEST_PACKET or (self.version == 2 and head[4] > length - 2):
            raise ParseError("not a packet")
        if len(head) < 5 + padding:
            return False
        self._message(head[4 + padding])
        self.left = 4 + length + (padding if self.version == 1 else 0)
        self.packets += 1
        if self.packets > MOST_PACKETS:
            raise ParseError("no new keys")
        return True

    def _message(self, kind: int) -> None:
        if self.version == 1:
            self.kex = True
            self.newkeys = kind == SESSION_KEY
            self.through = kind in (PUBLIC_KEY, SESSION_KEY)
        else:
            self.kex = self.kex or kind == KEXINIT
            self.newkeys = self.through = kind == NEWKEYS


class SshReader(TwoSides):
    """Buffer: one line of 8 KiB in each direction; packets are skipped as they come."""

    service: ClassVar[str] = "ssh"

    def __init__(self) -> None:
        super().__init__()
        self._sides = (_Side(), _Side())

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._lost[from_orig]:
            return MORE
        side = self._sides[from_orig]
        if self._sides[not from_orig].version == 1:
            side.version = 1  # who announced 1.99 goes down to it
        try:
            side.read(data)
        except ParseError:
            if side.banner is None:
                raise
            return self._finish()
        through = all(s.through for s in self._sides)
        return self._finish() if through or side.went_on else MORE

    def _finish(self) -> Outcome:
        resp, orig = self._sides
        if orig.banner is None and resp.banner is None:
            return GiveUp("no banner")
        versions = [side.version for side in self._sides if side.version]
        record = Ssh(
            version=min(versions),
            client=orig.banner,
            server=resp.banner,
            kex_seen=orig.kex and resp.kex,
            newkeys=orig.newkeys or resp.newkeys,
        )
        return Events((record,), Rest.DONE, left_orig=bytes(orig.lines.data), left_resp=bytes(resp.lines.data))


def _version(line: bytes) -> int:
    """1 or 2 of a banner; 0 of another line. 1.99 speaks both, and 2 is what it will be (RFC 4253, 5.1)."""
    if not line.startswith(b"SSH-"):
        return 0
    number, dash, _ = line[4:].partition(b"-")
    major, dot, minor = number.partition(b".")
    if not (dash and dot and major.isdigit() and minor.isdigit()):
        raise ParseError("not a banner")
    return 2 if major == b"2" or number == b"1.99" else 1


def probe(orig: bytes, resp: bytes) -> Likeness:
    return any_side(_banner, orig, resp)


def _banner(data: bytes) -> Likeness:
    """A line that begins with SSH-1. or SSH-2.; lines of text may stand before it."""
    while data:
        begins = data[:6]
        if begins in (b"SSH-1.", b"SSH-2."):
            return Likeness.YES
        line, ended, data = data.partition(b"\n")
        if len(line) < 6 and not ended and b"SSH-1.".startswith(line[:4]):
            return Likeness.MAYBE
        if not all(byte >= 0x20 or byte in b"\t\r" for byte in line):
            return Likeness.NO
    return Likeness.MAYBE
