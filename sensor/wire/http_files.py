"""Files in the bodies of HTTP/1: what a form sends up and what comes down to be saved. Fed by `sensor.wire.http`.

up:    Content-Type: multipart/form-data; boundary=B    parts between lines `--B`, those with a `filename` are files (RFC 7578)
down:  Content-Disposition: attachment; filename="…"    the whole body is one file (RFC 6266); PUT and POST may say it as well

A form without a file is nothing, and so is a page, an image or a script, which name no file. As in mail, nothing of a body is kept but its
type, extension, size and what encrypted it; the bound is that of `MimeScanner`, or of one `Part`.
"""

from typing import Protocol

from sensor.wire import media_types
from sensor.wire.http_head import Head
from sensor.wire.mime import MimeScanner
from sensor.wire.mime_kind import Kind, Place
from sensor.wire.mime_part import Part
from sensor.wire.records import Attachment

MOST_FORM = 67_108_864
"""Bytes of forms that are read on one connection."""


class Files(Protocol):
    """A body that is read for its files."""

    def feed(self, data: bytes) -> None: ...

    def gap(self, missing: int) -> None: ...

    def finish(self, *, complete: bool) -> tuple[Attachment, ...]: ...


def files_of(head: Head) -> Files | None:
    """Who reads the body behind `head`; None where it holds no file."""
    if head.form is not None:
        return _Form(head.form)
    if head.file is not None and (head.status is None or 200 <= head.status < 300):
        part = Part(head.file, Place())
        if part.kind() is Kind.ATTACHMENT:
            return _Whole(part, head.length)
    return None


class _Form:
    """multipart/form-data. `content_type`: the field's value, for its boundary."""

    __slots__ = ("_scanner",)

    def __init__(self, content_type: bytes) -> None:
        self._scanner = MimeScanner()
        self._scanner.feed(b"Content-Type: " + content_type + b"\r\n\r\n")

    def feed(self, data: bytes) -> None:
        self._scanner.feed(data)

    def gap(self, missing: int) -> None:
        self._scanner.gap(missing)

    def finish(self, *, complete: bool) -> tuple[Attachment, ...]:
        return self._scanner.finish(complete=complete).attachments


class _Whole:
    """A body that is one file. Its size is what was announced, where it was."""

    __slots__ = ("_announced", "_part")

    def __init__(self, part: Part, announced: int | None) -> None:
        self._part = part
        self._announced = announced

    def feed(self, data: bytes) -> None:
        self._part.body(data, 0, len(data))

    def gap(self, missing: int) -> None:
        self._part.missing += missing
        self._part.complete = False

    def finish(self, *, complete: bool) -> tuple[Attachment, ...]:
        part = self._part
        size = part.size(delimited=False) + part.missing if self._announced is None else self._announced
        return (
            Attachment(
                mime_type=media_types.told(part.header.mime_type),
                extension=part.header.extension,
                size=size,
                complete=complete and part.complete,
                protection=part.protection(),
            ),
        )
