"""Reading big-endian numbers and length-prefixed fields off bytes that someone else chose the lengths in.

Every take checks what is left; past the end there is `ParseError`, never an IndexError or a short slice.
"""

from sensor.wire import ParseError


class Cursor:
    """A place in `data`, from `at` to `stop`."""

    __slots__ = ("at", "data", "stop")

    def __init__(self, data: bytes, at: int = 0, stop: int | None = None) -> None:
        self.data = data
        self.at = at
        self.stop = len(data) if stop is None else stop

    @property
    def left(self) -> int:
        return self.stop - self.at

    def take(self, size: int) -> bytes:
        at = self.skip(size)
        return self.data[at : at + size]

    def skip(self, size: int) -> int:
        """Goes past `size` bytes; returns where they began."""
        at = self.at
        if size > self.stop - at:
            raise ParseError(f"{size} bytes announced, {self.stop - at} left")
        self.at = at + size
        return at

    def u8(self) -> int:
        return self.data[self.skip(1)]

    def u16(self) -> int:
        at = self.skip(2)
        return self.data[at] << 8 | self.data[at + 1]

    def u24(self) -> int:
        return int.from_bytes(self.take(3), "big")

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def vector8(self) -> bytes:
        """Bytes behind a one-byte length."""
        return self.take(self.u8())

    def vector16(self) -> bytes:
        """Bytes behind a two-byte length."""
        return self.take(self.u16())
