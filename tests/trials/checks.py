"""What a trial comes to: `Tally` is the line that is printed, `check` looks at the stores afterwards. Called by `tests.trials.trials` and `killed`."""

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sensor.store import WatchStore, roots
from sensor.store.base import OwnStore
from sensor.store.journal import Kind, entries
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.serve import ServeStore, rebuilt
from sensor.store.telling import compare
from tests.trials.made import NOW, SET, alert

STORES: dict[str, type[OwnStore]] = {"watch": WatchStore, "serve": ServeStore, "relay": RelayStore}


@dataclass
class Tally:
    """The line that is printed, and what it is made of."""

    trials: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    broken: int = 0
    flipped: int = 0
    found: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    _turns: Counter[str] = field(default_factory=Counter)

    def turn(self, kind: str) -> int:
        """How often it was this kind's turn before."""
        self._turns[kind] += 1
        return self._turns[kind] - 1

    def __str__(self) -> str:
        phases = ", ".join(f"{name} {count}" for name, count in sorted(self.phases.items()))
        return (
            f"trials {self.trials}, acknowledged {self.acknowledged}, lost {self.lost}, duplicated {self.duplicated}, "
            f"chain broken {self.broken}, flipped found {self.found}/{self.flipped} (phases hit: {phases})"
        )

    @property
    def well(self) -> bool:
        return (self.lost, self.duplicated, self.broken, self.found) == (0, 0, 0, self.flipped)


def faulty(state: Path) -> bool:
    return any(one.fault is not None for one in roots.check(state).verdicts.values())


def check(
    tally: Tally, state: Path, lines: list[str], *, at_most: list[str] | None = None, rows: int = 0, whole: bool = False
) -> None:
    """Whatever was acknowledged is there, once in its table and once in the journal; the tables say what the journals say.

    `whole`: a whole process wrote it, which tells nothing of its traffic.
    """
    before = (tally.lost, tally.duplicated, tally.broken)
    for name, kind in STORES.items():
        if not kind.LAYOUT.path(state).exists() and name != "watch":
            continue
        with kind(state, clock=lambda: NOW, terms=SET) as store:
            intact = read(store.path, lambda db: db.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]
            tally.broken += not intact
            (_visits if whole and name == "serve" else _CHECKS[name])(tally, store, lines)
            if name == "watch":
                _traffic(tally, store, lines, at_most or lines, rows, whole=whole)
            store.upsert([alert("still-goes-on")])
    tally.broken += faulty(state)
    if (tally.lost, tally.duplicated, tally.broken) != before:
        facts = {"lost": tally.lost, "duplicated": tally.duplicated, "broken": tally.broken, "lines": len(lines)}
        sys.stderr.write(json.dumps(facts | {"state": str(state), "last": lines[-3:]}) + "\n")


def told(lines: list[str], letter: str) -> set[str]:
    return {line[2:] for line in lines if line.startswith(f"{letter} ")}


def _counted(store: OwnStore, *kinds: Kind) -> Counter[str]:
    return read(store.path, lambda db: Counter(one.subject for one in entries(db) if one.kind in kinds))


def _alerts(tally: Tally, store: OwnStore, lines: list[str]) -> None:
    wanted = told(lines, "a")
    kept = read(store.path, lambda db: Counter(one for (one,) in db.execute("SELECT id FROM alert")))
    opened = _counted(store, Kind.OPENING)
    different = read(
        store.path, lambda db: list(compare([body for (body,) in db.execute("SELECT body FROM alert")], entries(db)))
    )
    tally.acknowledged += len(wanted)
    tally.lost += len(wanted - kept.keys())
    tally.duplicated += sum(count > 1 for count in (*kept.values(), *opened.values()))
    tally.broken += bool(different)


def _decisions(tally: Tally, store: OwnStore, lines: list[str]) -> None:
    decided, came = told(lines, "d"), told(lines, "i")
    entered = _counted(store, Kind.SIGN_IN)
    rows = read(store.path, lambda db: Counter(one for (one,) in db.execute("SELECT account FROM sign_in")))
    kept = read(store.path, lambda db: {(k, s): b for k, s, b in db.execute("SELECT kind, subject, body FROM current")})
    tally.acknowledged += len(decided) + len(came)
    tally.lost += len(decided - {subject for _, subject in kept}) + len(came - rows.keys())
    tally.duplicated += sum(count > 1 for count in (*rows.values(), *entered.values()))
    tally.broken += kept != read(store.path, lambda db: rebuilt(entries(db))) or rows != entered


def _sendings(tally: Tally, store: OwnStore, lines: list[str]) -> None:
    put, sent = told(lines, "o"), told(lines, "e")
    rows = dict(read(store.path, lambda db: db.execute("SELECT name, ended FROM outbox").fetchall()))
    entered = _counted(store, Kind.SENDING)
    ended = {name for name, moment in rows.items() if moment is not None}
    tally.acknowledged += len(put) + len(sent)
    tally.lost += len(put - rows.keys()) + len(sent - ended)
    tally.duplicated += sum(count > 1 for count in entered.values())
    tally.broken += ended != entered.keys()


def _visits(tally: Tally, store: OwnStore, lines: list[str]) -> None:
    """Who came to the door of a whole `vigie serve`, by address."""
    came = told(lines, "i")
    rows = read(store.path, lambda db: Counter(one for (one,) in db.execute("SELECT peer FROM sign_in")))
    entered = read(
        store.path,
        lambda db: Counter(
            json.loads(one.body)["peer"] for one in entries(db) if one.kind == Kind.SIGN_IN and one.body
        ),
    )
    tally.acknowledged += len(came)
    tally.lost += len(came - rows.keys())
    tally.duplicated += sum(count > 1 for count in (*rows.values(), *entered.values()))
    tally.broken += rows != entered


def _traffic(tally: Tally, store: OwnStore, lines: list[str], at_most: list[str], rows: int, *, whole: bool) -> None:
    flows = sum(int(line[2:]) for line in lines if line.startswith("s ")) + rows
    most = sum(int(line[2:]) for line in at_most if line.startswith("s ")) + rows + 60  # the batch in flight
    written = read(store.path, lambda db: db.execute("SELECT coalesce(sum(flows), 0) FROM series").fetchone()[0])
    tally.lost += written < flows
    tally.duplicated += written > most and not whole


_CHECKS = {"watch": _alerts, "serve": _decisions, "relay": _sendings}
