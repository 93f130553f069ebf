"""What was seen and was as it should be, counted by the practice's day: mail to MSSanté over TLS, data sent to a certified host.

The words are those of the rules (`done_right:` in rules/done_right). Kept as long as the totals: no device, no peer.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sensor.store import touched
from sensor.store.codec import clean
from sensor.store.days import day_of, minutes_of
from sensor.store.touched import GOOD, touch

_INSERT = "INSERT INTO done_right VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET times = times + excluded.times"


class DoneRight:
    """What is not written yet, by (first epoch minute of the day, what)."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._waiting: Counter[tuple[int, str]] = Counter()

    def add(self, now: int, times: Mapping[str, int]) -> None:
        """`now` in nanoseconds since the epoch."""
        if any(times.values()):
            start = minutes_of(day_of(now, self._zone), self._zone)[0]
            self._waiting.update({(start, what): count for what, count in times.items() if count})

    def __len__(self) -> int:
        return len(self._waiting)

    def write(self, db: sqlite3.Connection) -> None:
        """Within the caller's transaction; `clear` once it is committed."""
        db.executemany(_INSERT, ((start, clean(what), count) for (start, what), count in self._waiting.items()))
        touch(db, ((GOOD, start) for start, _ in self._waiting))

    def clear(self) -> None:
        self._waiting.clear()


def done_right(db: sqlite3.Connection, first: int, after: int) -> list[tuple[str, int]]:
    """(what, times) of the days that begin in these epoch minutes, the most first."""
    sql = "SELECT what, sum(times) FROM done_right WHERE start >= ? AND start < ? GROUP BY what ORDER BY 2 DESC, 1"
    return db.execute(sql, (first, after)).fetchall()


def forget(db: sqlite3.Connection, before: int) -> None:
    """What was kept long enough leaves."""
    db.execute("DELETE FROM done_right WHERE start < ?", (before,))
    touched.forget(db, GOOD, before)
