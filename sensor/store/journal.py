"""The journal: what was told and done, in order, each entry signed over the one before. Called within the store's transactions.

The table holds an entry in few bytes: `boot` and `key` as the bytes their digits stand for, `body` packed
(`sensor.store.packed`), `digest` only once the body is gone. `stored` and `entry_of` go from one to the other, exactly.

The signed text of an entry is RFC 8785 canonical JSON:
  {"boot", "digest", "key", "kind", "monotonic", "prev", "seq", "subject", "written"}
with `digest` the SHA-256 of the body (itself canonical JSON), `prev` the MAC of the entry before (empty for the first), times
as decimal strings because nanoseconds pass 2^53 (RFC 8785, 3.2.2.3). `mac` is its HMAC-SHA-256 under the key `key`.

Kinds: opening, growth and closing of an alert; erasure {"entries": [seq…]}, whose bodies are then gone, digests and MACs
staying; rotation {"key": id}, signed by the old key, after which the new one signs; recovery, which tells what a damaged file
lost (`sensor.store.refill`); root, the heads of all journals (`sensor.store.roots`); clock, from which on the clock is trusted or not (`sensor.store.clock`). Of `serve` decisions,
exceptions, accounts, settings and sign-ins (`sensor.store.serve`); of `relay` sendings and reports (`sensor.store.relay`).
"""

import hmac
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import rfc8785

from sensor.store.codec import clean
from sensor.store.packed import pack, unpacked

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
COLUMNS = "seq, kind, subject, written, boot, monotonic, key, digest, mac, body"
_PLACES = ", ".join("?" * 10)
ALIEN = "\0"  # stands for a value that no entry was written with
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
    SENDING = "sending"
    REPORT = "report"
    ROOT = "root"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `body` is its canonical JSON, None once erased."""

    seq: int
    kind: str
    subject: str
    written: int
    boot: str
    monotonic: int
    key: str
    digest: bytes
    mac: bytes
    body: str | None


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
        text = rfc8785.dumps(canonical(dict(body))).decode()
        unsigned = Entry(
            seq=seq + 1,
            kind=kind.value,
            subject=subject,
            written=now,
            boot=self._boot,
            monotonic=time.monotonic_ns(),
            key=self._key,
            digest=sha256(text.encode()).digest(),
            mac=b"",
            body=text,
        )
        entry = replace(unsigned, mac=hmac.digest(self._keys[self._key], signed_text(unsigned, prev), "sha256"))
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

    def erase(self, seqs: list[int], now: int) -> None:
        """Take the bodies of these entries away, and say so in an entry of its own."""
        digests = [(one.digest, one.seq) for seq in sorted(seqs) for one in _rows(self._db, "WHERE seq = ?", (seq,))]
        self.append(Kind.ERASURE, "", {"entries": sorted(seqs)}, now)
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
    return str(json.loads(entry.body)["key"]) if entry.kind == Kind.ROTATION and entry.body else entry.key


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


def stored(entry: Entry) -> tuple[object, ...]:
    """The columns of the table."""
    return (
        entry.seq,
        entry.kind,
        entry.subject,
        entry.written,
        _short(entry.boot, 36),
        entry.monotonic,
        _short(entry.key, 16),
        entry.digest if entry.body is None else None,
        entry.mac,
        None if entry.body is None else pack(entry.body),
    )


def entry_of(row: tuple[Any, ...]) -> Entry:
    """Back. SQLite holds any type in any column: a value that is not what was written becomes what no MAC fits."""
    seq, kind, subject, written, boot, monotonic, key, digest, mac, body = row
    text = None
    if body is not None:
        plain = _body(body)
        found = sha256(plain).digest()
        digest = found if digest is None or digest == found else b""
        text = _text(plain)
    return Entry(
        seq if type(seq) is int else -1,
        kind if type(kind) is str else ALIEN,
        subject if type(subject) is str else ALIEN,
        written if type(written) is int else -1,
        _long(boot),
        monotonic if type(monotonic) is int else -1,
        _long(key),
        digest if type(digest) is bytes else b"",
        mac if type(mac) is bytes else b"",
        text,
    )


def lend(db: sqlite3.Connection) -> None:
    """The functions that migrations go from text to what the table holds with; NULL for what is not as Vigie writes it."""

    def packed(body: bytes) -> bytes | None:
        with suppress(ValueError):
            return pack(body.decode())
        return None

    def short(digits: int) -> Callable[[bytes], bytes | None]:
        def shortened(text: bytes) -> bytes | None:
            found = _short(text.decode("utf-8", "replace"), digits)
            return found if isinstance(found, bytes) else None

        return shortened

    def unsaid(digest: object, body: bytes) -> object:
        return None if digest == sha256(body).digest() else digest

    db.create_function("packed", 1, packed, deterministic=True)
    db.create_function("short_boot", 1, short(36), deterministic=True)
    db.create_function("short_key", 1, short(16), deterministic=True)
    db.create_function("unsaid", 2, unsaid, deterministic=True)  # type: ignore[arg-type]


def _body(value: object) -> bytes:
    if type(value) is bytes:
        try:
            return unpacked(value)
        except ValueError:
            return ALIEN.encode()
    return clean(value).encode() if type(value) is str else ALIEN.encode()  # a text as it is: of the third schema


def _text(plain: bytes) -> str:
    try:
        return plain.decode()
    except UnicodeDecodeError:
        return ALIEN


def _short(text: str, digits: int) -> bytes | str:
    """Hexadecimal digits as bytes, if they are and nothing is lost by it."""
    with suppress(ValueError):
        short = bytes.fromhex(text.replace("-", ""))
        if len(text) == digits and _long(short) == text:
            return short
    return text


@lru_cache(maxsize=256)
def _long(value: object) -> str:
    if type(value) is not bytes:
        return value if type(value) is str else ALIEN
    return str(UUID(bytes=value)) if len(value) == 16 else value.hex()


def _rows(db: sqlite3.Connection, which: str, values: tuple[str | int, ...]) -> Iterator[Entry]:
    return map(entry_of, db.execute(f"SELECT {COLUMNS} FROM journal {which}", values))  # noqa: S608  (our own words)
