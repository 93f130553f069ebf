"""What can go wrong with a store, told in two kinds: `WillRetry` passes by itself, `NeedsHuman` does not.

Each carries a `Reason`, a word that the page's catalogues turn into a sentence, and the path concerned.
"""

import sqlite3
from enum import StrEnum
from pathlib import Path


class Reason(StrEnum):
    """Why a store cannot be used."""

    ABSENT = "absent"  # nothing has been written there yet
    BUSY = "busy"  # another process holds it
    DAMAGED = "damaged"  # its bytes are not what SQLite or the journal wrote
    DENIED = "denied"  # this user may not open it
    FULL = "full"  # no room left on its disk
    NEWER = "newer"  # written by a later version of Vigie


_SENTENCES = {
    Reason.ABSENT: "{path}: nothing has been written there yet; `vigie {writer}` makes it when it starts",
    Reason.BUSY: "{path}: another process is using it; trying again",
    Reason.DAMAGED: "{path}: the file is damaged ({detail}); keep it, and restore a backup",
    Reason.DENIED: "{path}: it cannot be opened ({detail}); check who owns it and its permissions",
    Reason.FULL: "{path}: the disk is full; it will go on once there is room",
    Reason.NEWER: "{path}: written by a later version of Vigie ({detail}); update this one, it changes nothing there",
}


class StoreError(Exception):
    """A store that cannot be used now. The message names the file."""

    def __init__(self, reason: Reason, path: Path, detail: str = "") -> None:
        super().__init__(_SENTENCES[reason].format(path=path, writer=path.parent.name, detail=detail))
        self.reason = reason
        self.path = path
        self.detail = detail


class WillRetry(StoreError):  # noqa: N818  (the two kinds read as what follows)
    """It passes by itself: whoever meets it tries again."""


class NeedsHuman(StoreError):  # noqa: N818  (the same)
    """It does not pass by itself."""


_BY_CODE: dict[int, tuple[type[StoreError], Reason]] = {
    sqlite3.SQLITE_BUSY: (WillRetry, Reason.BUSY),
    sqlite3.SQLITE_LOCKED: (WillRetry, Reason.BUSY),
    sqlite3.SQLITE_FULL: (WillRetry, Reason.FULL),
    sqlite3.SQLITE_CORRUPT: (NeedsHuman, Reason.DAMAGED),
    sqlite3.SQLITE_NOTADB: (NeedsHuman, Reason.DAMAGED),
    sqlite3.SQLITE_CANTOPEN: (NeedsHuman, Reason.DENIED),
    sqlite3.SQLITE_PERM: (NeedsHuman, Reason.DENIED),
    sqlite3.SQLITE_READONLY: (NeedsHuman, Reason.DENIED),
    sqlite3.SQLITE_AUTH: (NeedsHuman, Reason.DENIED),
}


def told(error: sqlite3.Error, path: Path) -> StoreError:
    """SQLite's error as one of the two kinds; a code that is not in the table is taken as damage, to be looked at."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else sqlite3.SQLITE_CORRUPT  # the rest is SQLite's extended code
    kind, reason = _BY_CODE.get(primary, (NeedsHuman, Reason.DAMAGED))
    return kind(reason, path, str(error))
