"""Reading what can still be read of a damaged database: ranges of a key are halved around what SQLite cannot read.

Called by `sensor.store.rescue` on a file that was set aside, which is only read.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sensor.store.entry import ALIEN

_AT_ONCE = 1_024
Row = tuple[Any, ...]


def opened(path: Path) -> sqlite3.Connection:
    """The damaged file, with its -wal if that is there, for reading only."""
    mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
    db = sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True, isolation_level=None)
    db.text_factory = readable
    return db


def readable(raw: bytes) -> str:
    """A flipped bit may leave a text that is no UTF-8: it becomes what no entry was written with, and the others are read on."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ALIEN


def rows(db: sqlite3.Connection, select: str, key: str, first: int, after: int, *, least: int = 1) -> Iterator[Row]:
    """All rows of `select` with first ≤ key < after that can be read, in order of the key. `least`: what is not halved."""
    if _ask(db, f"SELECT 1 FROM ({select}) LIMIT 0") is None:  # noqa: S608  (our own words)
        return  # there is no such table any more
    at = first
    while at < after:
        # A stretch without rows is passed over at once, where the tree can still be walked.
        found = _ask(db, f"SELECT min({key}) FROM ({select}) WHERE {key} >= ? AND {key} < ?", at, after)  # noqa: S608  (our own words)
        if found is not None:
            if found[0][0] is None:
                return
            at = max(at, int(found[0][0]))
        end = min(at + _AT_ONCE, after)
        sql = f"SELECT * FROM ({select}) WHERE {key} >= ? AND {key} < ? ORDER BY {key}"  # noqa: S608  (the same)
        yield from _halved(db, sql, at, end, least)
        at = end


def last(db: sqlite3.Connection, select: str, key: str, otherwise: int) -> int:
    """The highest key, `otherwise` if it cannot be read."""
    found = _ask(db, f"SELECT max({key}) FROM ({select})")  # noqa: S608  (our own words)
    value = found[0][0] if found else otherwise
    return value if isinstance(value, int) else 0


def _halved(db: sqlite3.Connection, sql: str, first: int, after: int, least: int) -> Iterator[Row]:
    found = _ask(db, sql, first, after)
    if found is not None:
        yield from found
    elif after - first > least:
        middle = (first + after) // 2
        yield from _halved(db, sql, first, middle, least)
        yield from _halved(db, sql, middle, after, least)


def _ask(db: sqlite3.Connection, sql: str, *values: int) -> list[Row] | None:
    """None if SQLite cannot."""
    try:
        return db.execute(sql, values).fetchall()
    except sqlite3.Error:
        return None
