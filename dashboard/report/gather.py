"""A month's facts out of the store of `watch`, read with read permission only, all from one state of the file."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.report.facts import Facts, Moved, OneWay, Seen, Watched
from dashboard.report.month import Month
from sensor.detect.alert import Alert
from sensor.detect.policy import Retention
from sensor.store import roots, seeing
from sensor.store.codec import decode
from sensor.store.days import minutes_of
from sensor.store.done_right import done_right
from sensor.store.errors import NeedsHuman, Reason
from sensor.store.journal import Kind, about
from sensor.store.reader import read
from sensor.store.retention import Limits
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
_ONE_WAY = """
SELECT count(*), coalesce(sum((sent = 0) <> (received = 0)), 0) FROM (
    SELECT sum(packets_out) AS sent, sum(packets_in) AS received FROM traffic JOIN name ON id = destination
    WHERE level = :level AND start >= :first AND start < :after AND text NOT IN ('local', '') GROUP BY start
) WHERE sent + received >= :enough
"""
_ENOUGH = 100
"""Packets of an hour with the outside that tell whether both directions are seen: a few unanswered ones are ordinary."""


def gather(state: Path, month: Month, zone: ZoneInfo, now: int, version: str, keep: Retention | None = None) -> Facts:
    """`now` (nanoseconds since the epoch) says how far a month that still runs has come, and with `keep` whether one is old enough
    that its alerts were erased.

    Errors: WillRetry and NeedsHuman of `sensor.store.errors`.
    """
    path = WATCH.path(state)
    root = roots.of_now(state)
    facts = read(path, lambda db: _facts(db, path, month, zone, now))
    erased = Limits.at(now, keep or Retention(), zone).alerts > month.minutes(zone)[0]
    return replace(facts, root=str(root or ""), version=version, erased=erased)


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
        one_way=_one_way(db, first, after),
        began=_began(db, first, until, zone),
        unset=_unset(db, first, until),
    )


def _one_way(db: sqlite3.Connection, first: int, after: int) -> OneWay:
    asked = {"level": Level.HOUR_ALL, "first": first, "after": after, "enough": _ENOUGH}
    return OneWay(*db.execute(_ONE_WAY, asked).fetchone())


def _began(db: sqlite3.Connection, first: int, until: int, zone: ZoneInfo) -> date | None:
    (start,) = db.execute("SELECT min(start) FROM seeing").fetchone()
    return datetime.fromtimestamp(start * 60, UTC).astimezone(zone).date() if start and first <= start < until else None


def _unset(db: sqlite3.Connection, first: int, after: int) -> int:
    """How often a boot of these minutes began with a clock that nobody had set."""
    told = [one for one in about(db, "", Kind.CLOCK) if first * _MINUTE <= one.written < after * _MINUTE]
    return sum(one.body is not None and not json.loads(one.body)["trusted"] for one in told)


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
    counts = (total.packets, total.bytes, total.drops, total.gaps, total.shed, total.unreadable)
    return Watched(span, total.watched, total.silent, *counts)


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
