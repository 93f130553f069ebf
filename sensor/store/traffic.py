"""The series as they lie in the table `traffic`, by level. Called within the store's transactions.

  level           what a row sums             kept
  MINUTE          a device's minute           detail_days
  TEN             a device's ten minutes      detail_days
  HOUR, DAY       a device's hour, day        alerts_months
  TEN_ALL … DAY_ALL  the same of all devices  totals_months

Minutes are written as they come. One job, `roll`, adds each closed stretch of ten of them to all other levels and moves the
mark `rolled` past it, in one transaction; a minute that comes behind the mark (a clock set back) is added to all levels at
once. So at any moment a level holds exactly what happened before the mark, and the minutes from there on hold the rest.

`sensor.store.touched` tells what changed since when, of the levels that the relay copies elsewhere (`COPIED`).
"""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

from sensor.store.codec import clean
from sensor.store.days import minutes_of
from sensor.store.touched import touch

STRETCH = 10
GRACE = 3  # minutes that a stretch may still get rows after its end
FEW = 20_000  # rows of one stretch rolled at once; a flood's are rolled by the minute
_DEVICES_REMEMBERED = 4_096


class Level(IntEnum):
    MINUTE = 0
    TEN = 1
    HOUR = 2
    DAY = 3
    TEN_ALL = 4
    HOUR_ALL = 5
    DAY_ALL = 6


ALL = (Level.TEN_ALL, Level.HOUR_ALL, Level.DAY_ALL)
COPIED = (Level.MINUTE, Level.HOUR, Level.TEN_ALL)
_COUNTS = "bytes_out, bytes_in, packets_out, packets_in, flows"
_ADDED = "ON CONFLICT DO UPDATE SET " + ", ".join(f"{name} = {name} + excluded.{name}" for name in _COUNTS.split(", "))
_INSERT = f"INSERT INTO traffic VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) {_ADDED}"  # noqa: S608  (our own words)
_SUMS = ", ".join(f"sum({name})" for name in _COUNTS.split(", "))
_ROLL = f"""
INSERT INTO traffic SELECT ?, ?, device, service, destination, {_SUMS} FROM traffic
WHERE level = 0 AND start >= ? AND start < ? GROUP BY device, service, destination {_ADDED}
"""  # noqa: S608  (our own words)
_ROLL_ALL = f"""
INSERT INTO traffic SELECT ?, ?, 0, service, destination, {_SUMS} FROM traffic
WHERE level = 0 AND start >= ? AND start < ? GROUP BY service, destination {_ADDED}
"""  # noqa: S608  (the same)

Sums = tuple[int, str, str, str, str | None, int, int, int, int, int]
"""A row of `Batch.rows`: minute, address, service, destination, MAC, and the five counts."""


class Traffic:
    """Writes the table. `zone`: whose days."""

    def __init__(self, db: sqlite3.Connection, zone: ZoneInfo) -> None:
        self._db = db
        self._zone = zone
        self._devices: dict[tuple[str, str | None], tuple[int, int]] = {}
        self._names: dict[str, int] = {}
        self._day = (0, 0)  # the practice's day asked for last

    def add(self, rows: Iterable[Sums]) -> None:
        rolled = mark(self._db)
        minutes, late = [], []
        for minute, ip, service, destination, mac, *counts in rows:
            places = (self.device(clean(ip), mac, minute), self._name(service), self._name(destination))
            minutes.append((Level.MINUTE, minute, *places, *counts))
            if minute < rolled:
                late += [
                    (level, self._start(level, minute), 0 if level in ALL else places[0], *places[1:], *counts)
                    for level in Level
                    if level is not Level.MINUTE
                ]
        self._db.executemany(_INSERT, minutes)
        self._db.executemany(_INSERT, late)
        self._touch({(Level(row[0]), row[1]) for row in (*minutes, *late)})

    def roll(self, now: int) -> bool:
        """Sum the oldest closed stretch that is not summed yet. `now`: epoch minute. False if there is none."""
        rolled = mark(self._db)
        found = self._db.execute("SELECT min(start) FROM traffic WHERE level = 0 AND start >= ?", (rolled,)).fetchone()
        first = found[0]
        if first is None:
            return False
        after = first - first % STRETCH + STRETCH
        if after + GRACE > now:
            return False
        where = "FROM traffic WHERE level = 0 AND start >= ? AND start < ?"
        count = self._db.execute(f"SELECT count(*) {where}", (first, after)).fetchone()[0]
        if count > FEW:
            after = first + 1
        for level in Level:
            if level is not Level.MINUTE:
                sql = _ROLL_ALL if level in ALL else _ROLL
                self._db.execute(sql, (level, self._start(level, first), first, after))
        self._db.execute("UPDATE meta SET value = ? WHERE key = 'rolled'", (after,))
        self._touch({(level, self._start(level, first)) for level in Level if level is not Level.MINUTE})
        return True

    def forget(self) -> None:
        """What is remembered of numbers may not be so: a transaction was undone, or rows were erased."""
        self._devices.clear()
        self._names.clear()

    def _touch(self, cells: Iterable[tuple[Level, int]]) -> None:
        touch(self._db, (cell for cell in cells if cell[0] in COPIED))

    def _start(self, level: Level, minute: int) -> int:
        if level in (Level.DAY, Level.DAY_ALL):
            if not self._day[0] <= minute < self._day[1]:
                day = datetime.fromtimestamp(minute * 60, UTC).astimezone(self._zone).date()
                self._day = minutes_of(day, self._zone)
            return self._day[0]
        return minute - minute % (60 if level in (Level.HOUR, Level.HOUR_ALL) else STRETCH)

    def device(self, ip: str, mac: str | None, minute: int) -> int:
        """Its number. Without a MAC it is the device that had this address last."""
        day = minute - minute % 1440
        known = self._devices.get((ip, mac))
        if known is not None and known[1] >= day:
            return known[0]
        if mac is None:
            sql = "SELECT id FROM device WHERE ip = ? ORDER BY last DESC, mac DESC LIMIT 1"
            found = self._db.execute(sql, (ip,)).fetchone()
        else:
            found = self._db.execute("SELECT id FROM device WHERE ip = ? AND mac = ?", (ip, clean(mac))).fetchone()
        if found is None:
            sql = "INSERT INTO device (ip, mac, last) VALUES (?, ?, ?) RETURNING id"
            found = self._db.execute(sql, (ip, clean(mac or ""), day)).fetchone()
        else:
            self._db.execute("UPDATE device SET last = max(last, ?) WHERE id = ?", (day, found[0]))
        if len(self._devices) >= _DEVICES_REMEMBERED:
            self._devices.clear()
        self._devices[ip, mac] = (int(found[0]), day)
        return int(found[0])

    def _name(self, text: str) -> int:
        text = clean(text)
        known = self._names.get(text)
        if known is None:
            self._db.execute("INSERT OR IGNORE INTO name (text) VALUES (?)", (text,))
            known = int(self._db.execute("SELECT id FROM name WHERE text = ?", (text,)).fetchone()[0])
            self._names[text] = known
        return known


def mark(db: sqlite3.Connection) -> int:
    """The epoch minute before which all minutes are summed."""
    return int(db.execute("SELECT value FROM meta WHERE key = 'rolled'").fetchone()[0])
