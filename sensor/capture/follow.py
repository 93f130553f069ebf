"""A folder into which captures are written: each is read in its turn, and what is still written is read on.

What `vigie inspect --follow` gives the chain: as tcpdump's -C, -G and -W and dumpcap's -b rotate files. Files are taken in the order of their
first packets; a file that grew within the last `QUIET` seconds is looked at again and again, several at a time. A file that was cut short
or replaced under its name is a new one. Ends only when it is told to, once what is there is read.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath

import numpy as np

from sensor.capture import FRAME, CaptureError, Flaw, Frames, Path
from sensor.capture.files import MAGICS, PcapFile, PcapngFile, open_capture

POLL = 0.25
QUIET = 60.0
"""Seconds without growth after which a file counts as finished."""
OPEN = 16
"""Files read on at a time; of more, the one that has been quiet for longest is finished."""
REMEMBERED = 4_096
LEAST = 40
"""Bytes from which on a file says what it is: a header and a record's."""
SETTLED = 2.0
"""Seconds without a change after which a file that can only be read as a whole is taken."""
_FLAWS = 1_000

Key = tuple[int, int, bytes]
"""A file by its inode and first bytes: a ring of files uses names again."""


@dataclass(slots=True)
class _Lane:
    """A file that is read on."""

    name: str
    source: PcapFile | PcapngFile
    batches: Iterator[Frames]
    grown: float


@dataclass(slots=True)
class _Seen:
    """What was read of files by name."""

    files: dict[str, tuple[Key, int]] = field(default_factory=dict)

    def knows(self, name: str, key: Key, size: int) -> bool:
        before = self.files.get(name)
        return before is not None and before[0] == key and size >= before[1]

    def note(self, name: str, key: Key, size: int) -> None:
        self.files.pop(name, None)
        self.files[name] = (key, size)
        while len(self.files) > REMEMBERED:
            del self.files[next(iter(self.files))]


class FollowSource:
    """A `Source` over folders (and files, read on alike). `stop` says when to end, `tell` is given one line for what cannot be read."""

    path = Path.KERNEL

    def __init__(self, places: list[str], stop: Callable[[], bool], tell: Callable[[str], None]) -> None:
        self._places = [FilePath(place) for place in places]
        self._stop = stop
        self._tell = tell
        self._lanes: list[_Lane] = []
        self._seen = _Seen()
        self._flaws: list[Flaw] = []
        self._last = (0, 0.0)  # the last packet's time, and when it was read
        self.read = 0
        self._empty = Frames(np.zeros(1, dtype=np.uint8), np.zeros(0, dtype=FRAME))

    def batches(self) -> Iterator[Frames]:
        """All there is, then what comes; an empty batch each time that nothing new is there."""
        while True:
            ends = self._stop()
            for name in self._new():
                yield from self._begin(name)
            for lane in list(self._lanes):
                yield from self._read_on(lane)
            if ends:
                self.close()
                return
            yield self._empty
            time.sleep(POLL)

    def now(self) -> int:
        """The captures' own time: the last packet's and what has passed since it was read."""
        ts, at = self._last
        return ts + round((time.monotonic() - at) * 1e9) if ts else time.time_ns()

    def kernel_drops(self) -> int:
        return 0

    def flaws(self) -> tuple[Flaw, ...]:
        return tuple(self._flaws)

    def progress(self) -> float | None:
        return None

    def close(self) -> None:
        for lane in list(self._lanes):
            self._finish(lane)

    def _new(self) -> list[str]:
        """Names of files that were not read yet, the oldest first packet in front."""
        found = []
        for place in self._places:
            for path in [place] if place.is_file() else _listed(place):
                key, size = _identity(path)
                name = str(path)
                if size >= LEAST and not self._seen.knows(name, key, size):
                    self._drop(name)
                    self._seen.note(name, key, size)
                    found.append((_first_time(name), name))
        return [name for _, name in sorted(found)]

    def _begin(self, name: str) -> Iterator[Frames]:
        try:
            source = open_capture(name)
        except CaptureError as error:
            self._tell(str(error))
            return
        assert isinstance(source, PcapFile | PcapngFile)
        source.growing = source.may_grow()
        self.read += 1
        lane = _Lane(name, source, source.batches(), time.monotonic())
        self._lanes.append(lane)
        yield from self._read_on(lane)
        while len(self._lanes) > OPEN:
            self._finish(min(self._lanes, key=lambda lane: lane.grown))

    def _read_on(self, lane: _Lane) -> Iterator[Frames]:
        """What is there now. A file that says nothing more for long, or cannot say more, is let go."""
        before = lane.source.reached()
        for frames in lane.batches:
            if not len(frames.table):
                break
            self._last = (int(frames.table["ts"][-1]), time.monotonic())
            yield frames
        else:
            self._finish(lane)
            return
        if lane.source.reached() > before:
            lane.grown = time.monotonic()
            self._seen.note(lane.name, _identity(FilePath(lane.name))[0], lane.source.reached())
        elif time.monotonic() - lane.grown > QUIET and lane is not self._lanes[-1]:
            self._finish(lane)  # the last may only have a quiet night

    def _drop(self, name: str) -> None:
        """Another file stands under this name now."""
        for lane in [lane for lane in self._lanes if lane.name == name]:
            self._finish(lane)

    def _finish(self, lane: _Lane) -> None:
        """Nothing more is expected: what is left of a packet is a flaw."""
        lane.source.growing = False
        for _ in lane.batches:
            pass
        self._flaws = [*self._flaws, *lane.source.flaws()][:_FLAWS]
        lane.source.close()
        self._lanes.remove(lane)


def _listed(place: FilePath) -> list[FilePath]:
    try:
        return sorted(path for path in place.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        return []


def _identity(path: FilePath) -> tuple[Key, int]:
    """(who this file is, its size); size 0 for one that went away, or is packed or converted and perhaps not complete."""
    try:
        status = path.stat()
        with path.open("rb") as file:
            head = file.read(LEAST)
    except OSError:
        return (0, 0, b""), 0
    whole = head[:4] in MAGICS or time.time() - status.st_mtime > SETTLED
    return (status.st_dev, status.st_ino, head), status.st_size if whole else 0


def _first_time(name: str) -> int:
    """Nanoseconds; the end of time for a file that has none yet, or cannot be read, which is told when its turn comes."""
    try:
        source = open_capture(name)
    except CaptureError:
        return (1 << 63) - 1
    try:
        return next((int(frames.table["ts"][0]) for frames in source.batches() if len(frames.table)), (1 << 63) - 1)
    finally:
        source.close()
