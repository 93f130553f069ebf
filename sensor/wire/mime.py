"""The shape of a mail, read while it passes: parts, attachments, sizes. Fed by the readers of SMTP, POP3 and IMAP.

* A message is header fields, an empty line, a body (RFC 5322 2.1); `Content-Type: multipart/…; boundary=B` makes the body a list
  of parts between lines `--B`, ended by `--B--` (RFC 2046 5.1). Each part has fields and a body again, and may be multipart.
* `message/rfc822` with a name, or marked as an attachment, is a mail as a document: its own parts are not looked at. Else it is
  a wrapper and is read through. What of the leaves is an attachment: `sensor.wire.mime_kind`.
* Parts may hold files that MIME does not tell of: `sensor.wire.mime_inside`.

Nothing of the body is kept, but what `mime_part.PEEK` and the limits below state: a `MimeScanner` never holds more than some
30 kB and the attachments found. Work is linear: bodies are searched for line starts with `--`, and each line is looked at once.

Broken mails are read like mail programs do: a boundary that was never declared, or declared otherwise, is learnt from a
line `--X` that a `Content-` field follows; after a gap the next such pair, or a `Content-` field alone, begins a part.
"""

from enum import Enum
from functools import partial

from sensor.wire.mime_fields import BOUNDARY_LIMIT, PartHeader
from sensor.wire.mime_header import CONTENT_FIELD, LANDMARK, Correspondents, HeaderReader, Line
from sensor.wire.mime_inside import Inside
from sensor.wire.mime_kind import Kind, is_wrapper
from sensor.wire.mime_mail import Mail
from sensor.wire.mime_nesting import Level, Nesting
from sensor.wire.mime_part import Part
from sensor.wire.records import Attachment

LINE_LIMIT = 4096
"""Bytes of a line that are held and looked at."""

WORTH_SKIMMING = 512
"""Bytes."""

ATTACHMENTS = 256
"""Attachments of one mail that are told."""

DEPTH = 2
"""Mails within signatures, one within the other, that are opened."""


class _State(Enum):
    HEADERS = "headers"
    BODY = "body"  # of a leaf, or between the parts of a multipart when there is no leaf


