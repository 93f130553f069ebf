"""The journal: what was told and done, in order, each entry signed over the one before. Called within the store's transactions.

The signed text of an entry is RFC 8785 canonical JSON:
  {"boot", "digest", "key", "kind", "monotonic", "prev", "seq", "subject", "written"}
with `digest` the SHA-256 of the body (itself canonical JSON), `prev` the MAC of the entry before (empty for the first), times
as decimal strings because nanoseconds pass 2^53 (RFC 8785, 3.2.2.3). `mac` is its HMAC-SHA-256 under the key `key`.

Kinds: opening, growth and closing of an alert; erasure {"entries": [seq…], "files": [name…]}, whose bodies are then gone, digests and MACs
staying; rotation {"key": id}, signed by the old key, after which the new one signs; recovery, which tells what a damaged file
lost (`sensor.store.refill`); root, the heads of all journals (`sensor.store.roots`); clock, from which on the clock is trusted or not (`sensor.store.clock`). Of `serve` decisions,
exceptions, accounts, settings, sign-ins and requests to the other processes (`sensor.store.serve`); of `relay` sendings and reports (`sensor.store.relay`).
"""

import hmac
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785

from sensor.store.codec import clean
from sensor.store.entry import COLUMNS, Entry, entry_of, stored

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PLACES = ", ".join("?" * 10)
_EXACT = 2**53  # beyond, a double no longer tells whole numbers apart


class Kind(StrEnum):
    """What an entry tells."""

    OPENING = "opening"
    GROWTH = "growth"
    CLOSING = "closing"
    ERASURE = "erasure"
    ROTATION = "rotation"
    RECOVERY = "recovery"
    CLOCK = "clock"
    DECISION = "decision"
    EXCEPTION = "exception"
    ACCOUNT = "account"
    SETTING = "setting"
    SIGN_IN = "sign-in"
    REQUEST = "request"
    SENDING = "sending"
    REPORT = "report"
    ROOT = "root"


def boot_id() -> str:
    """The kernel's name for this boot; empty where there is none to read."""
    with suppress(OSError):
        return _BOOT_ID.read_text("ascii").strip()
    return ""


def signed_text(entry: Entry, prev: bytes) -> bytes:
    """What the MAC covers. Written out, because a hundred thousand are verified in two seconds; a test holds it to RFC 8785."""
    before, between = _lasting(entry.boot, entry.key, entry.kind)
    return (
        f'{before}{entry.digest.hex()}{between}{entry.monotonic}","prev":"{prev.hex()}","seq":{entry.seq},'
        f'"subject":{_quoted(entry.subject)},"written":"{entry.written}"}}'
    ).encode()


@lru_cache(maxsize=256)
def _lasting(boot: str, key: str, kind: str) -> tuple[str, str]:
    """The parts that thousands of entries share."""
    return (
        f'{{"boot":{_quoted(boot)},"digest":"',
        f'","key":{_quoted(key)},"kind":{_quoted(kind)},"monotonic":"',
    )


def anchor(entry: Entry) -> str:
    """What a recovery entry vouches for: the entry, without the one before."""
    return sha256(signed_text(entry, b"") + entry.mac).hexdigest()


def _quoted(text: str) -> str:
    """JSON's string. Nearly all are plain words; the library does the others."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return rfc8785.dumps(text).decode()


class Journal:
    """Appends to the table `journal` of an open store. The caller holds the transaction."""

    def __init__(self, db: sqlite3.Connection, keys: Mapping[str, bytes], first: str) -> None:
        """`keys` by id; `first` signs a journal that has no entry yet."""
        self._db = db
        self._keys = dict(keys)
        self._boot = boot_id()
        last = next(_rows(db, "ORDER BY seq DESC LIMIT 1", ()), None)
        self._key = first if last is None else signer_after(last)

    def append(self, kind: Kind, subject: str, body: Mapping[str, Any], now: int) -> Entry:
        """A new entry at the end. `now`: nanoseconds since the epoch."""
        seq, prev = self._db.execute("SELECT seq, mac FROM journal ORDER BY seq DESC LIMIT 1").fetchone() or (0, b"")
        plain = rfc8785.dumps(canonical(dict(body)))
        unsigned = Entry(
            seq=seq + 1,
            kind=kind.value,
            subject=subject,
            written=now,
            boot=self._boot,
            monotonic=time.monotonic_ns(),
            key=self._key,
            digest=sha256(plain).digest(),
            mac=b"",
            plain=plain,
        )
        entry = unsigned._replace(mac=hmac.digest(self._keys[self._key], signed_text(unsigned, prev), "sha256"))
        insert(self._db, entry)
        return entry

    @property
    def key(self) -> str:
        """Id of the key that signs the next entry."""
        return self._key

    def rotate(self, name: str, key: bytes, now: int) -> None:
        """From here on `key` signs; the old one signs that it does."""
        self.append(Kind.ROTATION, "", {"key": name}, now)
        self._keys[name] = key
        self._key = name

    def erase(self, seqs: list[int], now: int, *, files: Sequence[str] = ()) -> None:
        """Take the bodies of these entries away, and say so in an entry of its own; `files` are the caller's to take away."""
        digests = [(one.digest, one.seq) for seq in sorted(seqs) for one in _rows(self._db, "WHERE seq = ?", (seq,))]
        told = {"entries": sorted(seqs)} | ({"files": sorted(files)} if files else {})
        self.append(Kind.ERASURE, "", told, now)
        self._db.executemany("UPDATE journal SET digest = ?, body = NULL WHERE seq = ?", digests)

    def of(self, subject: str) -> Iterator[Entry]:
        """The entries about one thing, in order."""
        return _rows(self._db, "WHERE subject = ? ORDER BY seq", (subject,))

    def last_of(self, subject: str) -> Entry | None:
        """The newest of them."""
        return next(_rows(self._db, "WHERE subject = ? ORDER BY seq DESC LIMIT 1", (subject,)), None)


def entries(db: sqlite3.Connection) -> Iterator[Entry]:
    """All entries, in order."""
    return _rows(db, "ORDER BY seq", ())


def entries_after(db: sqlite3.Connection, seq: int, count: int) -> Iterator[Entry]:
    """The `count` entries that follow number `seq`, or those there are."""
    return _rows(db, f"WHERE seq > ? ORDER BY seq LIMIT {int(count)}", (seq,))


def about(db: sqlite3.Connection, subject: str, kind: Kind) -> Iterator[Entry]:
    """Those of one kind about one thing, in order."""
    return _rows(db, "WHERE subject = ? AND kind = ? ORDER BY seq", (subject, kind.value))


def signer_after(entry: Entry) -> str:
    """Id of the key that must sign the next entry."""
    return str(json.loads(entry.plain)["key"]) if entry.kind == Kind.ROTATION and entry.plain else entry.key


def canonical(value: Any) -> Any:
    """The value as RFC 8785 can say it: numbers that a double would round become decimal strings, tuples lists."""
    if isinstance(value, Mapping):
        return {str(name): canonical(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(one) for one in value]
    if isinstance(value, str):
        return clean(str(value))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    return value


def insert(db: sqlite3.Connection, entry: Entry) -> None:
    """As it was signed."""
    db.execute(f"INSERT INTO journal ({COLUMNS}) VALUES ({_PLACES})", stored(entry))  # noqa: S608  (our own words)


def _rows(db: sqlite3.Connection, which: str, values: tuple[str | int, ...]) -> Iterator[Entry]:
    return map(entry_of, db.execute(f"SELECT {COLUMNS} FROM journal {which}", values))  # noqa: S608  (our own words)
