"""The day's root: how far every journal of this box had come, told in each of them, so that none can be cut or made again unseen.

Once a day each process that writes journals the heads of all (kind `root`, {"root": "v1.…"}, `sensor.store.verify`). Whoever
holds one process's key cannot change what the others have told of it; the root of `watch` goes out in the DPO's mail.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sensor.store import keys
from sensor.store.errors import StoreError
from sensor.store.journal import Kind, about
from sensor.store.reader import read
from sensor.store.schema import DATABASE, LAYOUTS
from sensor.store.verify import Fault, Head, Root, Verdict, head_of, verify


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of every journal, and the root of now, over those that are well; None if there is none."""

    verdicts: dict[str, Verdict]
    root: Root | None


def check(state: Path, given: Root | None = None) -> Checked:
    """All journals of a state directory against what was signed, against each other, and against a root given earlier.

    Errors: StoreError (a store that cannot be read), ValueError (what was given is no root of this box).
    """
    stores = {name: path for name, path in _stores(state).items() if path.exists()}
    named = list(given.heads) if given is not None else []
    # First what all tell of one another, then the checks: a journal that grows meanwhile only has more.
    for path in stores.values():
        named += read(path, lambda db: list(told(db)))
    verdicts = {}
    for name, path in stores.items():
        known = keys.load(path.parent / "keys")
        heads = [head for head in named if head.name == name]
        verdicts[name] = read(path, partial(verify, keys=known, heads=heads))
    for head in named:
        if head.seq and head.name not in verdicts:
            verdicts[head.name] = Verdict(0, 1, b"", Fault.CUT)
    if given is not None and all(verdict.fault is None for verdict in verdicts.values()):
        then = [_head_at(stores[head.name], head) for head in given.heads if head.seq]
        if (
            Root.over([*then, *(head_of(head.name, 0, b"") for head in given.heads if not head.seq)]).digest
            != given.digest
        ):
            raise ValueError(f"{given}: this is not a root")
    well = [head_of(name, one.seq, one.head) for name, one in verdicts.items() if one.fault is None]
    return Checked(verdicts, Root.over(well) if well else None)


def of_now(state: Path) -> Root | None:
    """Over the journals that can be read."""
    heads = []
    for name, path in _stores(state).items():
        with suppress(StoreError):
            heads.append(read(path, lambda db, name=name: last_head(db, name)))  # type: ignore[misc]
    return Root.over(heads) if heads else None


def last_head(db: sqlite3.Connection, name: str) -> Head:
    seq, mac = db.execute("SELECT seq, mac FROM journal ORDER BY seq DESC LIMIT 1").fetchone() or (0, b"")
    return head_of(name, seq, mac)


def told(db: sqlite3.Connection) -> Iterator[Head]:
    """The heads in the roots that a journal tells, not checked yet: its own check does."""
    for entry in about(db, "", Kind.ROOT):
        with suppress(ValueError, TypeError, KeyError):
            yield from Root.parse(json.loads(entry.body or "")["root"]).heads


def last_told(db: sqlite3.Connection) -> tuple[int, str] | None:
    """(when, which) the journal told last."""
    found = None
    for entry in about(db, "", Kind.ROOT):
        with suppress(ValueError, TypeError, KeyError):
            found = entry.written, str(json.loads(entry.body or "")["root"])
    return found


def _head_at(path: Path, head: Head) -> Head:
    sql = "SELECT mac FROM journal WHERE seq = ?"
    (mac,) = read(path, lambda db: db.execute(sql, (head.seq,)).fetchone())
    return head_of(head.name, head.seq, mac)


def _stores(state: Path) -> dict[str, Path]:
    return {layout.name: state / layout.name / DATABASE for layout in LAYOUTS}
