"""Rows of `host` that are written while nobody has set the clock: what was added, and what stood there before.

Called within the store's transactions: `remember` before each row is written, `move` when the clock jumped. A row that was there
before gets its first and last moment back; what was added then goes where it belongs, perhaps into another month.
"""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

MOST = 5_000  # rows of one boot; later ones stay where they are
ADD = """
INSERT INTO host VALUES (:month, :place, :device, :class, :first, :last, :out, :into)
ON CONFLICT DO UPDATE SET class = :class, first = min(first, :first), last = max(last, :last),
    bytes_out = bytes_out + :out, bytes_in = bytes_in + :into
"""
_KEY = "month = :month AND place = :place AND device = :device"
_MORE = f"""
UPDATE unsure_host SET first = min(first, :first), last = max(last, :last), bytes_out = bytes_out + :out, bytes_in = bytes_in + :into
WHERE {_KEY}
"""  # noqa: S608  (our own words)
_NEW = "INSERT INTO unsure_host VALUES (:month, :place, :device, :class, :first, :last, :out, :into, :before_first, :before_last)"
_BACK = f"""
UPDATE host SET first = :before_first, last = :before_last, bytes_out = bytes_out - :out, bytes_in = bytes_in - :into WHERE {_KEY}
"""  # noqa: S608  (our own words)
_COLUMNS = ("month", "place", "device", "class", "first", "last", "out", "into", "before_first", "before_last")


def remember(db: sqlite3.Connection, row: Mapping[str, Any]) -> None:
    """`row` is about to be added, with the names that `ADD` has."""
    if db.execute(_MORE, row).rowcount:
        return
    if db.execute("SELECT count(*) FROM unsure_host").fetchone()[0] >= MOST:
        return
    found = db.execute(f"SELECT first, last FROM host WHERE {_KEY}", row).fetchone()  # noqa: S608  (our own words)
    first, last = found or (None, None)
    db.execute(_NEW, {**row, "before_first": first, "before_last": last})


def move(db: sqlite3.Connection, minutes: int, month: Callable[[int], int]) -> None:
    """All of it, by so many minutes. `month`: epoch minute → the minute at which the practice's month begins."""
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in db.execute("SELECT * FROM unsure_host").fetchall()]
    for row in rows:
        db.execute(f"DELETE FROM host WHERE {_KEY}" if row["before_first"] is None else _BACK, row)  # noqa: S608  (our own words)
    forget(db)
    for row in rows:
        last = row["last"] + minutes
        moved = row | {"month": month(last), "first": row["first"] + minutes, "last": last}
        remember(db, moved)
        db.execute(ADD, moved)


def forget(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM unsure_host")
