"""A mail inside its own signature, opened: signed-data of S/MIME, which anybody can read (RFC 8551 3.5.2, RFC 5652 5). Fed by `sensor.wire.mime`.

    SEQUENCE { OID signedData, [0] { SEQUENCE { INTEGER version, SET digest algorithms,
        SEQUENCE { OID data, [0] { OCTET STRING: the mail, whole or as a row of OCTET STRINGs } }, certificates, signatures … } } }

in BER: lengths may be left open and ended by two zeros (X.690 8.1.3). Read up to the mail's last byte; what is behind it is not looked
at. The content counts as a mail if it begins with fields, `Content-` among them: else it is a file that was signed, and stays one.
Bounded: `FIELDS` bytes are held until the fields are over.
"""

import binascii
import re
from typing import Protocol

from sensor.wire.mime_decoding import Decoder
from sensor.wire.mime_fields import PartHeader
from sensor.wire.mime_mail import Mail

TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
FIELDS = 16 * 1024

_SEQUENCE, _SET, _INTEGER, _OID, _EXPLICIT, _OCTETS, _OCTETS_ROW = 0x30, 0x31, 0x02, 0x06, 0xA0, 0x04, 0x24
_PATH = (_SEQUENCE, _OID, _EXPLICIT, _SEQUENCE, _INTEGER, _SET, _SEQUENCE, _OID, _EXPLICIT)
_ENTERED = frozenset({_SEQUENCE, _EXPLICIT})
_OIDS = (bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010701"))  # id-signedData, id-data
_LONGEST_HEAD = 6  # tag, length in up to five bytes
_OPEN = -1  # a length that is not said
_MAIL = re.compile(
    rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:Content-[!-9;-~]+|MIME-Version)[ \t]*:", re.IGNORECASE
)


class Scanner(Protocol):
    """What reads the mail inside: `sensor.wire.mime.MimeScanner`."""

    def feed(self, data: bytes) -> None: ...

    def finish(self, *, complete: bool) -> Mail: ...


def may_hold_a_mail(header: PartHeader) -> bool:
    """Whether the part says that it is signed-data, or nothing against it."""
    named = header.mime_type == "application/octet-stream" and header.extension == "p7m"
    return (header.mime_type in TYPES or named) and header.smime_type in (None, "signed-data")


class SignedMail:
    """See the module. `feed` the body as it passes, then ask `mail`."""

    __slots__ = (
        "_data",
        "_decoder",
        "_failed",
        "_fields",
        "_left",
        "_oids",
        "_over",
        "_row",
        "_scanner",
        "_skip",
        "_step",
    )

    def __init__(self, encoding: str, scanner: Scanner) -> None:
        self._decoder = Decoder(encoding)
        self._scanner = scanner
        self._data = b""
        self._step = 0  # of the path
        self._oids = 0  # that were right
        self._skip = 0  # bytes to pass over
        self._left = 0  # of the OCTET STRING that is read
        self._row: int | None = None  # of a row, the bytes left, or `_OPEN`
        self._fields: bytes | None = b""  # of the mail, until they are over
        self._over = False
        self._failed = False

    def feed(self, block: bytes, start: int, end: int) -> None:
        if self._failed or self._over:
            return
        try:
            self._data += self._decoder.decode(block[start:end])
        except binascii.Error:
            self._failed = True
        while not (self._failed or self._over) and self._read():
            pass

    def broken(self) -> None:
        """Bytes are missing."""
        self._failed = True

    def mail(self) -> Mail | None:
        """What was in it; None if that is no mail, or could not be read to its end and held nothing before."""
        if self._fields is not None:
            return None
        found = self._scanner.finish(complete=self._over)
        whole = self._over and not found.open_end
        return found if whole or found.attachments else None

    def _read(self) -> bool:
        """One step; False while more has to come."""
        if self._skip:
            self._skip -= self._take(self._skip)
            return not self._skip
        if self._left:
            piece = self._data[: self._left]
            self._left -= self._take(self._left)
            self._content(piece)
            self._over = not self._left and self._row is None
            return not self._left
        head = _head(self._data)
        if head is None:
            self._failed = len(self._data) >= _LONGEST_HEAD
            return False
        tag, length, size = head
        if self._step < len(_PATH):
            return self._path(tag, length, size)
        self._take(size)
        self._octets(tag, length, size)
        return True

    def _path(self, tag: int, length: int, size: int) -> bool:
        self._failed = tag != _PATH[self._step] or (length == _OPEN and tag not in _ENTERED)
        if self._failed:
            return False
        if tag == _OID:
            if len(self._data) < size + length:
                return False
            self._failed = self._data[size : size + length] != _OIDS[self._oids]
            self._oids += 1
        self._take(size)
        self._skip = 0 if tag in _ENTERED else length
        self._step += 1
        return True

    def _octets(self, tag: int, length: int, size: int) -> None:
        """The head of an OCTET STRING, of a row of them, or a row's end."""
        if self._row is None and tag == _OCTETS_ROW:
            self._row = length
            self._over = length == 0
        elif self._row == _OPEN and tag == 0 and length == 0:
            self._over = True
        elif tag == _OCTETS and length != _OPEN:
            self._left = length
            if self._row is None:
                self._over = length == 0
            elif self._row != _OPEN:
                self._row -= size + length
                self._failed = self._row < 0
                self._row = self._row or None  # the last of the row
        else:
            self._failed = True

    def _content(self, piece: bytes) -> None:
        if self._fields is None:
            self._scanner.feed(piece)
            return
        self._fields += piece
        begins = _MAIL.match(self._fields)
        if begins:
            self._scanner.feed(self._fields)
            self._fields = None
        elif len(self._fields) > FIELDS or b"\n\n" in self._fields or b"\n\r\n" in self._fields:
            self._failed = True

    def _take(self, size: int) -> int:
        taken = min(size, len(self._data))
        self._data = self._data[taken:]
        return taken


def _head(data: bytes) -> tuple[int, int, int] | None:
    """(tag, length of the content or `_OPEN`, size of the head); None if it is not all there, or longer than any here."""
    if len(data) < 2:
        return None
    first = data[1]
    if first < 0x80:
        return data[0], first, 2
    if first == 0x80:
        return data[0], _OPEN, 2
    size = 2 + (first & 0x7F)
    if size > _LONGEST_HEAD or len(data) < size:
        return None
    return data[0], int.from_bytes(data[2:size], "big"), size
