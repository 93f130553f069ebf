"""One direction of an IMAP dialogue: its lines, its literal, and its inflater once COMPRESS=DEFLATE began (RFC 4978).

Deflate has no header here, and is flushed at the end of each line or literal; it ends with the connection. It inflates to a
thousand times its size at most, so what comes out is counted.
"""

import zlib

from sensor.wire.imap_literal import Content
from sensor.wire.imap_strayed import Strayed
from sensor.wire.mailbox import Flow

SLICE = 16_384
"""Bytes that are taken in, or inflated, at once."""

INFLATED = (1 << 24, 100)
"""Inflated bytes: so many, and so many for each byte on the wire. More is a bomb: the session is read no further."""


class Side:
    """One direction: its lines, its literal, its inflater."""

    __slots__ = ("content", "flow", "inflater", "left", "size_in", "size_out", "strayed")

    def __init__(self) -> None:
        self.flow = Flow()
        self.left = 0  # bytes of the literal still to come
        self.content: Content | None = None  # what the literal is, if it is of interest
        self.strayed: Strayed | None = None  # what comes behind a gap, until the dialogue is found again
        self.inflater: zlib._Decompress | None = None
        self.size_in = self.size_out = 0

    def add(self, data: bytes) -> bool:
        """False: a bomb, or not deflate at all."""
        if self.inflater is None:
            self.flow.add(data)
            return True
        try:
            text = self.inflater.decompress(data, SLICE)
        except zlib.error:
            return False
        self.size_out += len(text)
        self.flow.add(text)
        return True
