"""winmail.dat opened: the attachments that Outlook packs into application/ms-tnef (MS-OXTNEF). Fed by `sensor.wire.mime` with the part's body.

    78 9f 3e 22  key (2)                                           signature, then attributes to the end, little-endian:
    level (1: of the mail, 2: of an attachment)  id and type (4)  length (4)  data  checksum (2)

An attachment begins with attAttachRendData (9002); its name stands in attAttachTitle (8010) or among the MAPI properties of
attAttachment (9005), its bytes in attAttachData (800f) or, for a mail within, in a property. Read are ids, lengths, names (for their
extension only) and the MIME tag. Without attachments the file is only how the mail looks: none. Bounded: `KEPT` bytes of an attribute,
`FILES` attachments; what is not kept is skipped by its length.
"""

import binascii
import struct
from dataclasses import dataclass

from sensor.wire import media_types
from sensor.wire.mime_decoding import Decoder
from sensor.wire.mime_fields import PartHeader, extension, read_field
from sensor.wire.mime_kind import DECORATION
from sensor.wire.records import Attachment

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
KEPT = 16 * 1024
FILES = 64

_SIGNATURE = b"\x78\x9f\x3e\x22"
_BEGIN, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_KEPT = (_TITLE, _PROPERTIES)
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_OBJECT, _STRINGS = 0x0D, (0x1E, 0x1F)
_VARIABLE = (_OBJECT, *_STRINGS, 0x102)
_NAMES, _MIME_TAG, _CONTENT_ID, _CONTENT = (0x3707, 0x3704), 0x370E, 0x3712, 0x3701


@dataclass(slots=True)
class _File:
    """An attachment being read: what may be told of it."""

    mime_type: str = "application/octet-stream"
    extension: str | None = None
    size: int = 0
    content_id: bool = False

    def attachment(self, *, complete: bool) -> Attachment:
        return Attachment(media_types.told(self.mime_type), self.extension, self.size, complete=complete)

    @property
    def decoration(self) -> bool:
        return self.content_id and self.mime_type.startswith("image/") and self.size < DECORATION


class TnefFiles:
    """See the module. `feed` the body as it passes, then ask `found`."""

    __slots__ = (
        "_after",
        "_at",
        "_data",
        "_decoder",
        "_failed",
        "_files",
        "_id",
        "_left",
        "_need",
        "_seen",
    )

    def __init__(self, encoding: str) -> None:
        self._decoder = Decoder(encoding)
        self._data = b""
        self._at = 0  # of it, what is taken
        self._need = 6  # bytes that are read next
        self._id: int | None = None  # of the attribute whose data comes
        self._left = 0  # bytes to skip
        self._after = 0  # bytes to skip behind the data that are kept
        self._seen = False  # the signature
        self._failed = False
        self._files: list[_File] = []

    def feed(self, block: bytes, start: int, end: int) -> None:
        if not self._failed:
            self._data += self._decoded(block[start:end])
            while not self._failed and self._step():
                pass
            self._data, self._at = self._data[self._at :], 0

    def broken(self) -> None:
        """Bytes are missing."""
        self._failed = True

    def found(self) -> tuple[Attachment, ...] | None:
        """What was in it; None if it could not be read to its end and held nothing before."""
        whole = self._seen and not self._failed and not self._left and self._id is None and len(self._data) < 9
        files = [file for file in self._files if not file.decoration]
        if not files and not whole:
            return None
        last = len(files) - 1
        return tuple(file.attachment(complete=whole or at < last) for at, file in enumerate(files))

    def _decoded(self, text: bytes) -> bytes:
        try:
            return self._decoder.decode(text)
        except binascii.Error:
            self._failed = True
            return b""

    def _step(self) -> bool:
        if self._left:
            skipped = min(self._left, len(self._data) - self._at)
            self._at += skipped
            self._left -= skipped
            return skipped > 0
        if len(self._data) - self._at < self._need:
            return False
        taken = self._data[self._at : self._at + self._need]
        self._at += self._need
        if not self._seen:
            self._seen = taken.startswith(_SIGNATURE)
            self._failed = not self._seen
            self._need = 9
        elif self._id is None:
            self._attribute(*struct.unpack("<BIi", taken))
        else:
            self._value(self._id, taken)
            self._id, self._need = None, 9
        return True

    def _attribute(self, level: int, number: int, length: int) -> None:
        number &= 0xFFFF
        if level not in (1, 2) or length < 0:
            self._failed = True
            return
        if number == _BEGIN and len(self._files) < FILES:
            self._files.append(_File())
        if number == _DATA and self._files:
            self._files[-1].size = length
        kept = min(length, KEPT) if number in _KEPT and self._files else 0
        if kept:
            self._id, self._need, self._after = number, kept, length - kept + 2
        else:
            self._left = length + 2

    def _value(self, number: int, data: bytes) -> None:
        file = self._files[-1]
        if number == _TITLE:
            file.extension = file.extension or extension(data.rstrip(b"\0"))
        else:
            _properties(data, file)
        self._left = self._after


def _properties(data: bytes, file: _File) -> None:
    """MAPI properties (MS-OXTNEF 2.1.3.2): count (4), then type (2), id (2), for a named one its name, and the value. Read as far as it goes."""
    at = 4
    try:
        while at < len(data):
            kind, number = struct.unpack_from("<HH", data, at)
            at += 4
            if number >= 0x8000:  # a GUID, and a number or a name
                by_name, size = struct.unpack_from("<II", data, at + 16)
                at += 24 + (_padded(size) if by_name == 1 else 0)
            fixed, many = _SIZES.get(kind & 0x0FFF), bool(kind & 0x1000)
            count = struct.unpack_from("<I", data, at)[0] if many or fixed is None else 1
            at += 4 if many or fixed is None else 0
            if fixed is not None:
                at += fixed * count
                continue
            if kind & 0x0FFF not in _VARIABLE:
                return
            for _ in range(min(count, KEPT)):
                size = struct.unpack_from("<I", data, at)[0]
                _property(number, kind, size, data[at + 4 : at + 4 + size], file)
                at += 4 + _padded(size)
                if at > len(data):
                    return
    except struct.error:
        return


def _padded(size: int) -> int:
    return size + 3 & ~3


def _property(number: int, kind: int, size: int, value: bytes, file: _File) -> None:
    if kind in _STRINGS:
        value = value.decode("utf-16-le", "replace").encode() if kind == _STRINGS[1] else value
        value = value.rstrip(b"\0")
    if number in _NAMES:
        file.extension = extension(value) or file.extension
    elif number == _MIME_TAG:
        header = PartHeader()
        read_field(header, b"Content-Type: " + value)
        file.mime_type = header.mime_type if header.typed else file.mime_type
    elif number == _CONTENT_ID:
        file.content_id = bool(value)
    elif number == _CONTENT:
        file.size = file.size or size
        if kind == _OBJECT:  # a mail, an appointment: what Outlook keeps as .msg
            file.mime_type, file.extension = "application/vnd.ms-outlook", "msg"
