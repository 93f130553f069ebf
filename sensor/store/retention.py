"""Short memory: what has been kept long enough leaves, a little at a time, so that nobody who writes waits for it.

`Pass` is one day's erasing; each `step` is one small transaction of the caller's. What a process has of its own leaves first
(`Own`: of `watch` the traffic, by level), then alerts `alerts_months` after they were last seen, with the content of all their
journal entries: one chained erasure entry says which, so that the chain stays verifiable. With `secure_delete` what is erased
is overwritten.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sensor.detect.policy import Retention
from sensor.store.days import minutes_of
from sensor.store.journal import Journal, Kind

ALERTS = 25  # with their journal entries, of which a session has up to 144 a day

MINUTE = 60_000_000_000


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


class Own:
    """What upkeep does for the tables that only one process has; this one has none.

    `lapsing`: kinds of journal entries whose content leaves by age alone. Each piece of work is small, in a transaction of the
    caller's; `now` in nanoseconds since the epoch.
    """

    lapsing: tuple[Kind, ...] = ()

    def summed(self, now: int) -> bool:  # noqa: ARG002  (others need it)
        """Sum up a little. False if nothing is to be summed."""
        return False

    def thinned(self, now: int) -> bool:  # noqa: ARG002  (the same)
        """The disk is full: let go of a little. False if nothing may go."""
        return False

    def erase(self, limits: Limits) -> Iterator[bool]:  # noqa: ARG002  (the same)
        """What was kept long enough leaves: True after each piece."""
        yield from ()

    def forget(self) -> None:
        """What is remembered of the tables may not be so: a transaction was undone, or rows were erased."""


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

    def __init__(self, db: sqlite3.Connection, journal: Journal, limits: Limits, own: Own) -> None:
        self._db = db
        self._journal = journal
        self._limits = limits
        self._steps = self._plan(own)

    def step(self, now: int) -> bool:
        """Erase a little, in the caller's transaction. False once nothing is left to erase."""
        self._now = now
        return next(self._steps, False)

    def _plan(self, own: Own) -> Iterator[bool]:
        yield from own.erase(self._limits)
        while self._alerts():
            yield True
        while self._lapsed(own.lapsing):
            yield True
        yield True

    def _alerts(self) -> bool:
        before = self._limits.alerts * MINUTE
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

    def _lapsed(self, kinds: tuple[Kind, ...]) -> bool:
        """Entries of kinds that nothing else holds on to."""
        if not kinds:
            return False
        places = ", ".join("?" * len(kinds))
        sql = f"SELECT seq FROM journal WHERE kind IN ({places}) AND written < ? AND body IS NOT NULL LIMIT ?"  # noqa: S608  (values are bound)
        seqs = [seq for (seq,) in self._db.execute(sql, (*kinds, self._limits.alerts * MINUTE, ALERTS))]
        if seqs:
            self._journal.erase(seqs, self._now)
        return bool(seqs)
