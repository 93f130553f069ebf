"""The table `host`: what the practice exchanged with each host outside, by month. Called within the store's transactions.

A host on a list has a row for each post, of `alerts_months` as all figures of devices; one on no list has a row for all posts
together, which leaves with the detail where little went there.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sensor.detect.hosts import Heard
from sensor.store.codec import clean
from sensor.store.days import day_of, minutes_of
from sensor.store.unsure_hosts import ADD

MOST = 20_000
"""Rows of one month; what is new past them is summed under no name."""
LITTLE = 1_000_000
"""Bytes to a host on no list that are worth keeping past the detail."""
WAITING = 20_000
_MINUTE = 60_000_000_000

_THERE = "SELECT 1 FROM host WHERE month = :month AND place = :place AND device = :device"


class Used(NamedTuple):
    """A host in a row of the answer. `first` and `last`: epoch minutes; `posts`: (address, MAC) of each that is known."""

    place: str
    cls: str
    first: int
    last: int
    bytes_out: int
    bytes_in: int
    posts: tuple[tuple[str, str | None], ...] = ()


class HostBook:
    """What is not written yet."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._waiting: dict[tuple[str, str | None, str, str], list[int]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, rows: Iterable[Heard]) -> None:
        for row in rows:
            key = (row.device_ip, row.device_mac, row.place, row.cls)
            if key not in self._waiting and len(self._waiting) >= WAITING:
                key = ("", None, "", "")
            sums = self._waiting.setdefault(key, [row.first, row.last, 0, 0])
            sums[0], sums[1] = min(sums[0], row.first), max(sums[1], row.last)
            sums[2] += row.bytes_out
            sums[3] += row.bytes_in

    def write(
        self,
        db: sqlite3.Connection,
        device: Callable[[str, str | None, int], int],
        before: Callable[[Mapping[str, Any]], None] = lambda _row: None,
    ) -> None:
        """`device`: (address, MAC, epoch minute) → its number; `before` is shown each row. `clear` once it is committed."""
        counts: dict[int, int] = {}
        for (ip, mac, place, cls), (first, last, out, into) in self._waiting.items():
            month = self.month(last // _MINUTE)
            if month not in counts:
                counts[month] = db.execute("SELECT count(*) FROM host WHERE month = ?", (month,)).fetchone()[0]
            row = {
                "month": month,
                "place": clean(place),
                "device": device(ip, mac, last // _MINUTE) if ip else 0,
                "class": clean(cls),
                "first": first // _MINUTE,
                "last": last // _MINUTE,
                "out": out,
                "into": into,
            }
            if counts[month] < MOST:
                counts[month] += 1
            elif db.execute(_THERE, row).fetchone() is None:
                row |= {"place": "", "device": 0, "class": ""}
            before(row)
            db.execute(ADD, row)

    def clear(self) -> None:
        self._waiting.clear()

    def month(self, minute: int) -> int:
        """The minute at which the practice's month begins that `minute` is in."""
        day = day_of(minute * _MINUTE, self._zone)
        return minutes_of(date(day.year, day.month, 1), self._zone)[0]


def used(db: sqlite3.Connection, *, listed: bool, most: int) -> list[Used]:
    """The hosts on a list, or those on none, the most exchanged first."""
    where = "class != ''" if listed else "class = ''"
    rows = db.execute(
        "SELECT place, class, min(first), max(last), sum(bytes_out), sum(bytes_in) FROM host "  # noqa: S608  (our own words)
        f"WHERE {where} GROUP BY place, class ORDER BY sum(bytes_out) + sum(bytes_in) DESC, place LIMIT ?",
        (most,),
    ).fetchall()
    posts: dict[str, list[tuple[str, str | None]]] = {}
    told = "SELECT DISTINCT place, ip, nullif(mac, '') FROM host JOIN device ON id = device ORDER BY place, ip"
    for place, ip, mac in db.execute(told) if listed else ():
        posts.setdefault(place, []).append((ip, mac))
    return [Used(*row)._replace(posts=tuple(posts.get(row[0], ()))) for row in rows]


def forget(db: sqlite3.Connection, detail: int, alerts: int) -> None:
    """What was kept long enough leaves; both limits are epoch minutes."""
    db.execute("DELETE FROM host WHERE last < ?", (alerts,))
    db.execute("DELETE FROM host WHERE device = 0 AND class = '' AND bytes_out < ? AND last < ?", (LITTLE, detail))
