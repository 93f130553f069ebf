"""Is the journal as it was written? Finds an entry altered, removed, inserted or swapped; with an earlier root, a cut tail too.

Called by `vigie verify`, at start and daily. A root is one line to keep elsewhere (the DPO's mail):
  v1.watch=1234.<SHA-256 over the heads>
"""

import hmac
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sensor.store.journal import ALIEN, Entry, Kind, entries, signed_text, signer_after


class Fault(StrEnum):
    """What is wrong with an entry."""

    ALTERED = "altered"  # it, or the one before, is not what was signed: changed, inserted or swapped
    MISSING = "missing"  # its number does not follow
    ERASED = "erased"  # its body is gone and no erasure says so
    KEY = "key"  # signed by a key that is not here, or that no rotation named
    CUT = "cut"  # the root knows entries that are gone, or others in their place


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fault` of the first bad entry, `seq` its number; None and the last number if all is well. `head` is the last MAC."""

    entries: int
    seq: int
    head: bytes
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """How far a journal had come, and a hash of its head then."""

    name: str
    seq: int
    digest: str

    def __str__(self) -> str:
        return f"v1.{self.name}={self.seq}.{self.digest}"

    @classmethod
    def parse(cls, text: str) -> "Root":
        """Errors: ValueError."""
        version, _, rest = text.partition(".")
        head, _, digest = rest.partition(".")
        name, _, seq = head.partition("=")
        if version != "v1" or not name or not seq.isascii() or not seq.isdigit() or len(digest) != 64:
            raise ValueError(f"{text}: this is not a root")
        return cls(name, int(seq), digest)


def root_of(name: str, seq: int, head: bytes) -> Root:
    return Root(name, seq, sha256(f"{name}={seq}:{head.hex()}".encode()).hexdigest())


def verify(db: sqlite3.Connection, keys: Mapping[str, bytes], root: Root | None = None) -> Verdict:
    """Reads the whole journal once. `root`: one that was given earlier."""
    walk = _Walk(keys)
    db.text_factory = _text
    for entry in entries(db):
        fault = walk.step(entry)
        if (
            fault is None
            and root is not None
            and entry.seq == root.seq
            and root_of(root.name, entry.seq, entry.mac) != root
        ):
            fault = Fault.CUT
        if fault is not None:
            return Verdict(walk.seq, walk.seq + 1 if fault is Fault.MISSING else entry.seq, walk.prev, fault)
    if walk.untold:
        return Verdict(walk.seq, min(walk.untold), walk.prev, Fault.ERASED)
    if root is not None and walk.seq < root.seq:
        return Verdict(walk.seq, walk.seq + 1, walk.prev, Fault.CUT)
    return Verdict(walk.seq, walk.seq, walk.prev)


def _text(raw: bytes) -> str:
    """A flipped bit may leave a text that is no UTF-8: that is a fault of its entry, and the others are read on."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ALIEN


class _Walk:
    """Where the reading stands: the last good entry, and the erased ones whose erasure has not come yet."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = keys
        self._key: str | None = None
        self.prev, self.seq = b"", 0
        self.untold: set[int] = set()

    def step(self, entry: Entry) -> Fault | None:
        fault = _fault(entry, self.seq, self.prev, self._keys, self._key)
        if fault is not None:
            return fault
        if entry.body is None:
            self.untold.add(entry.seq)
        elif entry.kind == Kind.ERASURE:
            self.untold -= set(json.loads(entry.body)["entries"])
        self.prev, self.seq, self._key = entry.mac, entry.seq, signer_after(entry)
        return None


def _fault(entry: Entry, seq: int, prev: bytes, keys: Mapping[str, bytes], key: str | None) -> Fault | None:
    if entry.seq != seq + 1:
        return Fault.MISSING
    if entry.key not in keys or (key is not None and entry.key != key):
        return Fault.KEY
    if not hmac.compare_digest(hmac.digest(keys[entry.key], signed_text(entry, prev), "sha256"), entry.mac):
        return Fault.ALTERED
    if entry.body is None:
        return Fault.ERASED if entry.kind in (Kind.ERASURE, Kind.ROTATION) else None
    return None if sha256(entry.body.encode()).digest() == entry.digest else Fault.ALTERED
