"""Reading a store that another process writes, with read permission only.

SQLite allows that in two ways, and the file tells which: `mode=ro` while the writer's `-wal` lies beside it, `immutable=1`
once the writer has closed cleanly and taken the `-wal` away (https://www.sqlite.org/wal.html#read_only_databases). Each
reading opens the file anew, so a writer that comes back is seen at the next one; a reading during which the way changed
is done again.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sensor.store import schema
from sensor.store.errors import NeedsHuman, Reason, StoreError, WillRetry, told

_TRIES = 5
_T = TypeVar("_T")


def read(path: Path, ask: Callable[[sqlite3.Connection], _T], *, ours: bool = True) -> _T:
    """The answer of `ask`, which only selects, over one consistent state of the file. `ours`: it must have our tables.

    Errors: WillRetry (absent, busy), NeedsHuman (damaged, newer, denied).
    """
    for _ in range(_TRIES):
        before = _signature(path)
        if before is None:
            raise WillRetry(Reason.ABSENT, path)
        try:
            answer = _once(path, ask, immutable=not before[0], ours=ours)
        except sqlite3.Error as error:
            failure: StoreError = told(error, path)
            if _signature(path) == before and failure.reason is not Reason.BUSY:
                raise failure from error
        else:
            if before[0] or _signature(path) == before:
                return answer
            failure = WillRetry(Reason.BUSY, path)
    raise failure


def _once(path: Path, ask: Callable[[sqlite3.Connection], _T], *, immutable: bool, ours: bool) -> _T:
    mode = "immutable=1" if immutable else "mode=ro"
    db = sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True, timeout=2, isolation_level=None)
    try:
        db.execute("BEGIN")  # one state for all that `ask` asks
        if ours and not schema.check(db, path):
            raise WillRetry(Reason.ABSENT, path)  # made a moment ago, its tables are still to come
        return ask(db)
    finally:
        db.close()


def _signature(path: Path) -> tuple[bool, int, int, int] | None:
    """(is the writer's -wal there, and what tells one state of the file from the next); None if there is no file.

    With the -wal there the rest does not matter: SQLite's own locks keep the reader's state together.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NeedsHuman(Reason.DENIED, path, error.strerror or str(error)) from error
    if path.with_name(path.name + "-wal").exists():
        return True, 0, 0, 0
    return False, found.st_ino, found.st_mtime_ns, found.st_size
