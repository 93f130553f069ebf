"""Where one direction of an HTTP connection stands, and a request that waits: the memory of `sensor.wire.http`.

A direction is in a head, in a body of known length, in a chunked one, in one that ends with the connection, or lost.
"""

from sensor.wire.http_files import Files
from sensor.wire.http_head import LONGEST_LINE, UNTIL_CLOSE, Chunks, Head, HeadReader, passed
from sensor.wire.records import Attachment
from sensor.wire.sides import Lines


class Asked:
    """A request whose response has not come yet."""

    __slots__ = ("files", "head", "told")

    def __init__(self, head: Head) -> None:
        self.head = head
        self.files: tuple[Attachment, ...] = ()  # of its body, once that has passed
        self.told = False  # its record went out without the response


class Body:
    """A body that is read for its files, and what is told of them once it has passed."""

    __slots__ = ("asked", "files", "response")

    def __init__(self, files: Files, asked: Asked | None, response: Head | None = None) -> None:
        self.files = files
        self.asked = asked
        self.response = response


class Side:
    """One direction: in a head, in a body, or of no more interest."""

    __slots__ = ("body", "chunks", "head", "left", "lines")

    def __init__(self) -> None:
        self.body: Body | None = None
        self.lines = Lines(LONGEST_LINE)
        self.head = HeadReader()
        self.left = 0  # bytes of a body still to come; UNTIL_CLOSE
        self.chunks: Chunks | None = None

    def passes_over(self, missing: int) -> bool:
        """Whether so many bytes lie within a body, and can be done without."""
        if self.left >= missing:
            self.left -= missing
        elif self.chunks and self.chunks.left >= missing:
            self.chunks.left -= missing
        elif self.left != UNTIL_CLOSE:
            return False
        if self.body:
            self.body.files.gap(missing)
        return True

    def passing(self, size: int) -> int:
        """Up to `size` bytes of a body."""
        return passed(self.lines, size, self.body.files.feed if self.body else None)
