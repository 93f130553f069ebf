"""One leaf of a MIME message: counts the decoded size while the body passes, and says in the end what the part was.

Sizes are counted, not decoded (RFC 2045 6.7, 6.8): base64 is three bytes for four letters, quoted-printable is the bytes
less its soft line ends and two for each `=XX`. Of the body itself only the first and last `PEEK` bytes are held, and only until
the part ends: they tell an encrypted container from an open one (`protection_of`).
"""

import binascii

from sensor.wire import media_types
from sensor.wire.bulk import skim
from sensor.wire.mime_fields import PartHeader
from sensor.wire.mime_kind import Kind, Place, kind_of
from sensor.wire.records import Attachment

PEEK = 2048
"""Bytes of each end of a body that are held until the part ends."""

SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENVELOPED = (
    bytes.fromhex("06092a864886f70d010703"),  # RFC 5652 6: id-envelopedData
    bytes.fromhex("060b2a864886f70d0109100117"),  # RFC 5083: id-ct-authEnvelopedData
)
_SIGNED = bytes.fromhex("06092a864886f70d010702")  # RFC 5652 5: id-signedData
_AES_7Z = bytes.fromhex("06f10701")  # 7-Zip's method number of AES-256 with SHA-256, in an encrypted archive header

_FORMATS = (
    b"%PDF",
    b"PK\x03\x04",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"II*\x00",
    b"MM\x00*",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
    b"<?xml",
)


class Part:
    """A leaf being read. Bounded: twice `PEEK` bytes and a few counters."""

    __slots__ = ("_equals", "_head", "_letters", "_size", "_soft", "_tail", "complete", "header", "missing", "place")

    def __init__(self, header: PartHeader, place: Place) -> None:
        self.header = header
        self.place = place
        self.complete = True
        self.missing = 0
        self._size = 0
        self._letters = 0
        self._equals = 0
        self._soft = 0
        self._head = b""
        self._tail = b""

    def body(self, block: bytes, start: int, end: int) -> None:
        """Count `block[start:end]`: whole lines, but for a line too long to hold."""
        if end <= start:
            return
        self._size += end - start
        encoding = self.header.encoding
        if encoding == "base64":
            self._letters += end - start - block.count(b"\n", start, end) - block.count(b"\r", start, end)
            if block.find(b"=", start, end) >= 0:
                self._letters -= block.count(b"=", start, end)
            if block.find(b" ", start, end) >= 0:
                self._letters -= block.count(b" ", start, end)
        elif encoding == "quoted-printable":
            self._equals += block.count(b"=", start, end)
            self._soft += block.count(b"=\r\n", start, end) + block.count(b"=\n", start, end)
        self._ends(block, start, end)

    def _ends(self, block: bytes, start: int, end: int) -> None:
        if len(self._head) < PEEK:
            self._head += block[start : min(end, start + PEEK - len(self._head))]
        piece = block[max(start, end - PEEK) : end]
        self._tail = piece if len(piece) == PEEK else (self._tail + piece)[-PEEK:]

    def skim(self, before: bytes, data: bytes) -> bool:
        """Count `before` and `data`, if that is base64 in which no line can be more than content; whether it was."""
        letters = skim(data) if self.header.encoding == "base64" else -1
        if letters < 0:
            return False
        self.body(before, 0, len(before))
        self._letters += letters
        self._ends(data, 0, len(data))
        return True

    def size(self, *, delimited: bool) -> int:
        """Decoded bytes so far. `delimited`: a boundary follows, to which the last line end belongs (RFC 2046 5.1.1)."""
        encoding = self.header.encoding
        if encoding == "base64":
            return self._letters * 3 // 4
        last = (2 if self._tail.endswith(b"\r\n") else int(self._tail.endswith(b"\n"))) if delimited else 0
        size = self._size - last
        if encoding == "quoted-printable":
            size -= 3 * self._soft + 2 * (self._equals - self._soft)
        return max(size, 0)

    def kind(self) -> Kind:
        return kind_of(self.header, self.place, self.size(delimited=True) + self.missing)

    def attachment(self, *, delimited: bool) -> Attachment:
        return Attachment(
            mime_type=media_types.told(self.header.mime_type),
            extension=self.header.extension,
            size=self.size(delimited=delimited),
            complete=self.complete,
            protection=self.protection(),
        )

    def protection(self) -> str | None:
        """What encrypted this part before it left, as in `Attachment.protection`."""
        header = self.header
        if self.place.encrypted:
            return "pgp"
        if header.mime_type == "application/edi-consent":
            return "fse"
        if header.mime_type in SMIME and header.smime_type is not None:
            return "smime" if header.smime_type in ("enveloped-data", "authenveloped-data") else None
        return protection_of(self._decoded(self._head), self._decoded(self._tail, tail=True))

    def legible(self) -> bool:
        """Does it begin like a file of a common format, not encrypted?"""
        return self.protection() is None and self._decoded(self._head[:64]).startswith(_FORMATS)

    def _decoded(self, text: bytes, *, tail: bool = False) -> bytes:
        if self.header.encoding == "base64":
            return _base64(text, tail=tail)
        if self.header.encoding == "quoted-printable":
            return binascii.a2b_qp(text)
        return text


def _base64(text: bytes, *, tail: bool) -> bytes:
    letters = text.translate(None, b"\r\n\t =")
    if tail:  # counted from the end, where the groups of four are whole
        padding = text.rstrip()[-2:].count(b"=")
        letters = letters[(len(letters) + padding) % 4 :]
    whole = len(letters) - (len(letters) % 4 == 1)  # one letter alone is no byte
    try:
        return binascii.a2b_base64(letters[:whole] + b"==")
    except binascii.Error:
        return b""


def protection_of(head: bytes, tail: bytes) -> str | None:
    """What the first and last bytes of a file say of its encryption. A container may still hold open files beside: probable.

    ZIP: bit 0 of the first entry's flags (APPNOTE 4.4.4). 7z: the archive header names AES. PDF: /Encrypt in a trailer (ISO 32000 7.6).
    PGP: an armoured message (RFC 9580 6.2). S/MIME: the content type at the start of the CMS structure (RFC 5652 3).
    """
    if head.startswith(b"PK\x03\x04"):
        return "zip" if len(head) > 6 and head[6] & 1 else None
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z" if _AES_7Z in tail else None
    if head.startswith(b"%PDF-"):
        return "pdf" if b"/Encrypt" in head or b"/Encrypt" in tail else None
    if b"-----BEGIN PGP MESSAGE-----" in head[:512]:
        return "pgp"
    if head[:1] == b"\x30" and _SIGNED not in head[:64] and any(mark in head[:64] for mark in _ENVELOPED):
        return "smime"
    return None
