"""The table `touched`: what was written when, for whoever copies it elsewhere (`vigie relay`). Called within the store's transactions.

A row a moment of what is copied, with the number that "touched" had when something of it was written last. Sums only grow, so what
is copied again is copied over. `level` is one of `sensor.store.traffic`'s or one of these.
"""

import sqlite3
from collections.abc import Iterable

from sensor.store.table import counted

SEEING = 100
GOOD = 101

_TOUCH = "INSERT INTO touched VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET change = excluded.change"


def touch(db: sqlite3.Connection, cells: Iterable[tuple[int, int]]) -> None:
    """`cells`: (level, epoch minute)."""
    told = sorted(set(cells))
    if told:
        change = counted(db, "touched")
        db.executemany(_TOUCH, ((*cell, change) for cell in told))


def forget(db: sqlite3.Connection, level: int, before: int, rows: int = 1_000) -> bool:
    """Up to `rows` of what was kept long enough leave. False if there was none."""
    sql = "DELETE FROM touched WHERE level = ? AND start IN (SELECT start FROM touched WHERE level = ? AND start < ? LIMIT ?)"
    return db.execute(sql, (level, level, before, rows)).rowcount > 0
