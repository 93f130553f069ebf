"""A capture played as if it passed now: what the demo watches instead of a wire.

Wraps another source; each frame keeps its bytes and its distance from the others, the clock of the first becomes the moment
the replay begins. Frames are given when they are due, a few at a time, with empty batches while none is, exactly as the ring
gives them: what follows cannot tell the two apart.
"""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from sensor.capture import FRAME, Flaw, Frames, Path, Source

SLICE = 50_000_000  # ns of capture that are given together: shorter than an eye notices
IDLE = 250_000_000  # ns without a frame after which an empty batch is given, as the ring does


class Clock(NamedTuple):
    """Now, in ns since the epoch, and how to wait for some seconds. Another one makes a test quick."""

    now: Callable[[], int] = time.time_ns
    wait: Callable[[float], None] = time.sleep


class ReplaySource:
    """`inner`, moved to now. `speed` 2.0 gives frames twice as fast; their clock keeps the capture's own distances."""

    def __init__(self, inner: Source, *, speed: float = 1.0, clock: Clock | None = None) -> None:
        if not speed > 0:
            raise ValueError("a replay's speed is above 0")
        self._inner = inner
        self._speed = speed
        self._clock = clock or Clock()
        self.path: Path = inner.path

    def batches(self) -> Iterator[Frames]:
        """The inner source's frames in slices, each when it is due."""
        begin: int | None = None
        first = 0
        for data, table in self._inner.batches():
            if not len(table):
                continue
            moved = table.copy()
            if begin is None:
                begin, first = self._clock.now(), int(moved["ts"][0])
            moved["ts"] += begin - first
            due = np.maximum.accumulate(moved["ts"])  # a frame that is late in the file does not turn time back
            edges = np.flatnonzero(np.diff((due - begin) // SLICE)) + 1
            for part in np.split(moved, edges):
                yield from self._wait_until(begin + int((int(part["ts"].max()) - begin) / self._speed), data)
                yield Frames(data, part)

    def _wait_until(self, moment: int, data: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Iterator[Frames]:
        while (left := moment - self._clock.now()) > 0:
            self._clock.wait(min(left, IDLE) / 1e9)
            if left > IDLE:
                yield Frames(data, np.empty(0, dtype=FRAME))

    def kernel_drops(self) -> int:
        return self._inner.kernel_drops()

    def flaws(self) -> tuple[Flaw, ...]:
        return self._inner.flaws()

    def progress(self) -> float | None:
        return self._inner.progress()

    def close(self) -> None:
        self._inner.close()
