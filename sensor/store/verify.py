"""Is the journal as it was written? Finds an entry altered, removed, inserted or swapped; with an earlier root, a cut tail too.

Called by `vigie verify`, at start and daily. A root is one line to keep elsewhere (the DPO's mail), of one journal or of all:
  v1.watch=1234.<SHA-256 of the head>
  v1.relay=56:<its head's first 16 digits>,serve=78:<…>,watch=1234:<…>.<SHA-256 over the heads>
"""

import hmac
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sensor.store.entry import Entry
from sensor.store.journal import Kind, about, anchor, entries, signed_text, signer_after
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
class Head:
    """How far the journal `name` had come, and a hash of its entry `seq`, or the first digits of it."""

    name: str
    seq: int
    digest: str


def head_of(name: str, seq: int, mac: bytes) -> Head:
    return Head(name, seq, sha256(f"{name}={seq}:{mac.hex()}".encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Root:
    """Heads in order of their names, and a hash over them all; of one head, its own."""

    heads: tuple[Head, ...]
    digest: str

    @classmethod
    def over(cls, heads: Iterable[Head]) -> "Root":
        """`heads` with their whole hashes, at least one."""
        known = tuple(sorted(heads, key=lambda head: head.name))
        if len(known) == 1:
            return cls(known, known[0].digest)
        return cls(known, sha256("\n".join(head.digest for head in known).encode()).hexdigest())

    def __str__(self) -> str:
        one = len(self.heads) == 1
        told = ",".join(f"{head.name}={head.seq}" + ("" if one else f":{head.digest[:16]}") for head in self.heads)
        return f"v1.{told}.{self.digest}"

    @classmethod
    def parse(cls, text: str) -> "Root":
        """Blanks in it are those of a page that broke the line. Errors: ValueError."""
        found = _ROOT.fullmatch("".join(text.split()))
        if found is None:
            raise ValueError(f"{text}: this is not a root")
        told = [_HEAD.fullmatch(part) for part in found[1].split(",")]
        heads = tuple(Head(one[1], int(one[2]), one[3] or found[2]) for one in told if one is not None)
        if len(heads) != len(told) or (len(told) > 1 and any(one is None or one[3] is None for one in told)):
            raise ValueError(f"{text}: this is not a root")
        return cls(heads, found[2])


_ROOT = re.compile(r"v1\.([^.]+)\.([0-9a-f]{64})")
_HEAD = re.compile(r"([a-z]+)=([0-9]{1,18})(?::([0-9a-f]{16}))?")


def verify(db: sqlite3.Connection, keys: Mapping[str, bytes], heads: Iterable[Head] = ()) -> Verdict:
    """Reads the whole journal once. `heads`: of this journal, given earlier."""
    heads = tuple(heads)
    try:
        return _walked(db, keys, heads)
    except sqlite3.OperationalError:
        db.text_factory = readable  # slower by a third, and only a damaged file needs it
        return _walked(db, keys, heads)


def _walked(db: sqlite3.Connection, keys: Mapping[str, bytes], heads: Iterable[Head]) -> Verdict:
    walk = Walk(db, keys, heads)
    for entry in entries(db):
        if not walk.step(entry):
            break
    return walk.verdict()


class Walk:
    """Where the reading stands: the last good entry, the erased ones whose erasure has not come yet, and so the gaps."""

    def __init__(self, db: sqlite3.Connection, keys: Mapping[str, bytes], heads: Iterable[Head] = ()) -> None:
        self._keys = keys
        self._heads: dict[int, list[Head]] = {}
        for head in heads:
            if head.seq:
                self._heads.setdefault(head.seq, []).append(head)
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
        if fault is None and entry.seq in self._heads and not self._is_head(entry):
            fault = Fault.CUT
        if fault is not None:
            self._bad = (self.seq + 1 if fault is Fault.MISSING else entry.seq, fault)
            return False
        if entry.plain is None:
            self._untold.add(entry.seq)
        elif entry.kind == Kind.ERASURE:
            self._untold -= set(json.loads(entry.plain)["entries"])
        elif entry.kind == Kind.RECOVERY:
            self._vouched(json.loads(entry.plain))
        self.prev, self.seq, self._key = entry.mac, entry.seq, signer_after(entry)
        return True

    def verdict(self) -> Verdict:
        """Of what was read so far, as if it were all."""
        bad = self._bad
        if bad is None and self._gaps:
            bad = (min(first for first, _ in self._gaps.values()), Fault.MISSING)
        if bad is None and self._untold:
            bad = (min(self._untold), Fault.ERASED)
        if bad is None and self.seq < max(self._heads, default=0):
            bad = (self.seq + 1, Fault.CUT)
        if bad is None:
            return Verdict(self.seq, self.seq, self.prev, lost=self.lost)
        return Verdict(self.seq, bad[0], self.prev, bad[1], self.lost)

    def _is_head(self, entry: Entry) -> bool:
        return all(
            head_of(head.name, entry.seq, entry.mac).digest.startswith(head.digest) for head in self._heads[entry.seq]
        )

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
            found |= {str(one) for one in json.loads(entry.plain or b"")["anchors"].values()}
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # the reading will come to it
    return found


def _fault(entry: Entry, seq: int, prev: bytes, keys: Mapping[str, bytes], key: str | None) -> Fault | None:
    if entry.seq != seq + 1:
        return Fault.MISSING
    if entry.plain is None and not entry.digest:
        return Fault.ERASED
    if entry.key not in keys or (key is not None and entry.key != key):
        return Fault.KEY
    if not hmac.compare_digest(hmac.digest(keys[entry.key], signed_text(entry, prev), "sha256"), entry.mac):
        return Fault.ALTERED
    return Fault.ERASED if _hollow(entry) else None


def _hollow(entry: Entry) -> bool:
    return entry.plain is None and entry.kind in LASTING
