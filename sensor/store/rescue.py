"""A damaged store: set aside, never deleted, and what can still be read of it brought into a new file.

Called by `sensor.store.base` at start, before anything is written. Steps, each of which may be cut by a power failure:
  vigie.db.building   a new file is filled from the damaged one
  vigie.db.new        it is complete
  vigie.db.damaged-…  the old file, and its -wal, get this name too; then the new one takes their place
A start that finds `.new` goes on from there; one that finds `.building` begins again.

`vigie.db.head` is the file's first page as it was at the last start: without that page nothing else can be found.
"""

import os
import shutil
import sqlite3
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sensor.store import schema
from sensor.store.refill import Case, Found, Rest, refill
from sensor.store.salvage import opened
from sensor.store.schema import Layout

_PAGE = 4_096
_OURS = {"journal", "alert", "meta"}
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True)
class Rescued:
    """The name of the file that was set aside, and what came out of it."""

    file: str
    found: Found


def damage(path: Path) -> str:
    """What is wrong with the file, in SQLite's words; empty if nothing is, or if it is not ours."""
    try:
        if path.stat().st_size == 0:
            return ""
    except OSError:
        return ""
    if _head_differs(path):
        return "its first page is not what Vigie wrote"
    db = opened(path)  # for reading only: closing it folds no -wal into the file
    try:
        found = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DAMAGE:
            return str(error)
        raise
    finally:
        db.close()
    return "" if found is None or found[0] == "ok" else str(found[0])


def keep_head(path: Path) -> None:
    """Remember the first page, once the file is as it should be and nothing waits in its -wal."""
    page = _page(path)
    head = _head(path)
    with suppress(OSError):
        if head.read_bytes() == page:
            return
    scratch = head.with_name(head.name + ".writing")
    scratch.write_bytes(page)
    scratch.chmod(0o600)
    scratch.replace(head)


def rescue(path: Path, layout: Layout, rest: Rest, keys: Mapping[str, bytes], signer: str, now: int) -> Rescued:
    """A new file in place of the damaged one. `now`: nanoseconds since the epoch. Errors: sqlite3.Error, OSError (no room)."""
    name = f"{path.name}.damaged-{datetime.fromtimestamp(now // 1_000_000_000, UTC):%Y%m%dT%H%M%SZ}"
    building = path.with_name(path.name + ".building")
    for stale in (building, building.with_name(building.name + "-journal")):
        stale.unlink(missing_ok=True)
    source, scratch = _readable(path)
    try:
        db = sqlite3.connect(building, isolation_level=None)
        try:
            db.execute("PRAGMA auto_vacuum=INCREMENTAL")
            schema.migrate(db, building, layout)
            found = refill(db, source, rest, Case(name, path.stat().st_size, keys, signer, now))
        finally:
            db.close()
    finally:
        source.close()
        if scratch is not None:
            shutil.rmtree(scratch)
    _synced(building)
    building.replace(path.with_name(path.name + ".new"))
    finish(path, name)
    return Rescued(name, found)


def finish(path: Path, name: str = "") -> None:
    """Put a complete new file in place, if there is one: whatever was there before gets a name that says so."""
    new = path.with_name(path.name + ".new")
    if not new.exists():
        return
    name = name or f"{path.name}.damaged-{int(new.stat().st_mtime)}"
    for end in ("", "-wal"):
        with suppress(FileExistsError, FileNotFoundError):
            os.link(path.with_name(path.name + end), path.with_name(name + end))
    _synced(path.parent)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    _synced(path.parent)  # an old -wal must never be found beside the new file
    _head(path).unlink(missing_ok=True)
    new.replace(path)
    _synced(path.parent)


def _readable(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """The damaged file for reading; with the first page of the last start in a copy of it, if its own tells nothing."""
    db = opened(path)
    if _tables(db) >= _OURS or not _head(path).exists():
        return db, None
    db.close()
    scratch = path.with_name(path.name + ".scratch")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    copy = scratch / path.name
    shutil.copyfile(path, copy)
    wal = path.with_name(path.name + "-wal")
    if wal.exists():
        shutil.copyfile(wal, copy.with_name(copy.name + "-wal"))
    page = bytearray(_head(path).read_bytes())
    struct.pack_into(">I", page, 28, copy.stat().st_size // _PAGE)  # its size then is not its size now
    with copy.open("r+b") as out:
        out.write(page)
    return opened(copy), scratch


def _tables(db: sqlite3.Connection) -> set[str]:
    try:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return set()


def _head_differs(path: Path) -> bool:
    """Whether the words of the header that only a migration changes are not those of the last start."""
    try:
        head = _head(path).read_bytes()
    except OSError:
        return False
    page = _page(path)
    if len(head) != _PAGE or len(page) != _PAGE:
        return len(head) == _PAGE
    lasting = [
        slice(0, 24),
        slice(44, 60),
        slice(68, 72),
    ]  # format, encoding, application_id (SQLite's file format, 1.3)
    version = slice(60, 64)  # a higher user_version is a later Vigie's
    return page[version] < head[version] or any(head[part] != page[part] for part in lasting)


def _head(path: Path) -> Path:
    return path.with_name(path.name + ".head")


def _page(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_PAGE)


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
