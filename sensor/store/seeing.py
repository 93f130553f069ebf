"""How well the box saw, in steps of ten minutes: the ground of "hours blind" on the pages and in the report.

A second that `watch` runs is watched. One in a minute without a single packet is silent too: nobody hears a practice's network
fall quiet, so the cable or the mirror is in doubt. What no row covers was not watched at all. Kept as long as the totals:
13 months are 57,000 rows, and a month is asked for as they lie.
"""

import sqlite3
from dataclasses import dataclass, fields
from typing import NamedTuple

from sensor.store import touched
from sensor.store.touched import SEEING, touch

STEP = 10  # minutes
_MINUTE = 60_000_000_000
_LONGEST = 10.0
"""Seconds that one report may stand for. A process that was held up longer did not watch meanwhile, as far as it knows."""


class Counts(NamedTuple):
    """What was counted from one report to the next: packets, bytes on the wire, and what went past unread."""

    packets: int = 0
    bytes: int = 0
    drops: int = 0
    gaps: int = 0
    shed: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class Seen:
    """A stretch of time. `start`: epoch minute; `watched` and `silent`: seconds."""

    start: int
    watched: float = 0.0
    silent: float = 0.0
    packets: int = 0
    bytes: int = 0
    drops: int = 0
    gaps: int = 0
    shed: int = 0
    unreadable: int = 0

    def add(self, other: "Seen") -> None:
        for name in COLUMNS[1:]:
            setattr(self, name, getattr(self, name) + getattr(other, name))


COLUMNS = [field.name for field in fields(Seen)]
_INSERT = (
    f"INSERT INTO seeing ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT DO UPDATE SET "  # noqa: S608  (our own words)
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in COLUMNS[1:])
)


class Sight:
    """What is reported and not written yet: the running minute, and the steps before it."""

    def __init__(self) -> None:
        self._minute: Seen | None = None
        self._steps: dict[int, Seen] = {}

    def add(self, now: int, seconds: float, counts: Counts) -> None:
        """`now` in nanoseconds since the epoch; `seconds` since the report before."""
        minute = now // _MINUTE
        if self._minute is None or self._minute.start != minute:
            self.close()
            self._minute = Seen(minute)
        self._minute.add(Seen(minute, min(seconds, _LONGEST), 0.0, *counts))

    def close(self) -> None:
        """The running minute is over: only now is it known whether it was silent."""
        minute, self._minute = self._minute, None
        if minute is None:
            return
        if not minute.packets:
            minute.silent = minute.watched
        start = minute.start - minute.start % STEP
        self._steps.setdefault(start, Seen(start)).add(minute)

    def __len__(self) -> int:
        return len(self._steps)

    def write(self, db: sqlite3.Connection) -> None:
        """Within the caller's transaction; `clear` once it is committed."""
        db.executemany(_INSERT, ([getattr(seen, name) for name in COLUMNS] for seen in self._steps.values()))
        touch(db, ((SEEING, start) for start in self._steps))

    def clear(self) -> None:
        self._steps.clear()


def seen(db: sqlite3.Connection, first: int, after: int) -> list[Seen]:
    """The steps that begin at `first` or later and before `after` (epoch minutes), in order; those without a row are absent."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM seeing WHERE start >= ? AND start < ? ORDER BY start"  # noqa: S608  (our own words)
    return [Seen(*row) for row in db.execute(sql, (first, after))]


def began_before(db: sqlite3.Connection, minute: int) -> bool:
    """Whether anything was watched before this epoch minute."""
    found = db.execute("SELECT min(start) FROM seeing").fetchone()[0]
    return found is not None and found < minute


def forget(db: sqlite3.Connection, before: int, rows: int = 1_000) -> bool:
    """Up to `rows` of what was kept long enough leave. False if there was none."""
    sql = "DELETE FROM seeing WHERE start IN (SELECT start FROM seeing WHERE start < ? LIMIT ?)"
    return touched.forget(db, SEEING, before, rows) or db.execute(sql, (before, rows)).rowcount > 0
