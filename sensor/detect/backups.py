"""Backups by what they do: how often each runs, how much it sends, and when one has stopped.

Called by the detector with each transfer towards a backup service, and as time goes on. A run is what is sent without a pause of an
hour. Its rhythm is the longest pause between runs over more than a week, so that a weekend is none; after twice that without a run it
is late, once. What an earlier start of Vigie had seen is given back to it (`known`), so that a backup that never runs again
after a power cut is late all the same.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

from sensor.track.observation import Conn, Device, Direction, Endpoint, Observation, Peer, Transfer

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


@dataclass(frozen=True, slots=True)
class BackupState:
    """All that is known of one device's backup to one place. Times are nanoseconds since the epoch.

    `starts`: of the latest runs, at most `RUNS`; `begun`, `last` and `size`: of the latest, which may still run; `told`: that it is
    late.
    """

    device: Device
    place: str
    title: str  # what the list calls it
    hds: str
    peer: Peer
    starts: tuple[int, ...] = ()
    begun: int = 0
    last: int = 0
    size: int = 0
    told: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.device.name or self.device.ip, self.place

    @property
    def rhythm(self) -> int | None:
        """The longest pause between runs; None until it is learnt."""
        starts = self.starts
        if len(starts) < 3 or starts[-1] - starts[0] < LEARNT:
            return None
        return max(late - early for early, late in pairwise(starts))

    def late_at(self, now: int) -> bool:
        rhythm = self.rhythm
        return rhythm is not None and now - self.starts[-1] > 2 * rhythm and now - self.last > PAUSE


class Backups:
    """By device and place. Bounded: the one not heard of for longest goes first."""

    def __init__(self, known: Iterable[BackupState] = ()) -> None:
        self._kept = OrderedDict((state.key, state) for state in sorted(known, key=lambda state: state.last)[-CAP:])
        self._changed: set[tuple[str, str]] = set()

    def heard(self, seen: Observation, place: str, title: str, hds: str, sent: int) -> None:
        """`sent` bytes went to a backup service."""
        fresh = BackupState(seen.device, place, title, hds, seen.peer)
        key = fresh.key
        kept = self._kept.get(key, fresh)
        begun, before = (seen.ts, 0) if seen.ts - kept.last > PAUSE else (kept.begun, kept.size)
        run = before < LEAST <= before + sent
        self._kept[key] = replace(
            fresh,
            starts=(*kept.starts, begun)[-RUNS:] if run else kept.starts,
            begun=begun,
            last=max(kept.last, seen.ts),
            size=before + sent,
            told=kept.told and not run,
        )
        self._kept.move_to_end(key)
        self._changed.add(key)
        if len(self._kept) > CAP:
            self._kept.popitem(last=False)

    def late(self, now: int) -> Iterator[Observation]:
        """Those that have just become late, each as an observation of where it went."""
        for key, state in list(self._kept.items()):
            if state.told or not state.late_at(now):
                continue
            self._kept[key] = replace(state, told=True)
            self._changed.add(key)
            record = Backup(len(state.starts), (state.rhythm or 0) / 1e9, (now - state.starts[-1]) / 1e9, state.size)
            yield replace(_seen(state, now), record=record)  # type: ignore[arg-type] # a record of the detector's own

    def take(self) -> list[BackupState]:
        """Those that changed since the last call."""
        taken = [self._kept[key] for key in self._changed if key in self._kept]
        self._changed.clear()
        return taken


def _seen(state: BackupState, now: int) -> Observation:
    """What nobody saw: the transfer that did not come."""
    device, peer = state.device, state.peer
    orig, resp = Endpoint(device.ip, 0, device.mac, local=True), Endpoint(peer.ip, peer.port)
    conn = Conn("", "tcp", orig, resp, now, now, 0, 0, 0, 0, 0, 0, "OTH", "", (), ended=True)
    return Observation(now, Transfer(0, 0, 0), conn, device, peer, Direction.OUTBOUND)
