"""The tables of each process's vigie.db and their numbered migrations. Called by whoever opens such a file.

`PRAGMA application_id` says whose file it is, `PRAGMA user_version` is the number of the last migration applied, both written
with it. A migration never changes once it has been released: the next number mends it. What all files have: `meta`, `alert`
(in those of serve and relay only what they say of themselves) and `journal`.
"""

import sqlite3
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sensor.store.entry import lend
from sensor.store.errors import NeedsHuman, Reason

DATABASE = "vigie.db"


@dataclass(frozen=True, slots=True)
class Layout:
    """The file of one process: DIR/`name`/vigie.db, and its migrations in migrations/`name`/."""

    name: str
    application: int

    def path(self, state: Path) -> Path:
        return state / self.name / DATABASE


WATCH = Layout("watch", int.from_bytes(b"VIGI"))
SERVE = Layout("serve", int.from_bytes(b"VIGS"))
RELAY = Layout("relay", int.from_bytes(b"VIGR"))
LAYOUTS = (WATCH, SERVE, RELAY)


def migrations(layout: Layout) -> list[tuple[int, str]]:
    """(number, SQL) of each file of `migrations/`, in order: 0001_….sql is number 1."""
    folder = files("sensor.store").joinpath("migrations", layout.name)
    found = sorted((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name.split("_", 1)[0]), text) for name, text in found]


def latest(layout: Layout) -> int:
    """The schema's number that this version writes and reads."""
    return migrations(layout)[-1][0]


def version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection, path: Path, layout: Layout | None = None) -> int:
    """The file's schema number, 0 if it has no tables yet. `layout`: whose it must be; else any of ours.

    Errors: NeedsHuman if it is another program's, another process's, or of a later version of Vigie.
    """
    application = int(db.execute("PRAGMA application_id").fetchone()[0])
    found = version(db)
    if not application and not found:
        return 0
    known = next((one for one in LAYOUTS if one.application == (application or WATCH.application)), None)
    if known is None:
        raise NeedsHuman(Reason.DAMAGED, path, "another program's database")
    if layout is not None and known is not layout:
        raise NeedsHuman(Reason.DAMAGED, path, f"the database of vigie {known.name}")
    if found > latest(known):
        raise NeedsHuman(Reason.NEWER, path, f"schema {found}, this version knows up to {latest(known)}")
    return found


def migrate(db: sqlite3.Connection, path: Path, layout: Layout, *, upto: int | None = None) -> None:
    """Bring the file to the latest schema, one transaction a migration, a copy of what was there made first.

    `upto` stops earlier: tests make files of older versions with it.
    """
    found = check(db, path, layout)
    todo = [(number, sql) for number, sql in migrations(layout) if number > found and (upto is None or number <= upto)]
    if found and todo:
        copy_first(db, path.with_name(f"{path.name}.before-{todo[-1][0]}"))
    lend(db)
    for number, sql in todo:
        # One script a migration: sqlite3 commits before a script, so the transaction is written into it.
        marks = f"PRAGMA user_version={number};\nPRAGMA application_id={layout.application};"
        db.executescript(f"BEGIN IMMEDIATE;\n{sql}\n{marks}\nCOMMIT;")
    if found and todo:
        db.executescript("PRAGMA incremental_vacuum")  # what a migration made smaller


def copy_first(db: sqlite3.Connection, target: Path) -> None:
    """A whole copy beside the file, as it was before the migration."""
    target.unlink(missing_ok=True)
    with sqlite3.connect(target) as copy:
        db.backup(copy)
    copy.close()
    target.chmod(0o600)
