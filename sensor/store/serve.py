"""The store of `vigie serve`: sign-ins, and the last word on what people decide, in DIR/serve/vigie.db.

Whatever a person does is an entry of the journal first (`record`); the table `current` holds the last one on each subject and
can be made again from the journal (`rebuilt`). A sign-in is an entry too, and a row to search by; both leave with retention.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sensor.store.base import RETENTION, OwnStore
from sensor.store.codec import clean
from sensor.store.entry import Entry
from sensor.store.journal import Kind
from sensor.store.refill import Rest, tables
from sensor.store.retention import MINUTE, Limits, Own
from sensor.store.schema import SERVE
from sensor.store.upkeep import Terms

RECORDED = (Kind.DECISION, Kind.EXCEPTION, Kind.ACCOUNT, Kind.SETTING, Kind.REQUEST)
"""Kinds of which the last entry on a subject counts."""

_SIGN_INS = 500  # that leave in one transaction
_LAST = """
INSERT INTO current (kind, subject, seq, body) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, subject) DO UPDATE SET seq=excluded.seq, body=excluded.body
"""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who came to the door. `account` is "" for the one-time link; `outcome` "opened" or "refused"."""

    moment: int  # nanoseconds since the epoch
    account: str
    way: str
    peer: str
    outcome: str


class ServeStore(OwnStore):
    """The only writer of DIR/serve/vigie.db."""

    LAYOUT = SERVE

    def _rest(self) -> Rest:
        return tables("current", "sign_in")

    def _opened(self, terms: Terms) -> Own:  # noqa: ARG002  (the base's form)
        return _Erasing(self._db)

    def record(self, kind: Kind, subject: str, body: Mapping[str, Any]) -> Entry:
        """A decision, an exception, an account, a setting or a request as it is from now on, durably. `body`: what canonical JSON can say."""
        if kind not in RECORDED:
            raise ValueError(f"{kind}: not a kind of which the last word counts")
        if subject == RETENTION:
            raise ValueError(f"{subject}: told by the store itself")
        subject = clean(subject)
        with self._turn, self._commit() as db:
            entry = self._journal.append(kind, subject, body, self._clock())
            db.execute(_LAST, (kind.value, subject, entry.seq, entry.body))
        return entry

    def sign_in(self, account: str, way: str, peer: str, outcome: str) -> SignIn:
        """One that was opened or refused, durably."""
        told = SignIn(self._clock(), clean(account), clean(way), clean(peer), clean(outcome))
        body = {"account": told.account, "outcome": told.outcome, "peer": told.peer, "way": told.way}
        with self._turn, self._commit() as db:
            self._journal.append(Kind.SIGN_IN, told.account, body, told.moment)
            db.execute(
                "INSERT INTO sign_in (moment, account, way, peer, outcome) VALUES (?, ?, ?, ?, ?)",
                (told.moment, told.account, told.way, told.peer, told.outcome),
            )
        return told


class _Erasing(Own):
    lapsing = (Kind.SIGN_IN,)

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def erase(self, limits: Limits) -> Iterator[bool]:
        sql = "DELETE FROM sign_in WHERE id IN (SELECT id FROM sign_in WHERE moment < ? LIMIT ?)"
        while self._db.execute(sql, (limits.alerts * MINUTE, _SIGN_INS)).rowcount:
            yield True


def current(db: sqlite3.Connection, kind: Kind) -> dict[str, dict[str, Any]]:
    """The last word on each subject of a kind. Within `sensor.store.reader.read`."""
    found = db.execute("SELECT subject, body FROM current WHERE kind = ? ORDER BY id", (kind.value,))
    return {subject: json.loads(body) for subject, body in found}


def sign_ins(db: sqlite3.Connection, count: int = 50) -> list[SignIn]:
    """The last ones, newest first. Within `sensor.store.reader.read`."""
    found = db.execute("SELECT moment, account, way, peer, outcome FROM sign_in ORDER BY id DESC LIMIT ?", (count,))
    return [SignIn(*row) for row in found]


def rebuilt(told: Iterable[Entry]) -> dict[tuple[str, str], str]:
    """The table `current` as the journal tells it: (kind, subject) → JSON."""
    return {
        (one.kind, one.subject): one.body
        for one in told
        if one.kind in RECORDED and one.body is not None and one.subject != RETENTION
    }
