"""The local store as a source: SQLite read with read permission only, and the status file.

Each question opens the file anew (`sensor.store.reader`), so that it does not matter which thread asks, nor whether `watch`
stopped or came back in between.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from dashboard.sources import (
    MOST_HOSTS,
    MOST_SHARES,
    SHARES,
    AlertPage,
    AlertQuery,
    BadCursor,
    Change,
    Coverage,
    DayCount,
    DayTraffic,
    HostsUsed,
    Share,
    Sight,
    Slot,
)
from dashboard.sources.sight import coverage
from sensor.detect.alert import Alert, Category
from sensor.detect.backups import BackupState
from sensor.store import seeing
from sensor.store.codec import decode
from sensor.store.days import day_of, minutes_of
from sensor.store.done_right import done_right
from sensor.store.errors import NeedsHuman, Reason, StoreError
from sensor.store.hosts import used
from sensor.store.reader import read
from sensor.store.runs import runs
from sensor.store.schema import RELAY, SERVE
from sensor.store.seeing import Seen
from sensor.store.status import read_status, status_file
from sensor.store.table import SEVERITY_RANK
from sensor.store.traffic import Level, mark
from sensor.store.watch import database

SLOT_MINUTES = 10
MINUTE = 60_000_000_000
_DAYS_KEPT = 7
Row = tuple[Any, ...]
T = TypeVar("T")


class LocalSource:
    """Reads DIR/watch. A store that `watch` has not made yet is an empty one, not an error."""

    def __init__(self, state: Path | str, zone: ZoneInfo) -> None:
        self._database = database(Path(state))
        self._others = (SERVE.path(Path(state)), RELAY.path(Path(state)))
        self._status = status_file(Path(state))
        self._zone = zone
        self._turn = Lock()
        self._days: dict[tuple[date, int], DayTraffic] = {}

    def change(self) -> Change:
        found = [(one["change"], one.get("series", 0)) for one in self._of_all(_meta)]
        return Change(sum(alerts for alerts, _ in found), sum(series for _, series in found))

    def alerts(self, query: AlertQuery) -> AlertPage:
        """Nearly all are of `watch`; `serve` and `relay` have what they say of themselves. A disk that is full is told by all, and shown once."""
        where, values = _where(query)

        def ask(db: sqlite3.Connection) -> tuple[list[tuple[bytes, int, str]], dict[str, int]]:
            rows = db.execute(
                f"SELECT body, last_seen, id FROM alert WHERE {where} ORDER BY last_seen DESC, id DESC LIMIT ?",  # noqa: S608  (our own words; values are bound)
                (*values, query.limit + 1),
            ).fetchall()
            return rows, dict(db.execute("SELECT category, count(*) FROM alert GROUP BY category"))

        found = self._of_all(ask)
        rows = sorted({row[2]: row for rows, _ in reversed(found) for row in rows}.values(), key=_newest, reverse=True)
        counted = sum((Counter(counts) for _, counts in found), Counter[str]())
        counted[Category.HEALTH.value] -= self._told_twice()
        shown = rows[: query.limit]
        return AlertPage(
            alerts=tuple(self._decoded(body) for body, _, _ in shown),
            next=f"{shown[-1][1]}-{shown[-1][2]}" if len(rows) > query.limit else None,
            counts=tuple((one, counted[one]) for one in Category if counted[one]),
        )

    def alert(self, alert_id: str) -> Alert | None:
        sql = "SELECT body FROM alert WHERE id = ?"
        rows = self._of_all(lambda db: db.execute(sql, (alert_id,)).fetchone())
        return next((self._decoded(row[0]) for row in rows if row is not None), None)

    def _told_twice(self) -> int:
        ids = [[one for (one,) in rows] for rows in self._of_all(_health)]
        return sum(map(len, ids)) - len(set().union(*ids))

    def _of_all(self, ask: Callable[[sqlite3.Connection], T]) -> list[T]:
        """The answers of the stores that are there, `watch`'s first. Those of the others are an extra: one that cannot be read is left out."""
        found = []
        for path in (self._database, *self._others):
            try:
                found.append(read(path, ask))
            except StoreError as error:
                if path == self._database and error.reason is not Reason.ABSENT:
                    raise
        return found

    def traffic(self, day: date) -> DayTraffic:
        """Kept until the next batch of traffic: a busy day is 200,000 rows, and every open page asks for it."""
        key = (day, self.change().traffic)
        with self._turn:
            known = self._days.get(key)
        if known is None:
            known = self._traffic(day)
            with self._turn:
                self._days = {**dict(list(self._days.items())[-_DAYS_KEPT:]), key: known}
        return known

    def _traffic(self, day: date) -> DayTraffic:
        first, after = minutes_of(day, self._zone)

        def ask(db: sqlite3.Connection) -> DayTraffic:
            asked = {
                "first": first,
                "after": after,
                "mark": mark(db),
                "shares": SHARES,
                "ten": Level.TEN_ALL,
                "day": Level.DAY_ALL,
                "device_day": Level.DAY,
            }

            def shares(sql: str) -> tuple[Share, ...]:
                return tuple(Share(*row) for row in db.execute(sql, asked))

            slots = _slots(db.execute(_SLOTS, asked), first, after)
            good = tuple(done_right(db, first, after))
            return DayTraffic(day, slots, shares(_DEVICES), shares(_SERVICES), shares(_DESTINATIONS), good)

        try:
            return read(self._database, ask)
        except StoreError as error:
            if error.reason is not Reason.ABSENT:
                raise
            return DayTraffic(day, _slots((), first, after), (), ())

    def devices(self, day: date) -> tuple[Share, ...]:
        return self._shares(_DEVICES, day)

    def backups(self) -> tuple[BackupState, ...]:
        return tuple(self._or_nothing(runs))

    def hosts(self) -> HostsUsed:
        def ask(db: sqlite3.Connection) -> HostsUsed:
            most, most_unknown = MOST_HOSTS
            return HostsUsed(tuple(used(db, listed=True, most=most)), tuple(used(db, listed=False, most=most_unknown)))

        try:
            return read(self._database, ask)
        except StoreError as error:
            if error.reason is Reason.ABSENT:
                return HostsUsed()
            raise

    def alerts_over_time(self, first: date, last: date) -> tuple[DayCount, ...]:
        began, after = minutes_of(first, self._zone)[0] * MINUTE, minutes_of(last, self._zone)[1] * MINUTE
        sql = "SELECT first_seen, category FROM alert WHERE first_seen >= ? AND first_seen < ?"
        found = self._or_nothing(lambda db: db.execute(sql, (began, after)).fetchall())
        counts = Counter((day_of(seen, self._zone), Category(category)) for seen, category in found)
        return tuple(DayCount(*key, count) for key, count in sorted(counts.items()))

    def _shares(self, sql: str, day: date) -> tuple[Share, ...]:
        first, after = minutes_of(day, self._zone)

        def ask(db: sqlite3.Connection) -> list[tuple[str, int, int, str | None]]:
            asked = {"first": first, "after": after, "mark": mark(db), "shares": MOST_SHARES}
            return db.execute(sql, asked | {"day": Level.DAY_ALL, "device_day": Level.DAY}).fetchall()

        return tuple(Share(*row) for row in self._or_nothing(ask))

    def _or_nothing(self, ask: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
        """A store that is not there yet is an empty one."""
        try:
            return read(self._database, ask)
        except StoreError as error:
            if error.reason is Reason.ABSENT:
                return []
            raise

    def seen(self, first: date, last: date) -> tuple[Seen, ...]:
        began, after = minutes_of(first, self._zone)[0], minutes_of(last, self._zone)[1]
        return tuple(self._or_nothing(lambda db: seeing.seen(db, began, after)))

    def coverage(self, now: int) -> Coverage:
        status = read_status(self._status)
        if status is None:
            return Coverage(Sight.NEVER)
        return coverage(status, now)

    def _decoded(self, body: bytes) -> Alert:
        try:
            return decode(body)
        except ValueError as error:
            raise NeedsHuman(Reason.DAMAGED, self._database, str(error)) from error


def _meta(db: sqlite3.Connection) -> dict[str, int]:
    return dict(db.execute("SELECT key, value FROM meta"))


def _health(db: sqlite3.Connection) -> list[tuple[str]]:
    return db.execute("SELECT id FROM alert WHERE category = ?", (Category.HEALTH.value,)).fetchall()


def _newest(row: tuple[bytes, int, str]) -> tuple[int, str]:
    return row[1], row[2]


# What is summed lies before the mark, the rest in minutes from it on (`sensor.store.traffic`): each question adds the two.
_SLOTS = """
SELECT start, bytes_out, bytes_in FROM traffic WHERE level = :ten AND start >= :first AND start < :after
UNION ALL SELECT start, bytes_out, bytes_in FROM traffic WHERE level = 0 AND start >= max(:first, :mark) AND start < :after
"""

_BY_DEVICE = """
SELECT device, bytes_out AS sent, bytes_in AS received FROM traffic
    WHERE level = :device_day AND start >= :first AND start < :after
UNION ALL SELECT device, bytes_out, bytes_in FROM traffic
    WHERE level = 0 AND start >= max(:first, :mark) AND start < :after
"""

# A device has several addresses, in IPv4 and IPv6: it is one by its MAC, where that is known.
_DEVICES = f"""
SELECT min(ip), sum(sent), sum(received), mac FROM (
    SELECT ip, sum(sent) AS sent, sum(received) AS received, nullif(max(mac), '') AS mac
    FROM ({_BY_DEVICE}) JOIN device ON id = device GROUP BY ip
) GROUP BY coalesce(mac, ip) ORDER BY sum(sent) + sum(received) DESC, min(ip) LIMIT :shares
"""  # noqa: S608  (our own words)

_BY_NAME = """
SELECT text, sum(sent), sum(received) FROM (
    SELECT {column}, bytes_out AS sent, bytes_in AS received FROM traffic
        WHERE level = :day AND start >= :first AND start < :after
    UNION ALL SELECT {column}, bytes_out, bytes_in FROM traffic
        WHERE level = 0 AND start >= max(:first, :mark) AND start < :after
) JOIN name ON id = {column} GROUP BY text ORDER BY sum(sent) + sum(received) DESC, text LIMIT :shares
"""
_SERVICES, _DESTINATIONS = (_BY_NAME.format(column=column) for column in ("service", "destination"))


def _slots(minutes: Iterable[tuple[int, int, int]], first: int, after: int) -> tuple[Slot, ...]:
    sums = {minute: [0, 0] for minute in range(first, after, SLOT_MINUTES)}
    for minute, sent, received in minutes:
        slot = sums[minute - (minute - first) % SLOT_MINUTES]
        slot[0] += sent
        slot[1] += received
    return tuple(Slot(minute, sent, received) for minute, (sent, received) in sums.items())


def _where(query: AlertQuery) -> tuple[str, list[str | int]]:
    clauses, values = ["severity >= ?"], [SEVERITY_RANK[query.least]]
    bound: list[str | int] = [*values]
    if query.category is not None:
        clauses.append("category = ?")
        bound.append(query.category.value)
    if query.after is not None:
        seen, dash, last_id = query.after.partition("-")
        if not dash or not (seen.isascii() and seen.isdigit()) or len(seen) > 19:
            raise BadCursor(query.after)
        clauses.append("(last_seen, id) < (?, ?)")
        bound += [min(int(seen), 2**63 - 1), last_id]
    return " AND ".join(clauses), bound
