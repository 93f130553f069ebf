"""What an IMAP literal carries, when it is a mail or a part of one. Made by `sensor.wire.imap`, fed the literal's bytes.

* `BODY[]`, RFC822 and APPEND: a whole mail. `BODY[TEXT]`: a mail without its header, whose boundaries are learnt.
* `BODY[2]`, `BINARY[2]`: one part, encoded or decoded; what it is was said by BODYSTRUCTURE or `BODY[2.MIME]`. If by neither,
  it counts only if it begins like a file of a common format.
* `BODY[]<0>`, `BODY[]<20480>`: pieces of one (RFC 3501 6.4.5), which make a whole again in order.
"""

from collections import OrderedDict
from dataclasses import dataclass

from sensor.wire.imap_structure import PARTS, structure
from sensor.wire.imap_words import NUMBER, SECTION
from sensor.wire.mime import MimeScanner
from sensor.wire.mime_fields import PartHeader
from sensor.wire.mime_header import HeaderReader
from sensor.wire.mime_kind import Kind, Place
from sensor.wire.mime_mail import Mail
from sensor.wire.mime_part import Part

MESSAGES = 64
"""Messages whose structure is remembered."""

MIME_LIMIT = 16_384
"""Bytes of a part's own header that are read."""


class Whole:
    """A mail, or its text."""

    def __init__(self, *, midway: bool = False) -> None:
        self.partial = False  # asked for in pieces: maybe only for the first
        self._scanner = MimeScanner(midway=midway)

    def feed(self, data: bytes) -> None:
        self._scanner.feed(data)

    def gap(self, missing: int) -> None:
        self._scanner.gap(missing)

    def finish(self, *, complete: bool) -> Mail | None:
        return self._scanner.finish(complete=complete)


class OnePart:
    """One part. `header` None: nothing said what it is."""

    def __init__(self, header: PartHeader | None, *, decoded: bool) -> None:
        self._said = header is not None
        header = header or PartHeader(mime_type="application/octet-stream", encoding="base64")
        if decoded:
            header = PartHeader(
                mime_type=header.mime_type,
                disposition=header.disposition,
                named=header.named,
                extension=header.extension,
                content_id=header.content_id,
                encoding="binary",
            )
        self._part = Part(header, Place(related=header.content_id))
        self._size = 0
        self._whole = True
        self._carry = b""

    def feed(self, data: bytes) -> None:
        self._size += len(data)
        data = self._carry + data
        cut = data.find(b"=", max(0, len(data) - 2))  # a quoted-printable mark stays in one piece
        cut = len(data) if cut < 0 else cut
        self._carry = data[cut:]
        self._part.body(data, 0, cut)

    def gap(self, missing: int) -> None:
        self._part.missing += missing
        self._size += missing
        self._whole = False

    def finish(self, *, complete: bool) -> Mail | None:
        part = self._part
        part.body(self._carry, 0, len(self._carry))
        part.complete = complete and self._whole
        kind = part.kind()
        if not self._said and not part.legible():
            kind = Kind.TEXT
        return Mail(
            attachments=(part.attachment(delimited=False),) if kind is Kind.ATTACHMENT else (),
            inline_images=int(kind is Kind.DECORATION),
            protection=None,
            size=self._size,
            complete=part.complete,
            from_domain=None,
            to_domains=(),
            legible=part.legible(),
        )


class OwnHeader:
    """`BODY[2.MIME]`: the header of a part whose body may come next. Nothing was transferred by it."""

    def __init__(self) -> None:
        self.part = PartHeader()
        self._data = b""

    def feed(self, data: bytes) -> None:
        self._data += data[: MIME_LIMIT - len(self._data)]

    def gap(self, missing: int) -> None:
        del missing

    def finish(self, *, complete: bool) -> Mail | None:
        del complete
        reader = HeaderReader(self.part)
        for line in self._data.splitlines(keepends=True):
            reader.line(line)
        reader.end()
        self._data = b""
        return None


Content = Whole | OnePart | OwnHeader


@dataclass(slots=True)
class Fetched:
    """A section of a message that is being fetched. `next`: where its next piece begins; `asked`: the size of a piece."""

    message: int
    section: str
    content: Content
    next: int = 0
    asked: int | None = None


class Fetches:
    """What the server's FETCH answers carry. `message`: of the answer that goes on behind a literal; `asked`: see `Fetched`."""

    def __init__(self) -> None:
        self.message: int | None = None
        self.asked: int | None = None
        self._structures: OrderedDict[int, dict[str, PartHeader]] = OrderedDict()
        self._fetched: Fetched | None = None

    def line(self, line: bytes) -> None:
        """A line of an answer: it may hold a BODYSTRUCTURE."""
        at = line.upper().find(b"BODYSTRUCTURE ")
        if at >= 0:
            self._parts().update(structure(line[at + 14 :]))

    def begin(self, line: bytes, size: int) -> tuple[Content | None, Content | None]:
        """(what the literal at the end of `line` carries, what is now known to be left unfinished)."""
        found = SECTION.search(line) if self.message is not None else None
        if found is None or self.message is None:
            return None, None
        item = found[1].upper().decode("ascii")
        section = (found[2] or b"").upper().decode("ascii", "ignore")
        section = item.removeprefix("RFC822").lstrip(".") if item.startswith("RFC822") else section
        offset = int(found[3]) if found[3] else None
        fetched, abandoned = self._fetched, None
        if fetched is None or (fetched.message, fetched.section, fetched.next) != (self.message, section, offset):
            abandoned = self.end()
            content = self._content(section, decoded=item == "BINARY")
            if content is None or offset is None:
                return content, abandoned
            if isinstance(content, Whole):
                content.partial = True
            fetched = self._fetched = Fetched(self.message, section, content, next=offset, asked=self.asked)
            if offset:
                content.gap(offset)
        fetched.next += size
        if fetched.asked is not None and size < fetched.asked:
            self._fetched = None  # its last piece
        return fetched.content, abandoned

    def goes_on(self, content: Content) -> bool:
        """Are more pieces of it to come?"""
        return self._fetched is not None and content is self._fetched.content

    def end(self) -> Content | None:
        """What is still open: its last piece was not seen to be one."""
        fetched, self._fetched = self._fetched, None
        return fetched.content if fetched is not None else None

    def _parts(self) -> dict[str, PartHeader]:
        parts = self._structures.setdefault(self.message or 0, {})
        if len(self._structures) > MESSAGES:
            self._structures.popitem(last=False)
        return parts

    def _content(self, section: str, *, decoded: bool) -> Content | None:
        if section in ("", "TEXT"):
            return Whole(midway=section == "TEXT")
        if section.endswith(".MIME"):
            own, parts = OwnHeader(), self._parts()
            if len(parts) < PARTS:
                parts[section.removesuffix(".MIME")] = own.part
            return own
        known = self._structures.get(self.message or 0, {})
        return OnePart(known.get(section), decoded=decoded) if NUMBER.match(section) else None
