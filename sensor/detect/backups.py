"""Backups by what they do: how often each runs, how much it sends, and when one has stopped.

Called by the detector with each transfer towards a backup service, and as time goes on. A run is what is sent without a pause of an
hour. Its rhythm is the longest pause between runs over more than a week, so that a weekend is none; after twice that without a run it
is late, once. Only what this start of Vigie has seen counts.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from sensor.track.observation import Observation

CAP = 500
RUNS = 14
PAUSE = 3_600 * 1_000_000_000
LEARNT = 8 * 86_400 * 1_000_000_000
"""How long runs must have been seen before silence means anything."""
LEAST = 100_000
"""Bytes of a run: less is a sign of life."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is late. `rhythm` and `silence` in seconds, `size` of its last run in bytes, `runs` as many as remembered."""

    service: ClassVar[str] = "backup"
    runs: int
    rhythm: float
    silence: float
    size: int


@dataclass(slots=True)
class _Kept:
    seen: Observation  # the latest transfer
    starts: deque[int] = field(default_factory=lambda: deque(maxlen=RUNS))
    begun: int = 0
    last: int = 0
    size: int = 0
    told: bool = False


class Backups:
    """By device and place. Bounded: the one not heard of for longest goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def heard(self, device: str, place: str, seen: Observation, sent: int) -> None:
        """`sent` bytes went to a backup service."""
        kept = self._kept.setdefault((device, place), _Kept(seen))
        self._kept.move_to_end((device, place))
        if len(self._kept) > CAP:
            self._kept.popitem(last=False)
        if seen.ts - kept.last > PAUSE:
            kept.begun, kept.size = seen.ts, 0
        before = kept.size
        kept.size += sent
        kept.seen, kept.last = seen, max(kept.last, seen.ts)
        if before < LEAST <= kept.size:
            kept.starts.append(kept.begun)
            kept.told = False

    def late(self, now: int) -> Iterator[Observation]:
        """Those that have just become late, each as an observation of the transfer last seen."""
        for kept in self._kept.values():
            starts = kept.starts
            if kept.told or len(starts) < 3 or starts[-1] - starts[0] < LEARNT:
                continue
            rhythm = max(late - early for early, late in zip(starts, list(starts)[1:], strict=False))
            silence = now - starts[-1]
            if silence > 2 * rhythm and now - kept.last > PAUSE:
                kept.told = True
                record = Backup(len(starts), rhythm / 1e9, silence / 1e9, kept.size)
                yield replace(kept.seen, ts=now, record=record)  # type: ignore[arg-type] # a record of the detector's own
