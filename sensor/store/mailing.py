"""What the relay keeps of its mails: those in the outbox, which alert was told to whom, which wait. Called within one commit.

`RelayStore.mailing` opens it: all that one look at the news led to becomes durable together, so that a relay killed in its midst
looks again and tells nothing twice. A recipient is a hash of the address; the address itself stands in the mail, and leaves with it.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from sensor.store import schema
from sensor.store.codec import clean

MAIL = "mail"  # the outbox's target

_PUT = """
INSERT OR IGNORE INTO outbox (name, target, body, made, due, kind, about, recipient, domain, message, size)
VALUES (?, 'mail', ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_TOLD = """
INSERT INTO told (alert, recipient, severity, ended, cause, message, moment) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (alert, recipient) DO UPDATE SET severity=excluded.severity, ended=excluded.ended, moment=excluded.moment,
    message=CASE WHEN excluded.message = '' THEN message ELSE excluded.message END
"""
_PEND = """
INSERT INTO pending (alert, recipient, way, due) VALUES (?, ?, ?, ?)
ON CONFLICT (alert, recipient) DO UPDATE SET way=excluded.way, due=excluded.due
"""
_LISTED = """
SELECT id, name, kind, about, domain, message, size, made, due, tried, tries, answer, ended, outcome FROM outbox
WHERE target = 'mail' ORDER BY ended IS NULL DESC, id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class NewMail:
    """A message for the outbox. `name` makes it the same one; `body` is all of it, headers first."""

    name: str
    body: bytes
    kind: str
    about: str
    recipient: str
    domain: str
    message: str


@dataclass(frozen=True, slots=True)
class Told:
    """How an alert was told to a recipient; `message` is "" if it has no mail of its own."""

    severity: int
    ended: bool
    message: str
    moment: int


@dataclass(frozen=True, slots=True)
class Pending:
    """An alert that waits for a later mail."""

    alert: str
    way: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail of the outbox for people. Times in nanoseconds since the epoch; `ended` is None while it waits."""

    id: int
    name: str
    kind: str
    about: str
    domain: str
    message: str
    size: int
    made: int
    due: int
    tried: int | None
    tries: int
    answer: str
    ended: int | None
    outcome: str | None


class Mailing:
    """One commit's hand on the tables. `now`: nanoseconds since the epoch."""

    def __init__(self, db: sqlite3.Connection, now: int) -> None:
        self._db = db
        self.now = now

    def put(self, mail: NewMail, *, due: int = 0) -> bool:
        """False if a mail of that name was put before, whatever became of it."""
        row = (
            clean(mail.name), mail.body, self.now, due, mail.kind, clean(mail.about), mail.recipient, clean(mail.domain),
            mail.message, len(mail.body),
        )  # fmt: skip
        return self._db.execute(_PUT, row).rowcount > 0

    def move(self, name: str, position: str) -> None:
        """A cursor."""
        sql = (
            "INSERT INTO cursors (name, position, moved) VALUES (?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET position=excluded.position, moved=excluded.moved"
        )
        self._db.execute(sql, (name, position, self.now))

    def told(self, alert: str, recipient: str) -> Told | None:
        sql = "SELECT severity, ended, message, moment FROM told WHERE alert = ? AND recipient = ?"
        found = self._db.execute(sql, (clean(alert), recipient)).fetchone()
        return None if found is None else Told(found[0], bool(found[1]), found[2], found[3])

    def tell(self, alert: str, recipient: str, cause: str, told: Told) -> None:
        """From now on it is told so. An empty `message` leaves the one that it has."""
        row = (clean(alert), recipient, told.severity, told.ended, clean(cause), told.message, told.moment)
        self._db.execute(_TOLD, row)

    def last_of(self, recipient: str, cause: str) -> Told | None:
        """The last mail of its own about a cause."""
        sql = (
            "SELECT severity, ended, message, moment FROM told WHERE recipient = ? AND cause = ? AND message != '' "
            "ORDER BY moment DESC LIMIT 1"
        )
        found = self._db.execute(sql, (recipient, clean(cause))).fetchone()
        return None if found is None else Told(found[0], bool(found[1]), found[2], found[3])

    def pend(self, alert: str, recipient: str, way: str, due: int) -> None:
        self._db.execute(_PEND, (clean(alert), recipient, way, due))

    def pending(self, recipient: str) -> list[Pending]:
        """Those that are due."""
        sql = "SELECT alert, way FROM pending WHERE recipient = ? AND due <= ? ORDER BY id"
        return [Pending(*row) for row in self._db.execute(sql, (recipient, self.now))]

    def drop(self, recipient: str, alerts: Iterable[str]) -> None:
        """They wait no more."""
        sql = "DELETE FROM pending WHERE recipient = ? AND alert = ?"
        self._db.executemany(sql, [(recipient, clean(alert)) for alert in alerts])

    def count(self, recipient: str, since: int, kinds: tuple[str, ...]) -> int:
        """Mails of these kinds that were made for the recipient at or after a moment."""
        places = ", ".join("?" * len(kinds))
        sql = f"SELECT count(*) FROM outbox WHERE recipient = ? AND made >= ? AND kind IN ({places})"  # noqa: S608  (only places)
        return int(self._db.execute(sql, (recipient, since, *kinds)).fetchone()[0])


def listed(db: sqlite3.Connection, count: int = 100) -> list[Listed]:
    """The mails that wait, then those that ended, newest first. Within `sensor.store.reader.read`."""
    if schema.version(db) < 3:  # a relay of the version before
        return []
    return [Listed(*row) for row in db.execute(_LISTED, (count,))]


def cursor_of(db: sqlite3.Connection, name: str) -> str | None:
    """Where a cursor stands. Within `sensor.store.reader.read`."""
    found = db.execute("SELECT position FROM cursors WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found[0])
