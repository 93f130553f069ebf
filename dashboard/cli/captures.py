"""Several capture files as one source, in the order of their first packets: what `vigie inspect FILE…` gives the chain.

A box that captures day and night writes file after file; a conversation that goes on in the next one must be one
conversation. A file that cannot be read is told in one line, and the others are judged.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path as FilePath

from sensor.capture import CaptureError, Flaw, Frames, Path, Source
from sensor.capture.files import open_capture

_LATEST = 2**63 - 1


class Captures:
    """A `Source` over `files`. `tell` is called with the share read so far, 0 to 1, after each batch."""

    path = Path.KERNEL

    def __init__(self, files: Sequence[str], tell: Callable[[float], None]) -> None:
        self.refused: list[str] = []  # one line each
        self.read = 0  # files that could be read
        self._files = list(dict.fromkeys(files))  # a file named twice is read once
        self._tell = tell
        self._source: Source | None = None
        self._flaws: list[Flaw] = []
        self._drops = 0
        self._sizes = {name: _size(name) for name in self._files}
        self._size_read = 0
        self._done = 0

    def batches(self) -> Iterator[Frames]:
        for name in self._in_order():
            frames_read = False
            try:
                self._source = open_capture(name)
                self.path = self._source.path
                for frames in self._source.batches():
                    frames_read = True
                    yield frames
                    self._tell(self.progress())
                self.read += 1
            except (CaptureError, OSError) as error:
                self.refused.append(_line(name, error))
                self.read += frames_read  # what came before the mistake was judged
            self._done += 1
            self._size_read += self._sizes[name]
            self._leave()

    def kernel_drops(self) -> int:
        return self._drops + (self._source.kernel_drops() if self._source else 0)

    def flaws(self) -> tuple[Flaw, ...]:
        return (*self._flaws, *(self._source.flaws() if self._source else ()))

    def progress(self) -> float:
        here = (self._source and self._source.progress()) or 0.0
        current = self._files[min(self._done, len(self._files) - 1)]
        return min(1.0, (self._size_read + here * self._sizes[current]) / max(1, sum(self._sizes.values())))

    def close(self) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._source is not None:
            self._flaws += self._source.flaws()
            self._drops += self._source.kernel_drops()
            self._source.close()
            self._source = None

    def _in_order(self) -> list[str]:
        """The files by the time of their first packet: the chain's clock is the packets' and must not run back.

        What can be read only once (a pipe, standard input) is not looked into: then the order given is the order.
        """
        if len(self._files) > 1 and not any(map(_only_once, self._files)):
            self._files.sort(key=_first_time)
        return self._files


def _only_once(name: str) -> bool:
    path = FilePath(name)
    return name == "-" or (path.exists() and not path.is_file())


def _first_time(name: str) -> int:
    """Nanoseconds; the end of time for a file that has none, or that cannot be read, which is told when its turn comes."""
    try:
        source = open_capture(name)
    except (CaptureError, OSError):
        return _LATEST
    try:
        return next((int(frames.table["ts"][0]) for frames in source.batches() if len(frames.table)), _LATEST)
    except (CaptureError, OSError):
        return _LATEST
    finally:
        source.close()


def _size(name: str) -> int:
    try:
        return FilePath(name).stat().st_size
    except OSError:
        return 0


def _line(name: str, error: CaptureError | OSError) -> str:
    return f"{name}: {error.strerror or error}" if isinstance(error, OSError) else str(error)
