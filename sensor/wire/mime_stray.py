"""A file whose fields were never seen: base64 behind a gap, or in the middle of a capture. Fed by `sensor.wire.mime`.

Lines of 60 to 76 letters of base64 (RFC 2045 6.8) that decode to bytes no text has are a file's. Below `LEAST` they may be a
signature or a page's picture, and what decodes to text may be the words of the mail: neither is told. A guess: `Attachment.guessed`.
"""

import binascii
import re

from sensor.wire.records import Attachment

LEAST = 16 * 1024
"""Decoded bytes."""

_LINES = re.compile(rb"(?:(?:[A-Za-z0-9+/]{4}){15,19}\r?\n)+")
_CONTROLS = bytes([*range(9), *range(14, 32)])


class StrayFile:
    """See above. Bounded: a few counters."""

    __slots__ = ("_binary", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._binary = False

    def feed(self, block: bytes, start: int, end: int) -> None:
        """`block[start:end]`: content from a line's start."""
        found = _LINES.match(block, start, end)
        if found is None:
            return
        lines = found[0]
        self._size += (len(lines) - lines.count(b"\n") - lines.count(b"\r")) * 3 // 4
        if not self._binary:
            first = binascii.a2b_base64(lines[: lines.index(b"\n")])
            self._binary = len(first) - len(first.translate(None, _CONTROLS)) >= 2

    def found(self) -> Attachment | None:
        """What it was, now that it is over."""
        if not self._binary or self._size < LEAST:
            return None
        return Attachment("application/octet-stream", None, self._size, complete=False, guessed=True)
