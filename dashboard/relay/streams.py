"""What is still to be shipped of watch's store, in order, as parcels of lines. Reads only; a page at a time.

A stream is the moments of one level of traffic (`sensor.store.traffic`), or the alerts. Each moment and alert carries the number of the
commit that wrote it last; a cursor "number start" says up to where all was acknowledged. A number that is smaller
than the cursor's says that this is another store (restored, or begun again): all of it is then shipped again.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from dashboard.relay import points
from dashboard.relay.leaving import Leaving
from sensor.detect.alert import Alert
from sensor.store import seeing
from sensor.store.codec import decode
from sensor.store.done_right import done_right
from sensor.store.traffic import Level

PAGE_ROWS = 8_000  # read at once: the memory that a page takes
_PAGE_MOMENTS = 500
_PAGE_ALERTS = 400
_NAMES = 10_000

_MOMENTS = """
SELECT change, start FROM touched WHERE level = ? AND (change, start) > (?, ?) AND start >= ?
ORDER BY change, start LIMIT ?
"""
_ROWS = """
SELECT device, service, destination, bytes_out, bytes_in, packets_out, packets_in, flows FROM traffic
WHERE level = ? AND start = ?
"""
_ALERTS = "SELECT change, id, body FROM alert WHERE change >= ? AND (change, id) > (?, ?) ORDER BY change, id LIMIT ?"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Lines of one bucket. `cursor`: where the stream stands once they are acknowledged; None in the midst of a moment."""

    lines: tuple[str, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Traffic:
    """The moments of one level. `name` is the cursor's and the measurement's."""

    name: str
    bucket: str
    level: Level
    counter: str = "touched"

    def page(self, db: sqlite3.Connection, cursor: str | None, words: "Words", oldest: int) -> Iterator[Parcel]:
        """`oldest`: the epoch minute before which InfluxDB keeps nothing."""
        rows = 0
        for start, after in _moments(db, self.level, cursor, oldest):
            lines = tuple(self._lines(db, words, start))
            rows += len(lines)
            yield Parcel(lines, after)
            if rows >= PAGE_ROWS:
                return

    def _lines(self, db: sqlite3.Connection, words: "Words", start: int) -> Iterator[str]:
        """Rows that become one point are summed: an IPv4 and an IPv6 address of one device have one pseudonym."""
        sums: dict[str, list[int]] = {}
        for device, service, destination, *counts in db.execute(_ROWS, (self.level, start)):
            tags = words.tags(db, device, service, destination)
            known = sums.get(tags)
            sums[tags] = counts if known is None else [a + b for a, b in zip(known, counts, strict=True)]
        return (points.traffic(self.name, tags, counts, start) for tags, counts in sums.items())


@dataclass(frozen=True, slots=True)
class Health:
    """How well the box saw, and what was done right: `lines` gives those of one moment."""

    name: str
    bucket: str
    level: int
    lines: Callable[[sqlite3.Connection, str, int], Iterable[str]]
    site: str
    counter: str = "touched"

    def page(self, db: sqlite3.Connection, cursor: str | None, _words: "Words", oldest: int) -> Iterator[Parcel]:
        for start, after in _moments(db, self.level, cursor, oldest):
            yield Parcel(tuple(self.lines(db, self.site, start)), after)


def seen(db: sqlite3.Connection, site: str, start: int) -> Iterable[str]:
    """A step of ten minutes."""
    for step in seeing.seen(db, start, start + 1):
        told = {name: getattr(step, name) for name in seeing.COLUMNS[1:]}
        fields = {name: repr(value) if isinstance(value, float) else f"{value}i" for name, value in told.items()}
        yield points.line("seeing", {"site": site}, fields, start * points.MINUTE)


def good(db: sqlite3.Connection, site: str, start: int) -> Iterable[str]:
    """A day of the practice's."""
    for what, times in done_right(db, start, start + 1):
        yield points.line("done_right", {"site": site, "what": what}, {"times": f"{times}i"}, start * points.MINUTE)


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts, as they are now. `place` gives each the time of its point."""

    bucket: str
    site: str
    leaving: Leaving
    place: Callable[[Iterable[Alert]], dict[str, int]]
    name: str = "alert"
    counter: str = "change"

    def page(self, db: sqlite3.Connection, cursor: str | None, _words: "Words", oldest: int) -> Iterator[Parcel]:
        change, after = (cursor or "0 ").split(" ", 1)
        found = db.execute(_ALERTS, (int(change), int(change), after, _PAGE_ALERTS)).fetchall()
        alerts = [decode(body) for _, _, body in found]
        places = self.place(alerts)
        for (now_change, name, _), one in zip(found, alerts, strict=True):
            at = places[one.id]
            kept = at >= oldest * points.MINUTE
            lines = (points.alert(self.leaving.alert(one), self.site, at),) if kept else ()
            yield Parcel(lines, f"{now_change} {name}")


class Words:
    """Devices and names by their numbers, as tags. Bounded: forgotten all at once."""

    def __init__(self, site: str, leaving: Leaving) -> None:
        self._site = points.tag("site", site)
        self._leaving = leaving
        self._known: dict[tuple[int, int, int], str] = {}

    def tags(self, db: sqlite3.Connection, device: int, service: int, destination: int) -> str:
        key = (device, service, destination)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _NAMES:
                self._known.clear()
            known = self._known[key] = self._tags(db, *key)
        return known

    def forget(self) -> None:
        """Numbers are given anew in another store, and may be after retention."""
        self._known.clear()

    def _tags(self, db: sqlite3.Connection, device: int, service: int, destination: int) -> str:
        found = db.execute("SELECT ip, mac FROM device WHERE id = ?", (device,)).fetchone() or ("", "")
        named, mac = self._leaving.device(*found)
        asked = db.execute("SELECT id, text FROM name WHERE id IN (?, ?)", (service, destination))
        texts: dict[int, str] = dict(asked.fetchall())
        where = points.tag("destination", texts.get(destination, ""))
        return where + named + mac + points.tag("service", texts.get(service, "")) + self._site


Stream = Traffic | Alerts | Health


def _moments(db: sqlite3.Connection, level: int, cursor: str | None, oldest: int) -> Iterator[tuple[int, str]]:
    """(epoch minute, where the stream stands after it) of what was touched since."""
    found = db.execute(_MOMENTS, (level, *_numbers(cursor), oldest, _PAGE_MOMENTS)).fetchall()
    return ((start, f"{change} {start}") for change, start in found)


def counters(db: sqlite3.Connection) -> dict[str, int]:
    """The numbers of the store as it is now: change, series, touched, rolled…"""
    return dict(db.execute("SELECT key, value FROM meta").fetchall())


def _numbers(cursor: str | None) -> tuple[int, int]:
    change, start = (cursor or "0 -1").split(" ")
    return int(change), int(start)


def number(cursor: str | None) -> int:
    """The commit's number in a cursor."""
    return int((cursor or "0").split(" ", 1)[0])


def packed(parcels: Iterable[Parcel], size: int) -> Iterator[Parcel]:
    """The same lines in parcels of about `size` characters; none is empty unless it only moves the cursor."""
    lines: list[str] = []
    length = 0
    cursor: str | None = None
    for parcel in parcels:
        for one in parcel.lines:
            lines.append(one)
            length += len(one) + 1
            if length >= size:
                yield Parcel(tuple(lines), cursor)
                lines, length = [], 0
        cursor = parcel.cursor or cursor
    if lines or cursor is not None:
        yield Parcel(tuple(lines), cursor)
