"""What is written while nobody has set the clock: marked, and put right once the clock is set.

Most Pis start with the hour of their last stop. Until a time server has set the clock every alert says so in its evidence
(`clock`: `not_set`), and rows of traffic are also kept in `unsure_traffic`. When the clock jumps against the machine's own, which
nobody sets, all of them move by as much: alerts get an entry of growth with their true times (`clock`: `corrected`), traffic is
taken from the wrong minutes and added to the right ones, and so is what went to hosts (`unsure_hosts`). A boot that ends before leaves its marks.

Called by `sensor.store.watch`, each second and before it writes; `put_right` and `kept` within its transactions.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sensor.detect.alert import Alert
from sensor.store import unsure_hosts
from sensor.store.codec import decode
from sensor.store.journal import Journal, boot_id
from sensor.store.table import counted, write
from sensor.store.telling import tell
from sensor.store.traffic import Sums, Traffic

MARK, NOT_SET, CORRECTED = "clock", "not_set", "corrected"
MOST_ALERTS, MOST_ROWS = 2_000, 20_000  # of one boot; later ones keep their mark
_SECOND = 1_000_000_000
_STEP = 2 * _SECOND  # less is how time servers correct a clock that is set
_COLUMNS = "minute, ip, service, destination, mac, bytes_out, bytes_in, packets_out, packets_in, flows"
_COPY = f"""
INSERT INTO unsure_traffic ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    bytes_out = bytes_out + excluded.bytes_out, bytes_in = bytes_in + excluded.bytes_in,
    packets_out = packets_out + excluded.packets_out, packets_in = packets_in + excluded.packets_in,
    flows = flows + excluded.flows
"""  # noqa: S608  (our own words)


@dataclass(slots=True)
class _Times:
    """Of an alert, as its source says them, and how far each is from the truth."""

    first: int
    last: int
    first_shift: int | None = 0  # None: it began before, with the clock set
    last_shift: int = 0


class Unsure:
    """`offset`: wall clock less the machine's own, now; `trusted`: whether somebody has set the wall clock."""

    def __init__(self, db: sqlite3.Connection, offset: Callable[[], int], trusted: Callable[[], bool]) -> None:
        self._db = db
        self._offset_now = offset
        self._trusted = trusted
        self._known: dict[str, _Times] = {}
        boot = int.from_bytes(sha256(boot_id().encode()).digest()[:6]) + 1
        goes_on = self._meta("unsure_boot") == boot
        self._doubts = goes_on or not trusted()
        if goes_on:
            self._offset = self._meta("unsure_offset")
            self._reload()
            return
        self._offset = offset()
        if self._doubts or self._meta("unsure_boot"):
            self._clear(boot if self._doubts else 0)

    def moved(self) -> int | None:
        """How far the clock jumped, or 0 if it is found to be set; None if there is nothing to put right."""
        if not self._doubts:
            return None
        shift = self._offset_now() - self._offset
        if abs(shift) >= _STEP:
            return shift
        return 0 if self._trusted() else None

    def put_right(self, shift: int, journal: Journal, traffic: Traffic, month: Callable[[int], int], now: int) -> None:
        """Move all of it by `shift` nanoseconds; forget it if the clock is set now. `month`: as `HostBook.month`."""
        settled = self._trusted()
        change = counted(self._db, "change") if self._known else 0
        for name, times in self._known.items():
            found = self._db.execute("SELECT body FROM alert WHERE id = ?", (name,)).fetchone()
            if found is None:
                continue
            times.last_shift += shift
            if times.first_shift is not None:
                times.first_shift += shift
            alert = decode(found[0])
            first = alert.first_seen + (shift if times.first_shift is not None else 0)
            right = _marked(
                replace(alert, first_seen=first, last_seen=alert.last_seen + shift), self._word(settled, times)
            )
            tell(journal, right, now, at_once=True)
            write(self._db, right, change)
        self._move(shift, traffic)
        unsure_hosts.move(self._db, round(shift / (60 * _SECOND)), month)
        self._offset += shift
        self._db.execute("UPDATE meta SET value = ? WHERE key = 'unsure_offset'", (self._offset,))
        if settled:
            self._doubts = False
            self._clear(0)

    def kept(self, alert: Alert) -> Alert:
        """The alert with times as right as they are known, and marked. Its source goes on saying the old ones."""
        times = self._known.get(alert.id)
        if times is None:
            if not self._doubts or len(self._known) >= MOST_ALERTS:
                return alert
            began = self._db.execute("SELECT 1 FROM alert WHERE id = ?", (alert.id,)).fetchone() is not None
            times = self._known[alert.id] = _Times(alert.first_seen, alert.last_seen, None if began else 0)
        if alert.last_seen != times.last:
            times.last, times.last_shift = alert.last_seen, 0  # told by the clock of now
        if self._doubts:
            self._db.execute(
                "INSERT OR IGNORE INTO unsure VALUES (?, ?)", (alert.id, int(times.first_shift is not None))
            )
        shift = times.first_shift if times.first_shift is not None and alert.first_seen == times.first else 0
        right = replace(alert, first_seen=alert.first_seen + shift, last_seen=alert.last_seen + times.last_shift)
        return _marked(right, self._word(not self._doubts, times))

    def copy(self, rows: Iterable[Sums]) -> None:
        """Rows of traffic that are written now."""
        if self._doubts and self._db.execute("SELECT count(*) FROM unsure_traffic").fetchone()[0] < MOST_ROWS:
            self._db.executemany(_COPY, rows)

    def host(self, row: Mapping[str, Any]) -> None:
        """A row of hosts that is about to be written."""
        if self._doubts:
            unsure_hosts.remember(self._db, row)

    def _move(self, shift: int, traffic: Traffic) -> None:
        minutes = round(shift / (60 * _SECOND))
        if not minutes:
            return
        rows: list[Sums] = self._db.execute(f"SELECT {_COLUMNS} FROM unsure_traffic").fetchall()  # noqa: S608  (our own words)
        moved: list[Sums] = [(row[0] + minutes, *row[1:]) for row in rows]
        traffic.add([(*row[:5], *(-count for count in row[5:])) for row in rows])  # type: ignore[misc]
        traffic.add(moved)
        self._db.execute("DELETE FROM unsure_traffic")
        self._db.executemany(_COPY, moved)

    @staticmethod
    def _word(settled: bool, times: _Times) -> str | None:
        if not settled:
            return NOT_SET
        return CORRECTED if (times.first_shift or 0) or times.last_shift else None

    def _reload(self) -> None:
        sql = "SELECT alert, first, first_seen, last_seen FROM unsure JOIN alert ON id = alert"
        for name, began, first, last in self._db.execute(sql):
            self._known[name] = _Times(first, last, 0 if began else None)

    def _clear(self, boot: int) -> None:
        self._db.execute("DELETE FROM unsure")
        self._db.execute("DELETE FROM unsure_traffic")
        unsure_hosts.forget(self._db)
        self._db.execute("UPDATE meta SET value = ? WHERE key = 'unsure_boot'", (boot,))
        self._db.execute("UPDATE meta SET value = ? WHERE key = 'unsure_offset'", (self._offset,))

    def _meta(self, key: str) -> int:
        return int(self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])


def _marked(alert: Alert, word: str | None) -> Alert:
    facts = dict(alert.evidence)
    if word is None:
        facts.pop(MARK, None)
    else:
        facts[MARK] = word
    return replace(alert, evidence=tuple(sorted(facts.items())) if MARK in facts else tuple(facts.items()))
