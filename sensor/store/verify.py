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
from typing import Any

from sensor.store.journal import Entry, Kind, about, anchor, entries, signed_text, signer_after
from sensor.store.salvage import readable

LASTING = (Kind.ERASURE, Kind.ROTATION, Kind.RECOVERY)
"""Kinds whose content is never erased: without it the others could not be checked."""


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
    lost: int = 0  # entries that a damaged file took, as a recovery entry says


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
    db.text_factory = readable
    walk = Walk(db, keys, root)
    for entry in entries(db):
        if not walk.step(entry):
            break
    return walk.verdict()


class Walk:
    """Where the reading stands: the last good entry, the erased ones whose erasure has not come yet, and so the gaps."""

    def __init__(self, db: sqlite3.Connection, keys: Mapping[str, bytes], root: Root | None = None) -> None:
        self._keys = keys
        self._root = root
        self._key: str | None = None
        self._anchors = _anchors(db)
        self._gaps: dict[
            int, tuple[int, str]
        ] = {}  # by the anchor's number: the first lost one, and what must be vouched for
        self._untold: set[int] = set()
        self._bad: tuple[int, Fault] | None = None
        self.lost = 0
        self.prev, self.seq = b"", 0

    def step(self, entry: Entry) -> bool:
        """The next entry. False once one is bad."""
        fault = _fault(entry, self.seq, self.prev, self._keys, self._key)
        if fault is Fault.MISSING and entry.seq > self.seq and self._anchored(entry):
            self._gaps[entry.seq] = (self.seq + 1, anchor(entry))
            fault = None
        if fault is None and self._root is not None and entry.seq == self._root.seq:
            fault = None if root_of(self._root.name, entry.seq, entry.mac) == self._root else Fault.CUT
        if fault is not None:
            self._bad = (self.seq + 1 if fault is Fault.MISSING else entry.seq, fault)
            return False
        if entry.body is None:
            self._untold.add(entry.seq)
        elif entry.kind == Kind.ERASURE:
            self._untold -= set(json.loads(entry.body)["entries"])
        elif entry.kind == Kind.RECOVERY:
            self._vouched(json.loads(entry.body))
        self.prev, self.seq, self._key = entry.mac, entry.seq, signer_after(entry)
        return True

    def verdict(self) -> Verdict:
        """Of what was read so far, as if it were all."""
        bad = self._bad
        if bad is None and self._gaps:
            bad = (min(first for first, _ in self._gaps.values()), Fault.MISSING)
        if bad is None and self._untold:
            bad = (min(self._untold), Fault.ERASED)
        if bad is None and self._root is not None and self.seq < self._root.seq:
            bad = (self.seq + 1, Fault.CUT)
        if bad is None:
            return Verdict(self.seq, self.seq, self.prev, lost=self.lost)
        return Verdict(self.seq, bad[0], self.prev, bad[1], self.lost)

    def _anchored(self, entry: Entry) -> bool:
        """Whether a recovery entry, still to be read and checked, says that it may stand after a gap."""
        whole = entry.key in self._keys and len(entry.mac) == len(entry.digest) == 32
        return whole and not _hollow(entry) and anchor(entry) in self._anchors

    def _vouched(self, told: dict[str, Any]) -> None:
        lost = dict(told["lost"])
        self._untold -= set(told["erased"])
        for seq, vouched in told["anchors"].items():
            first, digest = self._gaps.get(int(seq), (0, ""))
            if digest == vouched and lost.get(first) == int(seq) - 1:
                del self._gaps[int(seq)]
                self.lost += int(seq) - first


def _anchors(db: sqlite3.Connection) -> set[str]:
    """What recovery entries vouch for, not checked yet: each of them must be read as good later in the journal."""
    found: set[str] = set()
    for entry in about(db, "", Kind.RECOVERY):
        try:
            found |= {str(one) for one in json.loads(entry.body or "")["anchors"].values()}
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # the reading will come to it
    return found


def _fault(entry: Entry, seq: int, prev: bytes, keys: Mapping[str, bytes], key: str | None) -> Fault | None:
    if entry.seq != seq + 1:
        return Fault.MISSING
    if entry.body is None and not entry.digest:
        return Fault.ERASED
    if entry.key not in keys or (key is not None and entry.key != key):
        return Fault.KEY
    if not hmac.compare_digest(hmac.digest(keys[entry.key], signed_text(entry, prev), "sha256"), entry.mac):
        return Fault.ALTERED
    return Fault.ERASED if _hollow(entry) else None


def _hollow(entry: Entry) -> bool:
    return entry.body is None and entry.kind in LASTING
