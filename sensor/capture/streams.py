"""The bytes of a capture, from wherever they come: a file, a compressed file, a pipe, standard input.

A window moves over them and holds at most one block of the format, so an endless pipe and a hostile archive cost the same
memory. Files are read into it too, not mapped: the way from record to record waits for memory at each step, and a window
that fits the processor's cache was measured a third faster than the mapped file; nor can a file that shrinks meanwhile kill
the process. Compression is recognised by its first bytes:
gzip 1F 8B (RFC 1952), Zstandard 28 B5 2F FD (RFC 8878), LZ4 04 22 4D 18 (LZ4 frame format 1.6).
"""

import gzip
import io
import os
import stat
import zlib
from typing import Any

import lz4.frame
import numpy as np
import zstandard
from numpy.typing import NDArray

from sensor.capture.framing import MAX_BLOCK, MAX_FRAME

WINDOW = 1 << 19
"""Bytes held, if no block is longer: measured the fastest, between 256 KiB and 2 MiB."""

HEAD = 24
"""Bytes that tell every format."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_LZ4 = b"\x04\x22\x4d\x18"

DAMAGED = (EOFError, OSError, RuntimeError, zlib.error, zstandard.ZstdError)
"""What the decompressors raise on bytes that are none (lz4 raises RuntimeError)."""


class Bytes:
    """Bytes that pass once: `data` is the window, which begins `base` bytes into the (unpacked) capture.

    `packed` is the file itself, below a decompressor if there is one, and `size` its size where it is known.
    """

    def __init__(self, stream: Any, packed: Any, size: int | None) -> None:
        self._stream, self._packed, self._size = stream, packed, size
        # what a decompressor gives at once: filling the whole window would lose all of it to an error at its end
        self._read = getattr(stream, "readinto1", stream.readinto)
        self._buffer = np.zeros(WINDOW, dtype=np.uint8)
        self._filled = 0
        self.base = 0
        self.flaw: str | None = None
        self._show()
        while len(self.data) < HEAD and self.more(0):
            pass

    def _show(self) -> None:
        """Never writable: a second type of array would be a second compilation."""
        self.data: NDArray[np.uint8] = self._buffer[: self._filled]
        self.data.flags.writeable = False

    def more(self, at: int) -> bool:
        """Show more; what lies before `at` may go, and `base` tells where `data` then begins. False at the end."""
        left = self._filled - at
        size = len(self._buffer)
        if left == size:
            if size > MAX_BLOCK + MAX_FRAME:
                return False
            size *= 2
        fresh = np.zeros(size, dtype=np.uint8) if size != len(self._buffer) else self._buffer
        fresh[:left] = self._buffer[at : self._filled].copy()
        try:
            got = self._read(fresh.data[left:]) or 0
        except DAMAGED:
            got = 0
            packed = self._stream is not self._packed
            usual = "the compressed data is damaged or cut" if packed else "the disk does not give more"
            self.flaw = getattr(self._stream, "trouble", usual)
        self._buffer, self._filled = fresh, left + got
        self.base += at
        self._show()
        return got > 0

    def share(self, at: int) -> float | None:
        """How much of the file was read, 0 to 1; of a packed one, how much was unpacked."""
        if not self._size:
            return None
        reached = self.base + at if self._stream is self._packed else self._packed.tell()
        return min(1.0, reached / self._size)

    @property
    def plain(self) -> bool:
        """Whether the file itself is read: nothing unpacks or converts it."""
        return self._stream is self._packed and self._size is not None

    def close(self) -> None:
        self._stream.close()
        self._packed.close()

    def __del__(self) -> None:
        """A source that nobody closed keeps no file open."""
        self.close()


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were looked at: it gives them once more."""

    def __init__(self, head: bytes, rest: io.FileIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # io's own stub is wider
        if self._head:
            size = min(len(buffer), len(self._head))
            buffer[:size], self._head = self._head[:size], self._head[size:]
            return size
        return self._rest.readinto(buffer)


def open_bytes(name: str) -> Bytes:
    """A file by name, `-` for standard input. Raises OSError as `open` does."""
    piped = name == "-"
    file = open(0 if piped else name, "rb", buffering=0, closefd=not piped)  # noqa: SIM115 # kept
    status = os.fstat(file.fileno())
    regular = stat.S_ISREG(status.st_mode)
    head = b""
    while len(head) < 4 and (got := file.read(4 - len(head))):
        head += got
    if regular and not piped and not head.startswith((_GZIP, _ZSTD, _LZ4)):
        file.seek(0)
        return Bytes(file, file, status.st_size)
    return Bytes(_unpacked(head, _Rejoined(head, file)), file, status.st_size if regular else None)


def _unpacked(head: bytes, stream: Any) -> Any:
    """A file object over the stream's content: only `readinto` and `close` are used of it."""
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=io.BufferedReader(stream), mode="rb")
    if head.startswith(_ZSTD):
        return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
    if head.startswith(_LZ4):
        return lz4.frame.LZ4FrameFile(io.BufferedReader(stream), mode="rb")
    return stream
