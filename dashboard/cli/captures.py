"""Several capture files as one source, in order of time: what `vigie inspect FILE…` gives the chain.

A box that captures day and night writes file after file, and two mirrored ports two files at a time; a conversation that goes on
in another file must be one conversation. Files that overlap in time are read together, frame by frame. A file that cannot be read
is told in one line, and the others are judged.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path as FilePath

import numpy as np

from sensor.capture import FRAME, CaptureError, Flaw, Frames, Path, Source
from sensor.capture.files import open_capture
from sensor.capture.merge import merge

OPEN = 64
"""Files that are read together; of more that overlap, the rest come after."""
_LATEST = 2**63 - 1
_NOTHING = Frames(np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=FRAME))


@dataclass(slots=True)
class _Lane:
    """A capture that is being read, and the frames of it that were not given out yet."""

    name: str
    source: Source
    batches: Iterator[Frames]
    frames: Frames
    any_read: bool = False

    @property
    def last(self) -> int:
        return int(self.frames.table["ts"].max())

    def advance(self) -> bool:
        """To the next frames; False at the end. Errors: CaptureError, OSError."""
        for frames in self.batches:
            if len(frames.table):
                self.frames = frames
                self.any_read = True
                return True
        return False


class Captures:
    """A `Source` over `files`. `tell` is called after each batch with the share read so far, 0 to 1, and the bytes that is."""

    path = Path.KERNEL

    def __init__(self, files: Sequence[str], tell: Callable[[float, int], None]) -> None:
        self.refused: list[str] = []  # one line each
        self.read = 0  # files that could be read
        self._files = list(dict.fromkeys(files))  # a file named twice is read once
        self._tell = tell
        self._lanes: list[_Lane] = []
        self._flaws: list[Flaw] = []
        self._drops = 0
        self._sizes = {name: _size(name) for name in self._files}
        self._size_read = 0

    def batches(self) -> Iterator[Frames]:
        waiting = deque(self._in_order())
        while waiting or self._lanes:
            if not self._lanes:
                self._open(waiting.popleft()[1])
                continue
            until = min(lane.last for lane in self._lanes)
            if waiting and waiting[0][0] <= until and len(self._lanes) < OPEN:
                self._open(waiting.popleft()[1])
                continue
            yield from self._together(until)

    def _together(self, until: int) -> Iterator[Frames]:
        """The frames of all open captures up to `until`, which is where one of them has no more in hand."""
        if len(self._lanes) == 1:
            yield self._lanes[0].frames
            self._tell(self.progress(), self._reached())
            self._advance(self._lanes[0])
            return
        frames, taken = merge([lane.frames for lane in self._lanes], until)
        yield frames
        self._tell(self.progress(), self._reached())
        for lane, count in zip(list(self._lanes), taken, strict=True):
            if count == len(lane.frames.table):
                self._advance(lane)
            else:
                lane.frames = Frames(lane.frames.data, lane.frames.table[count:])

    def _open(self, name: str) -> None:
        try:
            source = open_capture(name)
        except (CaptureError, OSError) as error:
            self.refused.append(_line(name, error))
            self._size_read += self._sizes[name]
            return
        self.path = source.path
        lane = _Lane(name, source, iter(source.batches()), _NOTHING)
        self._lanes.append(lane)
        self._advance(lane)

    def _advance(self, lane: _Lane) -> None:
        """To its next frames, or away with it."""
        try:
            if lane.advance():
                return
            self.read += 1
        except (CaptureError, OSError) as error:
            self.refused.append(_line(lane.name, error))
            self.read += lane.any_read  # what came before the mistake was judged
        self._leave(lane)

    def kernel_drops(self) -> int:
        return self._drops + sum(lane.source.kernel_drops() for lane in self._lanes)

    def flaws(self) -> tuple[Flaw, ...]:
        return (*self._flaws, *(flaw for lane in self._lanes for flaw in lane.source.flaws()))

    def progress(self) -> float:
        return min(1.0, self._reached() / max(1, sum(self._sizes.values())))

    def _reached(self) -> int:
        """Bytes of the files that were read."""
        here = sum((lane.source.progress() or 0.0) * self._sizes[lane.name] for lane in self._lanes)
        return self._size_read + round(here)

    def close(self) -> None:
        for lane in list(self._lanes):
            self._leave(lane)

    def _leave(self, lane: _Lane) -> None:
        self._flaws += lane.source.flaws()
        self._drops += lane.source.kernel_drops()
        self._size_read += self._sizes[lane.name]
        lane.source.close()
        self._lanes.remove(lane)

    def _in_order(self) -> list[tuple[int, str]]:
        """(time of the first packet, name), the earliest first.

        What can be read only once (a pipe, standard input) is not looked into: then each file is read in its turn, as given.
        """
        if len(self._files) < 2 or any(map(_only_once, self._files)):
            return [(_LATEST, name) for name in self._files]
        return sorted(((_first_time(name), name) for name in self._files), key=itemgetter(0))


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
