"""What a store does for itself while it is open: sums traffic, forgets what is old, checks the chain, looks at the disk.

The store's writer calls `step` between its own commits, once a second when nothing else is to do. Each call is one small piece
of work in at most one small transaction, so that an alert never waits for it.

  job        when                                one piece
  clock      the trust in the clock changed      one journal entry
  disk       each minute                         look; from 95 % on, a little of what may go (`watch`: detail of traffic)
  summing    `watch`: ten minutes are over       that stretch
  retention  the day changed                     `detail.ROWS` rows, or `retention.ALERTS` alerts; then old files set aside
  chain      at start, and daily                 `CHUNK` entries; at its end the day's root (`sensor.store.roots`)
"""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sensor.detect.alert import Alert, Value
from sensor.detect.policy import Retention
from sensor.store import clock, roots
from sensor.store.aside import lapsed
from sensor.store.days import PARIS, day_of
from sensor.store.health import Trouble, health
from sensor.store.journal import Journal, Kind, entries_after
from sensor.store.retention import Limits, Own, Pass
from sensor.store.salvage import readable
from sensor.store.space import FULL, WARN, Space
from sensor.store.verify import Walk

EVERY = 60  # seconds between two looks
CHUNK = 300
FOLDED_EVERY = 15
"""Steps of retention after which their pages go from the WAL into the file: SQLite would fold a thousand at once, within somebody's commit."""
_DAY = 86_400
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """How a store is kept. `trusted` tells whether the clock is set, `monotonic` counts seconds."""

    keep: Retention = field(default_factory=Retention)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(PARIS))
    trusted: Callable[[], bool] = field(default_factory=lambda: clock.synchronised)
    monotonic: Callable[[], float] = time.monotonic


class Commit(Protocol):
    """A transaction. One that is not `lasting` may be undone by a power cut, as if it had not been begun: upkeep then does it again."""

    def __call__(self, *, lasting: bool = True) -> AbstractContextManager[sqlite3.Connection]: ...


@dataclass(slots=True)
class Tools:
    """What the store lends: its connection, what writes in it, and how it commits. `path` is the file."""

    path: Path
    db: sqlite3.Connection
    journal: Journal
    own: Own
    space: Space
    keys: Callable[[], Mapping[str, bytes]]
    commit: Commit
    tell: Callable[[Alert], None]  # writes an alert; opens its own transaction


