"""Filling a new store from a damaged one: journal entries as they were signed, alerts, traffic.

Called by `sensor.store.rescue`. A gap in the journal is told by an entry of the kind `recovery`, signed like any other:
  {"anchors": {seq: SHA-256 of what that entry signs without the one before, and its MAC}, "erased": [seq…], "file",
   "lost": [[first, last]…]}
An anchor is the first entry after a gap: the one before it is lost, so that its MAC can no longer be computed; the recovery
entry vouches for it, and `sensor.store.verify` accepts no other gap. `erased` are those whose erasure entry is lost.
"""

import hmac
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from sensor.detect.alert import Alert
from sensor.store import salvage
from sensor.store.codec import decode
from sensor.store.entry import ALIEN, COLUMNS, Entry, entry_of
from sensor.store.journal import Journal, Kind, anchor, entries, insert, signed_text, signer_after
from sensor.store.table import write
from sensor.store.telling import rebuild, tell
from sensor.store.touched import GOOD, SEEING, touch

_DIGEST = 32
_WHOLE = {field.name for field in fields(Alert) if field.type is int}
_MOST_ROWS = 1 << 24
_AGO, _AHEAD = 430 * 1440, 31 * 1440  # the minutes of traffic that are looked for


@dataclass(frozen=True, slots=True)
class Found:
    """How much came out. `others`: rows of the tables that only one process has. `lost`: entries that are known to be missing."""

    entries: int
    alerts: int
    others: int
    lost: int


Rest = Callable[[sqlite3.Connection, sqlite3.Connection, int], int]
"""Fills what only one process's file has: (new, damaged, now) → how many rows came out."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a damaged file: its new name, its `size` in bytes, which bounds what it may hold, the keys of its journal.

    `signer` signs if no entry is left. `now`: nanoseconds since the epoch.
    """

    file: str
    size: int
    keys: Mapping[str, bytes]
    signer: str
    now: int


def refill(db: sqlite3.Connection, source: sqlite3.Connection, rest: Rest, case: Case) -> Found:
    """One transaction."""
    most, now = case.size // 64, case.now
    db.execute("BEGIN IMMEDIATE")
    good, lost, anchors = _kept(_entries(source, most), case.keys)
    for one in good:
        insert(db, one)
    journal = Journal(db, case.keys, case.signer)
    count = sum(last - first + 1 for first, last in lost)
    journal.append(
        Kind.RECOVERY, "", {"anchors": anchors, "erased": _untold(good), "file": case.file, "lost": lost}, now
    )
    alerts = _alerts(db, source, most)
    before = counter(source, "change")
    for change, alert in enumerate(alerts.values(), before + 1):  # past what the relay shipped: it ships them again
        tell(journal, alert, now)  # what the journal lost of it is told again
        write(db, alert, change)
    others = rest(db, source, now)
    db.execute("UPDATE meta SET value = ? WHERE key = 'change'", (before + len(alerts) + 1,))
    db.execute("COMMIT")
    return Found(len(good), len(alerts), others, count)


def _entries(source: sqlite3.Connection, most: int) -> Iterator[Entry]:
    select = f"SELECT {COLUMNS} FROM journal"  # noqa: S608  (our own words)
    top = salvage.last(source, "SELECT seq FROM journal", "seq", most)
    return map(entry_of, salvage.rows(source, select, "seq", 1, top + 1))


def _kept(found: Iterable[Entry], keys: Mapping[str, bytes]) -> tuple[list[Entry], list[list[int]], dict[str, str]]:
    """The entries that are as they were signed, or whose body at least is, after a gap; the gaps; what vouches for the latter."""
    good: list[Entry] = []
    lost: list[list[int]] = []
    anchors: dict[str, str] = {}
    for entry in found:
        before = good[-1].seq if good else 0
        if not _whole(entry) or entry.seq <= before:
            continue
        follows = entry.seq == before + 1
        if follows and (not good or signer_after(good[-1]) == entry.key) and _signed(entry, good, keys):
            good.append(entry)
        elif not follows and entry.key in keys:
            good.append(entry)
            lost.append([before + 1, entry.seq - 1])
            anchors[str(entry.seq)] = anchor(entry)
    return good, lost, anchors


def _untold(good: Iterable[Entry]) -> list[int]:
    gone = {entry.seq for entry in good if entry.body is None}
    for entry in good:
        if entry.kind == Kind.ERASURE and entry.body is not None:
            gone -= set(json.loads(entry.body)["entries"])
    return sorted(gone)


def _signed(entry: Entry, good: list[Entry], keys: Mapping[str, bytes]) -> bool:
    key = keys.get(entry.key)
    prev = good[-1].mac if good else b""
    return key is not None and hmac.compare_digest(hmac.digest(key, signed_text(entry, prev), "sha256"), entry.mac)


def _whole(entry: Entry) -> bool:
    """Its values are of their kinds, and its body, if it has one, is the one it was signed with."""
    texts = (entry.kind, entry.subject, entry.boot, entry.key, entry.body)
    return (
        ALIEN not in texts
        and min(entry.seq, entry.written, entry.monotonic) >= 0
        and len(entry.digest) == len(entry.mac) == _DIGEST
        and (entry.plain is None or sha256(entry.plain).digest() == entry.digest)
    )


