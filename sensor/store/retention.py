"""Short memory: what has been kept long enough leaves, a little at a time, so that nobody who writes waits for it.

`Pass` is one day's erasing; each `step` is one small transaction of the caller's. Traffic leaves by level (`sensor.store.traffic`),
alerts `alerts_months` after they were last seen, with the content of all their journal entries: one chained erasure entry says
which, so that the chain stays verifiable. With `secure_delete` what is erased is overwritten.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sensor.detect.policy import Retention
from sensor.store.days import minutes_of
from sensor.store.journal import Journal
from sensor.store.traffic import Level, mark

ROWS = 1_000  # of traffic, in one transaction
ALERTS = 25  # with their journal entries, of which a session has up to 144 a day

_DETAIL = (Level.MINUTE, Level.TEN)
_DEVICES = (Level.HOUR, Level.DAY)
_KEY = "start, device, service, destination"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is older leaves: epoch minutes."""

    detail: int
    alerts: int
    totals: int

    @classmethod
    def at(cls, now: int, keep: Retention, zone: ZoneInfo) -> "Limits":
        """Whole days of the practice. `now`: nanoseconds since the epoch."""
        today = datetime.fromtimestamp(now // 1_000_000_000, UTC).astimezone(zone).date()

        def start(day: date) -> int:
            return minutes_of(day, zone)[0]

        return cls(
            detail=start(date.fromordinal(today.toordinal() - keep.detail_days)),
            alerts=start(months_before(today, keep.alerts_months)),
            totals=start(months_before(today, keep.totals_months)),
        )

    def of(self, level: Level) -> int:
        if level in _DETAIL:
            return self.detail
        return self.alerts if level in _DEVICES else self.totals


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


class Pass:
    """One pass over everything that may leave. Made again for each day."""

    def __init__(self, db: sqlite3.Connection, journal: Journal, limits: Limits) -> None:
        self._db = db
        self._journal = journal
        self._limits = limits
        self._steps = self._plan()

    def step(self, now: int) -> bool:
        """Erase a little, in the caller's transaction. False once nothing is left to erase."""
        self._now = now
        return next(self._steps, False)

    def _plan(self) -> Iterator[bool]:
        for level in Level:
            limit = self._limits.of(level)
            if level is Level.MINUTE:
                limit = min(limit, mark(self._db))  # what is not summed yet stays
            while thin(self._db, level, limit):
                yield True
        while self._alerts():
            yield True
        self._db.execute("DELETE FROM device WHERE last < ?", (self._limits.alerts - 1440,))
        yield True

    def _alerts(self) -> bool:
        before = self._limits.alerts * 60_000_000_000
        sql = "SELECT id FROM alert WHERE last_seen < ? ORDER BY last_seen LIMIT ?"
        ids = [one for (one,) in self._db.execute(sql, (before, ALERTS))]
        if not ids:
            return False
        places = ", ".join("?" * len(ids))
        found = self._db.execute(f"SELECT seq FROM journal WHERE subject IN ({places}) AND body IS NOT NULL", ids)  # noqa: S608  (values are bound)
        seqs = [seq for (seq,) in found]
        if seqs:
            self._journal.erase(seqs, self._now)
        self._db.execute(f"DELETE FROM alert WHERE id IN ({places})", ids)  # noqa: S608  (the same)
        return True


def thin(db: sqlite3.Connection, level: Level, before: int, rows: int = ROWS) -> bool:
    """Erase up to `rows` rows of a level that start earlier than `before`. False if there was none."""
    last = db.execute(
        f"SELECT {_KEY} FROM traffic WHERE level = ? AND start < ? ORDER BY {_KEY} LIMIT 1 OFFSET ?",  # noqa: S608  (our own words)
        (level, before, rows - 1),
    ).fetchone()
    if last is None:
        done = db.execute("DELETE FROM traffic WHERE level = ? AND start < ?", (level, before))
    else:
        done = db.execute(f"DELETE FROM traffic WHERE level = ? AND ({_KEY}) <= (?, ?, ?, ?)", (level, *last))  # noqa: S608  (our own words)
    return done.rowcount > 0
