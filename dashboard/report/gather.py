"""A month's facts out of the store of `watch`, read with read permission only, all from one state of the file."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.report.facts import Facts, Moved, Seen, Watched
from dashboard.report.month import Month
from sensor.detect.alert import Alert
from sensor.store import roots, seeing
from sensor.store.codec import decode
from sensor.store.days import minutes_of
from sensor.store.done_right import done_right
from sensor.store.errors import NeedsHuman, Reason
from sensor.store.reader import read
from sensor.store.schema import WATCH
from sensor.store.traffic import Level

_MINUTE = 60_000_000_000

_ALERTS = "SELECT body FROM alert WHERE last_seen >= ? AND first_seen >= ? AND first_seen < ? ORDER BY first_seen, id"
_MOVED = """
SELECT text, sum(bytes_out), sum(bytes_in) FROM traffic JOIN name ON id = destination
WHERE level = ? AND start >= ? AND start < ? GROUP BY text ORDER BY sum(bytes_out) DESC, text
"""
_DEVICES = """
SELECT min(ip), nullif(max(mac), ''), min(start), sum(bytes_out), sum(bytes_in),
       sum(bytes_out) FILTER (WHERE start >= :before AND start < :first),
       sum(bytes_out + bytes_in) FILTER (WHERE start >= :first AND start < :after),
       sum(bytes_out) FILTER (WHERE start >= :first AND start < :after),
       sum(bytes_in) FILTER (WHERE start >= :first AND start < :after)
FROM traffic JOIN device ON id = device
WHERE level = :level AND start < :after GROUP BY CASE mac WHEN '' THEN ip ELSE mac END ORDER BY 7 DESC, 1
"""


def gather(state: Path, month: Month, zone: ZoneInfo, now: int, version: str) -> Facts:
    """`now` (nanoseconds since the epoch) only says how far a month that still runs has come.

    Errors: WillRetry and NeedsHuman of `sensor.store.errors`.
    """
    path = WATCH.path(state)
    root = roots.of_now(state)
    facts = read(path, lambda db: _facts(db, path, month, zone, now))
    return replace(facts, root=str(root or ""), version=version)


def _facts(db: sqlite3.Connection, path: Path, month: Month, zone: ZoneInfo, now: int) -> Facts:
    first, after = month.minutes(zone)
    until = max(first, min(after, now // _MINUTE))
    before = month.before.minutes(zone)[0]
    steps = seeing.seen(db, first, after)
    days = tuple((day, _day(steps, day, zone, until)) for day in month.days())
    devices = _devices(db, before, first, after, zone)
    (entries,) = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    return Facts(
        month=month,
        until=until,
        complete=until == after,
        alerts=_alerts(db, path, first, until),
        earlier=_alerts(db, path, before, first),
        watched=_watched(steps, (until - first) * 60.0),
        days=days,
        destinations=tuple(Moved(*row) for row in db.execute(_MOVED, (Level.DAY_ALL, first, after))),
        done_right=tuple(done_right(db, first, after)),
        done_right_before=tuple(done_right(db, before, first)),
        devices=tuple(seen for seen, here, _ in devices if here),
        gone=tuple(seen for seen, here, there in devices if there and not here),
        watched_before=any(step.watched for step in seeing.seen(db, before, first)),
        entries=int(entries),
    )


def _alerts(db: sqlite3.Connection, path: Path, first: int, after: int) -> tuple[Alert, ...]:
    bounds = (first * _MINUTE, first * _MINUTE, after * _MINUTE)
    try:
        return tuple(decode(body) for (body,) in db.execute(_ALERTS, bounds))
    except ValueError as error:
        raise NeedsHuman(Reason.DAMAGED, path, str(error)) from error


def _day(steps: Iterable[seeing.Seen], day: date, zone: ZoneInfo, until: int) -> Watched:
    first, after = minutes_of(day, zone)
    return _watched([step for step in steps if first <= step.start < after], max(0, min(after, until) - first) * 60.0)


def _watched(steps: Iterable[seeing.Seen], span: float) -> Watched:
    total = seeing.Seen(0)
    for step in steps:
        total.add(step)
    return Watched(
        span, total.watched, total.silent, total.packets, total.bytes, total.drops, total.gaps, total.unreadable
    )


def _devices(
    db: sqlite3.Connection, before: int, first: int, after: int, zone: ZoneInfo
) -> list[tuple[Seen, bool, bool]]:
    """(device, was it here this month, the month before)."""
    asked = {"level": Level.DAY, "before": before, "first": first, "after": after}
    found = []
    for ip, mac, start, _, _, earlier, here, sent, received in db.execute(_DEVICES, asked):
        since = datetime.fromtimestamp(start * 60, UTC).astimezone(zone).date()
        found.append((Seen(ip, mac, since, sent or 0, received or 0), here is not None, earlier is not None))
    return found
