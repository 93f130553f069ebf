"""What an IMAP literal carries, when it is a mail or a part of one. Made by `sensor.wire.imap`, fed the literal's bytes.

* `BODY[]`, RFC822 and APPEND: a whole mail. `BODY[TEXT]`: a mail without its header, whose boundaries are learnt.
* `BODY[2]`, `BINARY[2]`: one part, encoded or decoded; what it is was said by BODYSTRUCTURE or `BODY[2.MIME]`. If by neither,
  it counts only if it begins like a file of a common format.
* `BODY[]<0>`, `BODY[]<20480>`: pieces of one (RFC 3501 6.4.5), which make a whole again in order.
"""

from dataclasses import dataclass

from sensor.wire.mime import Mail, MimeScanner
from sensor.wire.mime_fields import PartHeader
from sensor.wire.mime_header import HeaderReader
from sensor.wire.mime_part import Kind, Part, Place

MIME_LIMIT = 16_384
"""Bytes of a part's own header that are read."""


class Whole:
    """A mail, or its text."""

    def __init__(self, *, midway: bool = False) -> None:
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

    def feed(self, data: bytes) -> None:
        self._part.body(data, 0, len(data))
        self._size += len(data)

    def gap(self, missing: int) -> None:
        self._part.missing += missing
        self._size += missing
        self._whole = False

    def finish(self, *, complete: bool) -> Mail | None:
        part = self._part
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