class MimeScanner:
    """Feed it a message in pieces, then `finish`. `midway`: its beginning was not seen; `depth`: of mails within signatures."""

    def __init__(self, *, midway: bool = False, depth: int = 0) -> None:
        self._inner = partial(MimeScanner, depth=depth + 1) if depth < DEPTH else None
        self._nesting = Nesting()
        self._state = _State.BODY if midway else _State.HEADERS
        self._correspondents = Correspondents()
        self._fields = HeaderReader(PartHeader(), None if midway else self._correspondents)
        self._part: Part | None = None
        self._inside = Inside()
        self._carry = b""
        self._torn = False  # the next bytes do not begin a line
        self._fresh_gap = False
        self._lost = midway  # fields or boundaries may have been missed: look for landmarks
        self._gapped = midway
        self._guess: bytes | None = None
        self._protection: str | None = None
        self._legible = False
        self.attachments: list[Attachment] = []
        self.inline_images = 0
        self.size = 0

    def feed(self, data: bytes) -> None:
        self.size += len(data)
        if len(data) >= WORTH_SKIMMING and self._skimmed(data):
            return
        data = self._carry + data if self._carry else data
        start = 0
        if self._torn and self._fresh_gap:
            self._torn = not (data.startswith(b"--") or CONTENT_FIELD.match(data))  # what a line begins with
            self._fresh_gap = False
        if self._torn:
            start = data.find(b"\n") + 1 or len(data)
            self._fragment(data[:start])
            self._torn = data[start - 1 : start] != b"\n"
        end = data.rfind(b"\n", start) + 1
        if end > start:
            self._lines(data, start, end)
            start = end
        self._carry = data[start:]
        if len(self._carry) > LINE_LIMIT:
            self._line_start(self._carry)
            self._carry = b""
            self._torn = True

    def _skimmed(self, data: bytes) -> bool:
        """Whether `data` was in the middle of a leaf's base64, and is counted."""
        quiet = self._state is _State.BODY and self._guess is None and not self._lost and self._carry[:1] != b"-"
        if self._part is None or self._inside.opens or not quiet or not self._part.skim(self._carry, data):
            return False
        self._carry = b""
        self._torn = data[-1] != 0x0A
        return True

    def gap(self, missing: int) -> None:
        """`missing` bytes will never come."""
        if self._carry:
            self._line_start(self._carry)
        self._carry = b""
        self._torn = self._gapped = self._lost = True
        self._guess = None
        self._fresh_gap = True
        self.size += missing
        if self._state is _State.HEADERS:
            self._fields.broken()
        if self._part is not None:
            self._part.missing += missing
            self._part.complete = False
        self._inside.broken()

    def finish(self, *, complete: bool) -> Mail:
        """The message is over. `complete` when its end was seen."""
        if self._carry:
            self._line_start(self._carry)
            self._carry = b""
        if self._state is _State.HEADERS:
            self._fields.end()
            self._begin_body()
        if self._part is not None and not complete:
            self._part.complete = False
        open_end = self._nesting.unclosed or (self._part is not None and self._part.size(delimited=True) == 0)
        self._end_part(delimited=False)
        open_files = any(found.protection is None for found in self.attachments)
        return Mail(
            attachments=tuple(self.attachments),
            inline_images=self.inline_images,
            protection=None if open_files else self._protection,
            size=self.size,
            complete=complete and not self._gapped,
            from_domain=self._correspondents.sender,
            to_domains=tuple(self._correspondents.to),
            legible=self._legible,
            open_end=open_end,
        )

    # Lines

    def _lines(self, block: bytes, pos: int, end: int) -> None:
        """`block[pos:end]` is whole lines."""
        while pos < end:
            if self._state is _State.HEADERS or self._guess is not None:
                after = block.find(b"\n", pos, end) + 1
                self._line_start(block[pos:after])
                pos = after
                continue
            hit = self._next_mark(block, pos, end)
            if hit > pos:
                self._content(block, pos, hit)
            if hit == end:
                return
            after = block.find(b"\n", hit, end) + 1
            self._line_start(block[hit:after])
            pos = after

    def _next_mark(self, block: bytes, pos: int, end: int) -> int:
        """Where the next line begins that may be more than content; `end` if none does."""
        if self._lost:
            found = LANDMARK.search(block, pos, end)
            return found.start() if found else end
        if block.startswith(b"--", pos):
            return pos
        return block.find(b"\n--", pos, end) + 1 or end

    def _line_start(self, line: bytes) -> None:
        """One line from its start: whole, or its first bytes if it is too long to hold."""
        guess, self._guess = self._guess, None
        if self._state is _State.HEADERS:
            self._header_line(line)
        elif guess is not None and CONTENT_FIELD.match(line):
            self._learn(guess)
            self._header_line(line)
        elif line.startswith(b"--"):
            if not self._delimiter(line):
                self._content(line, 0, len(line))
        elif self._lost and CONTENT_FIELD.match(line):
            self._end_part(delimited=True)
            self._begin_part(self._nesting.innermost)
            self._header_line(line)
        else:
            self._content(line, 0, len(line))

    def _fragment(self, data: bytes) -> None:
        """Bytes from within a line."""
        if self._state is _State.BODY:
            self._content(data, 0, len(data))
        else:
            self._fields.more(data)

    def _content(self, block: bytes, start: int, end: int) -> None:
        self._inside.feed(block, start, end, torn=self._torn, lost=self._lost)
        if self._part is not None:
            self._part.body(block, start, end)

    def _header_line(self, line: bytes) -> None:
        if line.startswith(b"--") and self._delimiter(line):
            return
        match self._fields.line(line):
            case Line.END:
                self._begin_body()
            case Line.OTHER:
                self._begin_body()
                self._content(line, 0, len(line))

    # Structure

    def _begin_part(self, level: Level | None) -> None:
        subtype = level.subtype if level else ""
        header = PartHeader(form=subtype == "form-data")
        if subtype == "digest":
            header.mime_type = "message/rfc822"  # RFC 2046 5.1.5
        self._fields = HeaderReader(header)
        self._state = _State.HEADERS
        self._lost = False

    def _begin_body(self) -> None:
        """The fields are over: what do they begin?"""
        header = self._fields.part
        nesting = self._nesting
        family, subtype = header.mime_type.split("/", 1)
        self._state = _State.BODY
        self._part = None
        if family == "multipart" and not nesting.full:
            nesting.begin(header.boundary, subtype)
            self._protection = nesting.protection or self._protection
        elif is_wrapper(header, nesting.place, whole=nesting.innermost is None):
            self._fields = HeaderReader(PartHeader())
            self._state = _State.HEADERS
        else:
            self._part = Part(header, nesting.place)
            self._inside = Inside(self._part, self._inner)

    def _delimiter(self, line: bytes) -> bool:
        """Is this line, which begins with `--`, a boundary? Then the part it ends is told."""
        text = line[2 : BOUNDARY_LIMIT + 6].rstrip(b" \t\r\n")
        found = self._nesting.find(text)
        if found is None:
            if text and self._learnable():
                self._guess = text[:BOUNDARY_LIMIT]
            return False
        if self._state is _State.HEADERS:
            self._fields.end()
            self._begin_body()
        self._end_part(delimited=True)
        at, closing = found
        level = self._nesting.reach(at)
        self._lost = False
        if closing:
            level.closed = True
            self._state = _State.BODY
        else:
            self._begin_part(level)
        return True

    def _learnable(self) -> bool:
        """May a boundary turn up here that was not declared?"""
        if self._state is _State.HEADERS:
            return False
        return self._gapped or (self._part is None and self._nesting.undelimited)

    def _learn(self, boundary: bytes) -> None:
        self._end_part(delimited=True)
        self._begin_part(self._nesting.learn(boundary))

    def _end_part(self, *, delimited: bool) -> None:
        """Tell the leaf that is open."""
        part, self._part = self._part, None
        inside, self._inside = self._inside, Inside()
        found, opened = inside.finish()
        self._add(*found)
        if inside.mail is not None:
            self.inline_images += inside.mail.inline_images
            self._legible = self._legible or inside.mail.legible
            self._protection = inside.mail.protection or self._protection
        if part is None or opened:
            return
        kind = part.kind()
        if kind is Kind.DECORATION:
            self.inline_images += 1
        elif kind is Kind.ATTACHMENT:
            self._add(attachment := part.attachment(delimited=delimited))
            self._legible = self._legible or part.legible()
            if self._nesting.innermost is None:
                self._protection = attachment.protection
        elif part.protection() is not None:
            self._protection = part.protection()

    def _add(self, *found: Attachment) -> None:
        self.attachments.extend(found[: ATTACHMENTS - len(self.attachments)])
