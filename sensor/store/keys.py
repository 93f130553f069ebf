"""The keys that sign a journal: DIR/…/keys/<id>.key, 32 random bytes each, mode 0600.

A key's id is the first sixteen hexadecimal digits of its SHA-256, so that a file cannot pass for another key. Old keys stay,
since what they signed must still be verified.
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from sensor.store.errors import NeedsHuman, Reason

KEY_BYTES = 32


def key_id(key: bytes) -> str:
    return sha256(key).hexdigest()[:16]


def load(folder: Path) -> Mapping[str, bytes]:
    """The keys by id. Errors: NeedsHuman if one is damaged or may not be read."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.key")):
        try:
            key = path.read_bytes()
        except OSError as error:
            raise NeedsHuman(Reason.DENIED, path, error.strerror or str(error)) from error
        if len(key) != KEY_BYTES or key_id(key) != path.stem:
            raise NeedsHuman(Reason.DAMAGED, path, "this is not the key that its name says")
        found[path.stem] = key
    return found


def newest(folder: Path) -> str:
    """The id of the key made last; empty if there is none."""
    paths = sorted(folder.glob("*.key"), key=lambda path: path.stat().st_mtime_ns)
    return paths[-1].stem if paths else ""


def make(folder: Path) -> str:
    """A new key, on the disk before it signs anything. Its id."""
    key = os.urandom(KEY_BYTES)
    name = key_id(key)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(key)
        out.flush()
        os.fsync(out.fileno())
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return name
