"""Files that one part of a mail holds without MIME saying so: in its text, in a winmail.dat, behind a gap. Used by `sensor.wire.mime`.

text            uuencode, yEnc: `mime_inline`
ms-tnef         Outlook's own container, opened: `mime_tnef`
pkcs7-mime      a mail within its own signature, opened: `mime_signed`
after a gap     base64 whose fields were lost: `mime_stray`
"""

from collections.abc import Callable

from sensor.wire.mime_inline import InlineFiles
from sensor.wire.mime_kind import Kind
from sensor.wire.mime_mail import Mail
from sensor.wire.mime_part import Part
from sensor.wire.mime_signed import Scanner, SignedMail, may_hold_a_mail
from sensor.wire.mime_stray import StrayFile
from sensor.wire.mime_tnef import TYPES, TnefFiles
from sensor.wire.records import Attachment


class Inside:
    """Of `part`, or of what stands where no part is known. `scanner` makes what reads a mail within it; None: nothing does."""

    __slots__ = ("_inline", "_part", "_signed", "_stray", "_tnef", "mail")

    def __init__(self, part: Part | None = None, scanner: Callable[[], Scanner] | None = None) -> None:
        self._part = part
        self._stray: StrayFile | None = None
        self._inline: InlineFiles | None = None
        self._tnef: TnefFiles | None = None
        self._signed: SignedMail | None = None
        self.mail: Mail | None = None  # after `finish`, what the part holds whole
        if part is None:
            return
        header = part.header
        if header.mime_type in TYPES:
            self._tnef = TnefFiles(header.encoding)
        elif scanner is not None and may_hold_a_mail(header):
            self._signed = SignedMail(header.encoding, scanner())
        elif part.kind() is Kind.TEXT and header.encoding != "base64" and not header.form:
            self._inline = InlineFiles()

    @property
    def opens(self) -> bool:
        """Whether every byte is looked at."""
        return self._tnef is not None or self._signed is not None

    def feed(self, block: bytes, start: int, end: int, *, torn: bool, lost: bool) -> None:
        """Content; `torn`: not from a line's start, `lost`: fields may have been missed before it."""
        if lost and not torn and (self._part is None or self._part.kind() is Kind.TEXT):
            self._stray = self._stray or StrayFile()
            self._stray.feed(block, start, end)
        if self._tnef is not None:
            self._tnef.feed(block, start, end)
        if self._signed is not None:
            self._signed.feed(block, start, end)
        if self._inline is None:
            return
        if block[end - 1] == 0x0A and not torn:
            self._inline.feed(block, start, end)
        else:
            self._inline.fragment(block[start:end])

    def broken(self) -> None:
        """Bytes are missing."""
        for files in (self._inline, self._tnef, self._signed):
            if files is not None:
                files.broken()

    def finish(self) -> tuple[tuple[Attachment, ...], bool]:
        """(the files found, whether they stand for the part itself)."""
        opened = self._tnef.found() if self._tnef is not None else None
        self.mail = self._signed.mail() if self._signed is not None else None
        if self.mail is not None:
            opened = self.mail.attachments
        if opened is not None:
            return opened, True
        stray = self._stray.found() if self._stray is not None else None
        found: tuple[Attachment, ...] = (stray,) if stray is not None else ()
        if self._inline is not None:
            self._inline.finish()
            found += tuple(self._inline.files)
        return found, False
