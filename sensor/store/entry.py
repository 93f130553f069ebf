"""An entry of the journal, and how the table holds it in few bytes. Called by whoever reads or writes the table `journal`.

`boot` and `key` are held as the bytes their digits stand for, `body` packed (`sensor.store.packed`), `digest` only once the body
is gone. `stored` and `entry_of` go from one to the other, exactly. Up to the third schema all were texts: those are read too.
"""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sensor.store.codec import clean
from sensor.store.packed import pack, packed, unpacked

COLUMNS = "seq, kind, subject, written, boot, monotonic, key, digest, mac, body"
ALIEN = "\0"  # stands for a value that no entry was written with


class Entry(NamedTuple):
    """One entry. `plain` is its canonical JSON in UTF-8, None once erased. A tuple, since a hundred thousand are made in two seconds."""

    seq: int
    kind: str
    subject: str
    written: int
    boot: str
    monotonic: int
    key: str
    digest: bytes
    mac: bytes
    plain: bytes | None

    @property
    def body(self) -> str | None:
        """The JSON as text."""
        return None if self.plain is None else _text(self.plain)


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
        entry.digest if entry.plain is None else None,
        entry.mac,
        None if entry.plain is None else packed(entry.plain),
    )


def entry_of(row: tuple[Any, ...]) -> Entry:
    """Back. SQLite holds any type in any column: a value that is not what was written becomes what no MAC fits."""
    seq, kind, subject, written, boot, monotonic, key, digest, mac, body = row
    plain = None
    if body is not None:
        plain = _body(body)
        found = sha256(plain).digest()
        digest = found if digest is None or digest == found else b""
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
        plain,
    )


def lend(db: sqlite3.Connection) -> None:
    """The functions that migrations go from text to what the table holds with; NULL for what is not as Vigie writes it."""

    def repacked(body: bytes) -> bytes | None:
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

    db.create_function("packed", 1, repacked, deterministic=True)
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
