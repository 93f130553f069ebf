"""What the box keeps, and how that is: the stores, when each was last checked and erased, what was set aside, and the way to InfluxDB.

Read with read permission only (`sensor.store.reader`); shown on /box. A store that cannot be read is told as such, never left out.
"""

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sensor.store.aside import Aside, aside
from sensor.store.errors import Reason, StoreError
from sensor.store.reader import read
from sensor.store.relay import INFLUX_TROUBLE
from sensor.store.schema import LAYOUTS, RELAY
from sensor.store.space import Space

_MOVED = """
SELECT max(moved) FROM cursors WHERE name LIKE 'influx %' AND name NOT IN (?, 'influx target', 'influx round') AND position <> ''
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """One process's store. `verified`, `erased`: seconds since the epoch, 0 if not yet; `wrong`: why it cannot be read."""

    name: str
    size: int = 0
    entries: int = 0
    verified: int = 0
    erased: int = 0
    wrong: Reason | None = None
    aside: tuple[Aside, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipped:
    """The way to InfluxDB: when it last took something (nanoseconds since the epoch), and what a person must look at, by its word."""

    moved: int
    need: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """`full`: percent of the disk; `shipped`: None where nothing ever was."""

    stores: tuple[Kept, ...]
    full: int
    shipped: Shipped | None


def box(state: Path) -> Box:
    """As it is now. A store that its process has not made yet is left out."""
    stores = []
    for layout in LAYOUTS:
        path = layout.path(state)
        beside = tuple(one for one in aside(path) if not one.before)
        try:
            entries, meta = read(path, _told)
            found = Kept(layout.name, _size(path), entries, meta.get("verified", 0), meta.get("retained", 0))
        except StoreError as error:
            if error.reason is Reason.ABSENT and not beside:
                continue
            found = Kept(layout.name, _size(path), wrong=error.reason)
        stores.append(replace(found, aside=beside))
    return Box(tuple(stores), Space(state).percent() if state.is_dir() else 0, _shipped(state))


def _told(db: sqlite3.Connection) -> tuple[int, dict[str, int]]:
    (entries,) = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    return int(entries), dict(db.execute("SELECT key, value FROM meta").fetchall())


def _shipped(state: Path) -> Shipped | None:
    def ask(db: sqlite3.Connection) -> tuple[int | None, str]:
        (moved,) = db.execute(_MOVED, (INFLUX_TROUBLE,)).fetchone()
        found = db.execute("SELECT position FROM cursors WHERE name = ?", (INFLUX_TROUBLE,)).fetchone()
        return moved, str(json.loads(found[0])["need"]) if found and found[0] else ""

    with suppress(StoreError):
        moved, need = read(RELAY.path(state), ask)
        return Shipped(moved or 0, need) if moved or need else None
    return None


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
