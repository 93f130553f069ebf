"""The field lines of a mail or of one of its parts, unfolded and read one at a time. Fed by `sensor.wire.mime`.

* A field is `Name: value` and may go on in lines that begin with a space (RFC 5322 2.2.3); an empty line ends the header.
* Of the mail's own fields, From, To and Cc give domains (never what stands before the @, nor names); the `Content-*` fields
  of any part are read by `mime_fields`. All others are skipped unread.

Bounded: one field, up to `FIELD_LIMIT`, and `DOMAINS` domains.
"""

import re
from enum import Enum

from sensor.wire.mime_fields import FIELD_LIMIT, PartHeader, read_field

DOMAINS = 32
"""Domains of correspondents that are told of one mail."""

CONTENT_FIELD = re.compile(
    rb"(?:content-(?:type|disposition|transfer-encoding|id|description)|mime-version)[ \t]*:", re.IGNORECASE
)
LANDMARK = re.compile(
    rb"^(?:--[^\r\n]|content-(?:type|disposition|transfer-encoding):|mime-version:)", re.IGNORECASE | re.MULTILINE
)
"""Where a part may begin, when its boundary is not known."""

_FIELD = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_WANTED = frozenset(b"CcFfTt")
_QUOTED = re.compile(rb'"[^"]*"')
_DOMAIN = re.compile(rb"@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)(?=[>\s,;)]|\Z)")


class Line(Enum):
    """What a line was to a header."""

    TAKEN = "taken"
    END = "end"
    OTHER = "other"  # no field: the body has begun without an empty line


class Correspondents:
    """Domains of a mail's own From, To and Cc."""

    __slots__ = ("sender", "to")

    def __init__(self) -> None:
        self.sender: str | None = None
        self.to: dict[str, None] = {}

    def read(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name not in (b"from", b"to", b"cc"):
            return
        for found in _DOMAIN.finditer(_QUOTED.sub(b"", value)):
            domain = found[1].decode("ascii").lower()
            if name == b"from":
                self.sender = self.sender or domain
            elif len(self.to) < DOMAINS:
                self.to.setdefault(domain)


class HeaderReader:
    """Reads one header into `part`; `correspondents` where it is the mail's own."""

    __slots__ = ("_correspondents", "_field", "part")

    def __init__(self, part: PartHeader, correspondents: Correspondents | None = None) -> None:
        self.part = part
        self._correspondents = correspondents
        self._field = b""

    def line(self, line: bytes) -> Line:
        """One line from its start, whole or its first bytes."""
        if line in (b"\r\n", b"\n"):
            self.end()
            return Line.END
        if line[0] in b" \t":
            self.more(line)
        elif _FIELD.match(line):
            self.end()
            self._field = line[:FIELD_LIMIT] if line[0] in _WANTED else b""
        elif not line.startswith((b"From ", b">From ")):  # mbox's mark, left by careless programs
            self.end()
            return Line.OTHER
        return Line.TAKEN

    def more(self, data: bytes) -> None:
        """The field goes on, if it is one of those that are read."""
        if self._field and len(self._field) < FIELD_LIMIT:
            self._field += data[: FIELD_LIMIT - len(self._field)]

    def broken(self) -> None:
        """Bytes are missing: the field that was open says nothing."""
        self._field = b""

    def end(self) -> None:
        """The field is whole."""
        line, self._field = self._field, b""
        if line:
            read_field(self.part, line)
            if self._correspondents is not None:
                self._correspondents.read(line)
