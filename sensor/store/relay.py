"""The store of `vigie relay`: how far everything was shipped, and what waits to be sent, in DIR/relay/vigie.db.

A cursor moves once what lies before it was acknowledged at the other end, so that a relay killed in between ships that again:
at least once; the other end makes it once. What must not go twice (a mail) waits in the outbox under a name of its own.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sensor.store.base import OwnStore
from sensor.store.codec import clean
from sensor.store.journal import Kind
from sensor.store.mailing import Mailing
from sensor.store.refill import Rest, tables
from sensor.store.retention import MINUTE, Limits, Own
from sensor.store.schema import RELAY
from sensor.store.upkeep import Terms

INFLUX_TROUBLE = "influx trouble"
"""The cursor that holds what a person must look at, as JSON; "" where nothing is."""
_POINT = 2_000  # characters of a point set aside
_ENDED = 500  # rows that leave in one transaction
_MOVE = """
INSERT INTO cursors (name, position, moved) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET position=excluded.position, moved=excluded.moved
"""
_WAITING = """
SELECT id, name, target, body, made, due, tries, trouble FROM outbox
WHERE ended IS NULL AND target = ? AND due <= ? ORDER BY id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to send. Times in nanoseconds since the epoch; `tries` and `trouble` tell of those that failed."""

    id: int
    name: str
    target: str
    body: bytes
    made: int
    due: int
    tries: int
    trouble: str


class RelayStore(OwnStore):
    """The only writer of DIR/relay/vigie.db."""

    LAYOUT = RELAY

    def _rest(self) -> Rest:
        return tables("cursors", "outbox", "placed", "aside", "told", "pending")

    def _opened(self, terms: Terms) -> Own:  # noqa: ARG002  (the base's form)
        return _Erasing(self._db)

    def cursor(self, name: str) -> str | None:
        """Where it stands; None before its first move."""
        with self._turn, self._telling():
            found = self._db.execute("SELECT position FROM cursors WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def move(self, positions: Mapping[str, str]) -> None:
        """Cursors by name, all in one durable step. Never journaled: they move each minute, and tell nothing to keep."""
        with self._turn, self._commit() as db:
            now = self._clock()
            db.executemany(_MOVE, [(name, position, now) for name, position in positions.items()])

    def put(self, name: str, target: str, body: bytes, *, due: int = 0) -> bool:
        """Something to send, durably. False if that name was put before, whatever became of it."""
        sql = "INSERT OR IGNORE INTO outbox (name, target, body, made, due) VALUES (?, ?, ?, ?, ?)"
        with self._turn, self._commit() as db:
            return db.execute(sql, (clean(name), target, body, self._clock(), due)).rowcount > 0

    @contextmanager
    def mailing(self) -> Iterator[Mailing]:
        """One durable step of what there is to tell by mail."""
        with self._turn, self._commit() as db:
            yield Mailing(db, self._clock())

    def waiting(self, target: str, now: int, count: int = 100) -> list[Waiting]:
        """What may be tried now, in the order it was put."""
        with self._turn, self._telling():
            return [Waiting(*row) for row in self._db.execute(_WAITING, (target, now, count))]

    def failed(self, item: Waiting, trouble: str, due: int) -> None:
        """It is tried again, not before `due`."""
        sql = "UPDATE outbox SET tries = tries + 1, trouble = ?, answer = ?, tried = ?, due = ? WHERE id = ?"
        with self._turn, self._commit() as db:
            db.execute(sql, (clean(trouble), clean(trouble), self._clock(), due, item.id))

    def ended(self, item: Waiting, outcome: str, told: Mapping[str, Any], answer: str = "") -> None:
        """It was sent ("sent") or will never be ("aside"): journaled with what `told` says of it, and its body let go."""
        sql = "UPDATE outbox SET ended = ?, outcome = ?, answer = ?, tried = ?, tries = tries + 1, body = x'' WHERE id = ?"
        with self._turn, self._commit() as db:
            now = self._clock()
            body = {**told, "outcome": outcome, "target": item.target}
            self._journal.append(Kind.SENDING, item.name, body, now)
            db.execute(sql, (now, outcome, clean(answer), now, item.id))

    def reported(self, month: str, files: Mapping[str, str]) -> None:
        """A monthly report was made: journaled, with the SHA-256 of each file by its name."""
        with self._turn, self._commit():
            self._journal.append(Kind.REPORT, month, {"files": dict(files)}, self._clock())

    def place(self, places: Mapping[str, int]) -> dict[str, int]:
        """Where each alert's point lies: as at its first time, whatever is proposed now. Nanoseconds since the epoch."""
        with self._turn, self._commit() as db:
            sql = "INSERT OR IGNORE INTO placed (alert, at) VALUES (?, ?)"
            db.executemany(sql, [(clean(name), at) for name, at in places.items()])
            ask = "SELECT at FROM placed WHERE alert = ?"
            return {name: int(db.execute(ask, (clean(name),)).fetchone()[0]) for name in places}

    def set_aside(self, point: str, reason: str) -> None:
        """A point that InfluxDB will not have, whatever is done: kept here with its words."""
        sql = "INSERT INTO aside (point, reason, moment) VALUES (?, ?, ?)"
        with self._turn, self._commit() as db:
            db.execute(sql, (clean(point)[:_POINT], clean(reason), self._clock()))


class _Erasing(Own):
    lapsing = (Kind.SENDING, Kind.REPORT)

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def erase(self, limits: Limits) -> Iterator[bool]:
        sql = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE ended < ? LIMIT ?)"
        while self._db.execute(sql, (limits.alerts * MINUTE, _ENDED)).rowcount:
            yield True
        for table, moment in (("placed", "at"), ("aside", "moment"), ("told", "moment"), ("pending", "due")):
            sql = f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {moment} < ? LIMIT ?)"  # noqa: S608  (our own words)
            while self._db.execute(sql, (limits.alerts * MINUTE, _ENDED)).rowcount:
                yield True
