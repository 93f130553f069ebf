"""What `watch`'s upkeep does with traffic: sums it, lets its detail go on a full disk, erases it level by level.

Called by `sensor.store.upkeep`, a small piece at a time, within its transactions.
"""

import sqlite3
from collections.abc import Iterator

from sensor.store import done_right, hosts, runs, seeing, touched
from sensor.store.retention import MINUTE, Limits, Own
from sensor.store.traffic import Level, Traffic, mark

ROWS = 1_000  # in one transaction
_SHORTENED = (1440, 60)  # minutes of detail that a full disk leaves, tried in turn
_KEY = "start, device, service, destination"


class Detail(Own):
    """The upkeep's hand on the table `traffic`."""

    def __init__(self, db: sqlite3.Connection, traffic: Traffic) -> None:
        self._db = db
        self._traffic = traffic

    def summed(self, now: int) -> bool:
        return self._traffic.roll(now // MINUTE)

    def thinned(self, now: int) -> bool:
        """Never an alert; what is not summed yet stays."""
        return any(
            thin(self._db, level, min(now // MINUTE - minutes, mark(self._db)))
            for minutes in _SHORTENED
            for level in (Level.MINUTE, Level.TEN)
        )

    def erase(self, limits: Limits) -> Iterator[bool]:
        for level in Level:
            limit = _limit(limits, level)
            if level is Level.MINUTE:
                limit = min(limit, mark(self._db))  # what is not summed yet stays
            while thin(self._db, level, limit):
                yield True
            while touched.forget(self._db, level, limit):
                yield True
        while seeing.forget(self._db, limits.totals):
            yield True
        done_right.forget(self._db, limits.totals)
        hosts.forget(self._db, limits.detail, limits.alerts)
        runs.forget(self._db, limits.alerts)
        self._db.execute("DELETE FROM device WHERE last < ?", (limits.alerts - 1440,))
        yield True

    def forget(self) -> None:
        self._traffic.forget()


def _limit(limits: Limits, level: Level) -> int:
    if level in (Level.MINUTE, Level.TEN):
        return limits.detail
    return limits.alerts if level in (Level.HOUR, Level.DAY) else limits.totals


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
