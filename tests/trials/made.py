"""What the trials write, and an old store for the writer to migrate."""

import sqlite3
from pathlib import Path

from sensor.detect.alert import Alert
from sensor.store import schema
from sensor.store.upkeep import Terms
from sensor.store.watch import database
from tests import made

SECOND = 1_000_000_000
SET = Terms(trusted=lambda: True)  # a clock that is set, whatever the machine's is
NOW = 1_795_161_600 * SECOND  # 2026-11-20 08:00 UTC


def alert(name: str, seen: int = NOW) -> Alert:
    return made.alert(id=name, first_seen=seen, last_seen=seen)


def old_store(state: Path, rows: int, now: int = NOW) -> None:
    """Of the second schema, with traffic to bring over."""
    path = database(state)
    path.parent.mkdir(parents=True)
    db = sqlite3.connect(path, isolation_level=None)
    schema.migrate(db, path, schema.WATCH, upto=2)
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO series VALUES (?, ?, 'ssl', '', NULL, 1, 2, 1, 1, 1)",
        ((now // (60 * SECOND) - n // 20 - 1, f"10.0.0.{n % 20}") for n in range(rows)),
    )
    db.execute("COMMIT")
    db.close()