class Upkeep:
    """The jobs, each at its place."""

    def __init__(self, tools: Tools, terms: Terms) -> None:
        self._tools = tools
        self._terms = terms
        self._opened = self._looked = terms.monotonic()
        self._believed = max(clock.last_written(tools.db), _meta(tools.db, "retained") * _SECOND)
        self._clock = clock.ClockWatch(tools.db)
        self._erasing: Pass | None = None
        self._unfolded = 0
        self._walk: Walk | None = None
        self._checked: float | None = None
        self._busy = False
        self._percent = 0

    def due(self) -> bool:
        """Whether there is something to do, as far as that is known without looking."""
        return self._busy or self._terms.monotonic() - self._looked >= EVERY

    def step(self, now: int) -> bool:
        """One piece of work. `now`: nanoseconds since the epoch. False if nothing is left for the moment."""
        if self._terms.monotonic() - self._looked >= EVERY:
            self._looked = self._terms.monotonic()
            self._look(now)
        self._busy = self._thin(now) or self._sum(now) or self._retain(now) or self._check(now)
        return self._busy

    def _look(self, now: int) -> None:
        """The disk and the clock."""
        trusted = self._terms.trusted()
        with self._tools.commit():
            changed = self._clock.step(self._tools.journal, now, trusted=trusted)
        if changed and not trusted:
            self._tools.tell(health(Trouble.CLOCK, now))
        self._percent = self._tools.space.percent()
        if self._percent >= WARN:
            trouble = Trouble.FULL if self._percent >= FULL else Trouble.FILLING
            self._tools.tell(health(trouble, now, {"percent": self._percent}))
        else:
            self._tools.space.hold()

    def _thin(self, now: int) -> bool:
        """A full disk: what may go goes, a little at a time, and the room is given back."""
        if self._percent < FULL:
            return False
        with self._tools.commit(lasting=False):
            if self._tools.own.thinned(now):
                return True
        pages = self._tools.db.execute("PRAGMA freelist_count").fetchone()[0]
        self._tools.db.executescript("PRAGMA incremental_vacuum(200)")  # `execute` would end after one page
        left: int = self._tools.db.execute("PRAGMA freelist_count").fetchone()[0]
        if left < pages:
            return True
        self._tools.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._percent = 0  # until the next look
        return False

    def _sum(self, now: int) -> bool:
        with self._tools.commit(lasting=False):
            return self._tools.own.summed(now)

    def _retain(self, now: int) -> bool:
        """A clock that nobody has set may be years ahead: it is then believed as far as this machine has run."""
        if not self._terms.trusted():
            now = min(now, self._believed + int((self._terms.monotonic() - self._opened) * _SECOND))
        if self._erasing is None:
            ended = _meta(self._tools.db, "retained") * _SECOND
            if 0 <= now - ended < _DAY * _SECOND:
                return False
            limits = Limits.at(now, self._terms.keep, self._terms.zone)
            self._erasing = Pass(self._tools.db, self._tools.journal, limits, self._tools.own)
        self._unfolded += 1
        if self._unfolded > FOLDED_EVERY:
            self._unfolded = 0
            self._tools.db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            return True
        with self._tools.commit(lasting=False) as db:
            more = self._erasing.step(now)
            if not more:
                db.execute("UPDATE meta SET value = ? WHERE key = 'retained'", (now // _SECOND,))
        if not more:
            self._erase_aside(now)
            self._erasing = None
            self._tools.own.forget()
        return more

    def _erase_aside(self, now: int) -> None:
        """Copies made before migrations and damaged files, once they were kept long enough."""
        limits = Limits.at(now, self._terms.keep, self._terms.zone)
        old = lapsed(self._tools.path, limits, now)
        if not old:
            return
        with self._tools.commit():
            self._tools.journal.erase([], now, files=[one.path.name for one in old])
        for one in old:
            one.path.unlink(missing_ok=True)

    def _check(self, now: int) -> bool:
        ran = self._terms.monotonic()
        if self._walk is None:
            if self._checked is not None and ran - self._checked < _DAY:
                return False
            self._checked = ran
        uri = f"file:{quote(str(self._tools.path.absolute()))}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            db.text_factory = readable
            if self._walk is None:
                self._walk = Walk(db, self._tools.keys())
            chunk = list(entries_after(db, self._walk.seq, CHUNK))
        good = all(self._walk.step(entry) for entry in chunk)
        if good and len(chunk) == CHUNK:
            return True
        verdict, self._walk = self._walk.verdict(), None
        if verdict.fault is not None:
            facts: dict[str, Value] = {"entry": verdict.seq, "fault": verdict.fault.value}
            self._tools.tell(health(Trouble.ALTERED, now, facts, subject=str(verdict.seq)))
        else:
            with self._tools.commit() as db:
                db.execute("UPDATE meta SET value = ? WHERE key = 'verified'", (now // _SECOND,))
            self._tell_root(now)
        return False

    def _tell_root(self, now: int) -> None:
        """Once a day of the practice's: how far all journals of the box have come."""
        last = roots.last_told(self._tools.db)
        if last is not None and day_of(last[0], self._terms.zone) == day_of(now, self._terms.zone):
            return
        root = roots.of_now(self._tools.path.parent.parent)
        if root is not None:
            with self._tools.commit():
                self._tools.journal.append(Kind.ROOT, "", {"root": str(root)}, now)


def _meta(db: sqlite3.Connection, key: str) -> int:
    return int(db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])
