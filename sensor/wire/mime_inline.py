"""Files written into the text of a mail, without MIME: uuencode and yEnc. Fed by `sensor.wire.mime` with the lines of text parts.

* uuencode (POSIX): `begin 644 NAME`, lines that begin with their decoded length as `chr(32 + n)` (full lines: "M", 45 bytes), `end`.
  `begin-base64 644 NAME` … `====`: the same with base64 lines.
* yEnc 1.3: `=ybegin line=128 size=N name=NAME`, bytes with `=` as escape, `=yend size=N`.

"begin 644 x" may be prose: a file counts once the line after it has the length it announces. Holds one line, never a name.
"""

import re

from sensor.wire.mime_fields import extension
from sensor.wire.records import Attachment

FILES = 64
"""Files of one text that are told."""

_MARK = re.compile(
    rb"^(?:begin(?P<b64>-base64)? [0-7]{3,4} (?P<uu>[^\r\n]{1,1024}\r?$)|=ybegin [^\r\n]{0,200}?name=(?P<y>[^\r\n]{1,1024}\r?$))",
    re.MULTILINE,
)
_TYPE = "application/octet-stream"


class InlineFiles:
    """See above. `files` holds what was found; `finish` adds what was still open. Bounded: `FILES` attachments."""

    __slots__ = ("_candidate", "_extension", "_how", "_size", "files")

    def __init__(self) -> None:
        self.files: list[Attachment] = []
        self._how = ""  # "uu", "b64", "y": in the middle of such a file
        self._candidate = False  # the line that makes it certain is still to come
        self._extension: str | None = None
        self._size = 0

    def feed(self, block: bytes, start: int, end: int) -> None:
        """Whole lines: `block[start:end]`."""
        while start < end:
            if not self._how:
                start = self._search(block, start, end)
            elif self._how == "y":
                start = self._yenc(block, start, end)
            else:
                start = self._encoded(block, start, end)

    def fragment(self, data: bytes) -> None:
        """A piece of a line too long to hold: no mark, and no line of a uuencoded file."""
        if self._how == "y":
            self._size += len(data) - data.count(b"\n") - data.count(b"\r\n") - data.count(b"=")
            self._candidate = False
        elif self._how:
            self._close(complete=False)

    def broken(self) -> None:
        """Bytes are missing."""
        if self._how:
            self._close(complete=False)

    def finish(self) -> None:
        if self._how:
            self._close(complete=False)

    def _search(self, block: bytes, start: int, end: int) -> int:
        if block.find(b"begin", start, end) < 0:  # compiled code, where the pattern below is none
            return end
        found = _MARK.search(block, start, end)
        if found is None:
            return end
        name = found["uu"] or found["y"]
        self._how = "y" if found["y"] else "b64" if found["b64"] else "uu"
        self._candidate = True
        self._extension = extension(name)
        self._size = 0
        return block.find(b"\n", found.start(), end) + 1

    def _encoded(self, block: bytes, start: int, end: int) -> int:
        """Line by line until the end mark; a line that cannot be one of the file's ends it too."""
        base64 = self._how == "b64"
        while start < end:
            stop = block.find(b"\n", start, end)
            line = block[start : min(stop, start + 128)].rstrip(b"\r")
            size = _base64_line(line) if base64 else _uu_line(line)
            if size is None:
                if self._candidate:
                    self._how = ""
                    return start  # it was prose: this line may be a mark itself
                self._close(complete=line == (b"====" if base64 else b"end"))
                return stop + 1
            self._candidate = False
            self._size += size
            start = stop + 1
        return start

    def _yenc(self, block: bytes, start: int, end: int) -> int:
        if block.startswith(b"=ypart ", start):
            return block.find(b"\n", start, end) + 1
        stop = start if block.startswith(b"=yend", start) else block.find(b"\n=yend", start, end) + 1
        last = end if stop <= 0 and not block.startswith(b"=yend", start) else stop
        ends = block.count(b"\n", start, last) + block.count(b"\r\n", start, last)
        self._size += last - start - ends - block.count(b"=", start, last)
        self._candidate = self._candidate and last == start
        if last == end:
            return end
        self._close(complete=True)
        return block.find(b"\n", last, end) + 1

    def _close(self, *, complete: bool) -> None:
        if not self._candidate and len(self.files) < FILES:
            self.files.append(Attachment(_TYPE, self._extension, self._size, complete=complete))
        self._how = ""
        self._extension = None


def _uu_line(line: bytes) -> int | None:
    """Decoded length of a uuencoded line, or None. Spaces at its end may have been lost, or one sum added."""
    if not line or not 0x20 <= line[0] <= 0x60:
        return 0 if not line else None
    size = (line[0] - 0x20) & 0x3F
    letters = (size + 2) // 3 * 4
    return size if letters - 4 <= len(line) - 1 <= letters + 2 else None


def _base64_line(line: bytes) -> int | None:
    if not line or line == b"====" or len(line) > 100:
        return None
    letters = len(line.rstrip(b"="))
    return letters * 3 // 4 if len(line) % 4 == 0 else None
