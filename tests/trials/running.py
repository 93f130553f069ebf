"""A command of Vigie's, whole, that a trial kills: `python -m tests.trials.running WORDS COMMAND…` runs `vigie COMMAND…` and says where it stands.

WORDS is a file whose first sixteen bytes are the phase (as of `tests.trials.writer`). Only told from outside what it does anyway, and
hurried: traffic is written each second, upkeep looks each second, each refused sign-in is kept, and SQLite folds its WAL every few commits
where that can be seen, instead of within one of them.
"""

import mmap
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import dashboard.cli
from dashboard.cli import door
from sensor.store import backup, schema, sealed, upkeep, watch
from sensor.store.base import OwnStore
from sensor.store.watch import WatchStore

FOLDED_EVERY = 4  # commits


def hurried() -> None:
    watch.BATCH_SECONDS = 1
    upkeep.EVERY = 1
    door.REFUSED_EVERY = 0.0
    sealed._COST = (4, 8, 1)


def told(phase: Callable[[str], None]) -> None:
    """Each piece of work says its name while it lasts; work within work keeps the outer name, but for a commit's."""
    inside = ["idle"]

    def named(name: str, really):
        def call(*given, **more):
            inside.append(name)
            phase(name)
            try:
                return really(*given, **more)
            finally:
                inside.pop()
                phase(inside[-1])

        return call

    commits = [0]
    committed = OwnStore._commit

    @contextmanager
    def commit(store, **how):
        if inside[-1] == "idle":
            inside.append("commit")
            phase("commit")
        else:
            inside.append(inside[-1])
        try:
            with committed(store, **how) as db:
                yield db
        finally:
            inside.pop()
            phase(inside[-1])
        commits[0] += 1
        if commits[0] % FOLDED_EVERY == 0:
            fold(store)

    fold = named("checkpoint", lambda store: store._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall())
    opened = OwnStore._open

    def open_without(store):
        db = opened(store)
        db.execute("PRAGMA wal_autocheckpoint=0")
        return db

    OwnStore._commit = commit
    OwnStore._open = open_without
    WatchStore._write_series = named("batch", WatchStore._write_series)
    upkeep.Upkeep.step = named("upkeep", upkeep.Upkeep.step)
    schema.migrate = named("migration", schema.migrate)
    backup._gather = named("backup", backup._gather)
    backup._pack = named("backup", backup._pack)
    phase("starting")


def main(words: Path, *command: str) -> None:
    with words.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), 16)

        def phase(name: str) -> None:
            shared[:16] = name.ljust(16).encode()

        hurried()
        told(phase)
        dashboard.cli.main(list(command))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
