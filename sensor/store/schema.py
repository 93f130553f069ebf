"""The tables of `watch/vigie.db` and their numbered migrations. Called by whoever opens the file for writing.

`PRAGMA user_version` is the number of the last migration applied; `PRAGMA application_id` says that the file is Vigie's.
A migration never changes once it has been released: the next number mends it.
"""

import sqlite3
from importlib.resources import files
from pathlib import Path

from sensor.store.errors import NeedsHuman, Reason

APPLICATION_ID = 0x56494749  # "VIGI"


def migrations() -> list[tuple[int, str]]:
    """(number, SQL) of each file of `migrations/`, in order: 0001_….sql is number 1."""
    folder = files("sensor.store").joinpath("migrations")
    found = sorted((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name.split("_", 1)[0]), text) for name, text in found]


def latest() -> int:
    """The schema's number that this version writes and reads."""
    return migrations()[-1][0]


def version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection, path: Path) -> int:
    """The file's schema number. Errors: NeedsHuman if it is another program's, or of a later version of Vigie."""
    found = version(db)
    application = int(db.execute("PRAGMA application_id").fetchone()[0])
    if application not in (0, APPLICATION_ID):
        raise NeedsHuman(Reason.DAMAGED, path, "another program's database")
    if found > latest():
        raise NeedsHuman(Reason.NEWER, path, f"schema {found}, this version knows up to {latest()}")
    return found


def migrate(db: sqlite3.Connection, path: Path, *, upto: int | None = None) -> None:
    """Bring the file to the latest schema, one transaction a migration, a copy of what was there made first.

    `upto` stops earlier: tests make files of older versions with it.
    """
    found = check(db, path)
    todo = [(number, sql) for number, sql in migrations() if number > found and (upto is None or number <= upto)]
    if found and todo:
        copy_first(db, path.with_name(f"{path.name}.before-{todo[-1][0]}"))
    for number, sql in todo:
        # One script a migration: sqlite3 commits before a script, so the transaction is written into it.
        db.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version={number};\nCOMMIT;")
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")


def copy_first(db: sqlite3.Connection, target: Path) -> None:
    """A whole copy beside the file, as it was before the migration."""
    target.unlink(missing_ok=True)
    with sqlite3.connect(target) as copy:
        db.backup(copy)
    copy.close()
    target.chmod(0o600)