def _alerts(db: sqlite3.Connection, source: sqlite3.Connection, most: int) -> dict[str, Alert]:
    """From the table as far as it can be read, the others as the journal tells them."""
    found: dict[str, Alert] = {}
    top = salvage.last(source, "SELECT rowid AS n FROM alert", "n", most)
    for _, body in salvage.rows(source, "SELECT rowid AS n, body FROM alert", "n", 1, top + 1):
        try:
            alert = decode(body)
        except (ValueError, TypeError):
            continue
        found[alert.id] = alert
    told = rebuild(entries(db))
    for name, plain in told.items():
        if name not in found:
            found[name] = decode(json.dumps(_numbers(plain)))
    return found


def _numbers(plain: dict[str, Any]) -> dict[str, Any]:
    """Back from what RFC 8785 cannot say exactly: times are decimal strings there."""
    return {name: int(value) if name in _WHOLE else value for name, value in plain.items()}


def tables(*names: str) -> Rest:
    """Of these tables, whose first column is their number, each row that can be read."""

    def rest(db: sqlite3.Connection, source: sqlite3.Connection, _now: int) -> int:
        count = 0
        for name in names:
            width = len(db.execute(f"PRAGMA table_info({name})").fetchall())
            places = ", ".join("?" * width)
            for row in salvage.rows(source, f"SELECT * FROM {name}", "id", 1, _MOST_ROWS):  # noqa: S608  (our own words)
                if len(row) == width:
                    count += db.execute(f"INSERT OR IGNORE INTO {name} VALUES ({places})", row).rowcount  # noqa: S608  (the same)
        return count

    return rest


def traffic(db: sqlite3.Connection, source: sqlite3.Connection, now: int) -> int:
    """Devices and words by their numbers, then the rows; one whose device is lost keeps its figures."""
    for table, columns, most in (("device", "id, ip, mac, last", 1 << 16), ("name", "id, text", 1 << 10)):
        for row in salvage.rows(source, f"SELECT {columns} FROM {table}", "id", 1, most):  # noqa: S608  (our own words)
            places = ", ".join("?" * len(row))
            db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({places})", row)  # noqa: S608  (the same)
    count, minute = 0, now // 60_000_000_000
    for level in range(7):
        select = f"SELECT * FROM traffic WHERE level = {level}"  # noqa: S608  (our own numbers)
        for row in salvage.rows(source, select, "start", minute - _AGO, minute + _AHEAD, least=10):
            if len(row) == 10 and all(isinstance(one, int) for one in row):
                count += db.execute("INSERT OR IGNORE INTO traffic VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row).rowcount
    db.execute(
        "INSERT OR IGNORE INTO device SELECT DISTINCT device, 'unknown-' || device, '', start FROM traffic "
        "WHERE level = 3 AND device NOT IN (SELECT id FROM device)"
    )
    db.execute(
        "INSERT OR IGNORE INTO name SELECT DISTINCT service, 'unknown-' || service FROM traffic "
        "WHERE service NOT IN (SELECT id FROM name)"
    )
    places = ", ".join("?" * len(db.execute("PRAGMA table_info(seeing)").fetchall()))
    for row in salvage.rows(source, "SELECT * FROM seeing", "start", minute - _AGO, minute + _AHEAD):
        if all(isinstance(one, int | float) for one in row):
            count += db.execute(f"INSERT OR IGNORE INTO seeing VALUES ({places})", row).rowcount  # noqa: S608  (our own words)
    select = "SELECT start, what, times FROM done_right"
    for row in salvage.rows(source, select, "start", minute - _AGO, minute + _AHEAD, least=10):
        count += db.execute("INSERT OR IGNORE INTO done_right VALUES (?, ?, ?)", row).rowcount
    count += _hosts(db, source, minute) + _backups(db, source, minute)
    db.execute("UPDATE meta SET value = ? WHERE key = 'series'", (counter(source, "series") + 1,))
    db.execute("UPDATE meta SET value = ? WHERE key = 'rolled'", (counter(source, "rolled"),))
    db.execute("UPDATE meta SET value = ? WHERE key = 'touched'", (counter(source, "touched"),))
    told = "SELECT DISTINCT level, start FROM traffic WHERE level IN (0, 2, 4) UNION SELECT ?, start FROM seeing UNION SELECT ?, start FROM done_right"
    touch(db, db.execute(told, (SEEING, GOOD)).fetchall())
    return count


def _hosts(db: sqlite3.Connection, source: sqlite3.Connection, minute: int) -> int:
    select, count = "SELECT * FROM host", 0
    for row in salvage.rows(source, select, "month", minute - _AGO, minute + _AHEAD, least=1440):
        if len(row) == 8 and all(isinstance(one, str) == (at in (1, 3)) for at, one in enumerate(row)):
            count += db.execute("INSERT OR IGNORE INTO host VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row).rowcount
    return count


def _backups(db: sqlite3.Connection, source: sqlite3.Connection, minute: int) -> int:
    count = 0
    for row in salvage.rows(source, "SELECT * FROM backup", "last", minute - _AGO, minute + _AHEAD, least=1440):
        if len(row) == 4 and ALIEN not in row:
            count += db.execute("INSERT OR IGNORE INTO backup VALUES (?, ?, ?, ?)", row).rowcount
    return count


def counter(source: sqlite3.Connection, key: str) -> int:
    """A figure of the damaged file's `meta`; 0 if it cannot be read."""
    for name, value, _ in salvage.rows(source, "SELECT key, value, 1 AS n FROM meta", "n", 1, 2):
        if name == key and isinstance(value, int):
            return value
    return 0
