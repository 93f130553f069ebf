"""InfluxDB beside the local store, point for point: `compared(practice)` → what is lost, what is there that should not be.

Both sides are made to sets of (measurement, tags, field, value, time) by roads that share nothing with the relay's: SQL here, Flux there.
"""

import csv
import io
import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.relay.points import MINUTE
from sensor.store.codec import decode
from sensor.store.reader import read
from sensor.store.schema import RELAY, WATCH

COUNTS = ("bytes_out", "bytes_in", "packets_out", "packets_in", "flows")
SEEN = ("watched", "silent", "packets", "bytes", "drops", "gaps", "shed", "unreadable")
KINDS = (("minute", 0, "detail"), ("hour", 2, "figures"), ("ten", 4, "totals"))
_ROWS = """
SELECT start, coalesce(d.ip, ''), coalesce(d.mac, ''), s.text, t.text, sum(bytes_out), sum(bytes_in), sum(packets_out), sum(packets_in),
    sum(flows) FROM traffic LEFT JOIN device d ON d.id = device JOIN name s ON s.id = service JOIN name t ON t.id = destination
WHERE level = ? GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """`points` on the local side; what InfluxDB lacks, what it has besides."""

    points: int
    lost: int
    duplicated: int
    sample: tuple[object, ...] = ()

    def __str__(self) -> str:
        return f"{self.points} points: lost {self.lost}, duplicated {self.duplicated}"


def compared(practice, oldest: int = 0) -> Difference:
    """At privacy level full. `oldest`: epoch minute from which on both are compared."""
    here, there = local(practice, oldest), shipped(practice, oldest)
    lost, more = here - there, there - here
    sample = (*sorted(lost, key=str)[:2], *sorted(more, key=str)[:2])
    return Difference(len(here), len(lost), len(more), sample)


def local(practice, oldest: int) -> set[tuple[object, ...]]:
    site = practice.settings.site
    found: set[tuple[object, ...]] = set()

    def ask(db: sqlite3.Connection) -> None:
        for name, level, _ in KINDS:
            for start, ip, mac, service, destination, *counts in db.execute(_ROWS, (level,)):
                if start >= oldest:
                    found.add((name, site, ip, mac, service, destination, start * MINUTE, *counts))
        for start, what, times in db.execute("SELECT start, what, times FROM done_right"):
            found.add(("done_right", site, what, start * MINUTE, times))
        for start, *counts in db.execute(f"SELECT start, {', '.join(SEEN)} FROM seeing"):
            found.add(("seeing", site, start * MINUTE, *map(float, counts)))
        for (body,) in db.execute("SELECT body FROM alert"):
            one = decode(body)
            found.add(
                ("alert", site, one.category.value, one.id, one.count, one.first_seen, one.last_seen, one.fr.title)
            )

    read(WATCH.path(practice.state), ask)
    return found


def shipped(practice, oldest: int) -> set[tuple[object, ...]]:
    buckets, found = practice.settings.buckets, set()
    for name, _, bucket in KINDS:
        for row in rows(practice, getattr(buckets, bucket), name):
            at = nanoseconds(row["_time"])
            if at >= oldest * MINUTE:
                words = [row.get(tag, "") for tag in ("site", "device", "mac", "service", "destination")]
                found.add((name, *words, at, *(int(row[field] or -1) for field in COUNTS)))
    for row in rows(practice, buckets.totals, "done_right"):
        found.add(("done_right", row["site"], row["what"], nanoseconds(row["_time"]), int(row["times"])))
    for row in rows(practice, buckets.totals, "seeing"):
        found.add(("seeing", row["site"], nanoseconds(row["_time"]), *(float(row[name]) for name in SEEN)))
    for row in rows(practice, buckets.figures, "alert"):
        body = json.loads(row["body"])
        seen = (int(row["first_seen"]), int(row["last_seen"]))
        assert (body["first_seen"], body["last_seen"], body["id"]) == (*seen, row["id"])
        found.add(("alert", row["site"], row["category"], row["id"], int(row["count"]), *seen, body["fr"]["title"]))
    return found


def rows(practice, bucket: str, measurement: str) -> list[dict[str, str]]:
    """All points of a measurement, a row each. As raw CSV: a hundred thousand rows are quick that way."""
    flux = """
from(bucket: p_bucket) |> range(start: 2020-01-01T00:00:00Z, stop: 2040-01-01T00:00:00Z)
    |> filter(fn: (r) => r._measurement == p_measurement)
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> drop(columns: ["_start", "_stop", "_measurement"])
"""
    influx = practice.operator()
    try:
        asked = {"p_bucket": bucket, "p_measurement": measurement}
        answer = influx.client.query_api().query_raw(flux, practice.settings.org, params=asked)
        text = answer.read().decode() if hasattr(answer, "read") else str(answer)
    finally:
        influx.close()
    found, head = [], None
    for line in csv.reader(io.StringIO(text)):
        if not line:
            head = None
        elif line[0].startswith("#"):
            continue
        elif head is None:
            head = line
        else:
            found.append({name: value for name, value in zip(head, line, strict=True) if name})
    return found


def nanoseconds(text: str) -> int:
    """RFC 3339 with up to nine digits."""
    whole, _, part = text.rstrip("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())
    return seconds * 1_000_000_000 + int((part or "0").ljust(9, "0")[:9])


def places(practice) -> int:
    """How many alerts the relay placed."""
    count: int = read(RELAY.path(practice.state), lambda db: db.execute("SELECT count(*) FROM placed").fetchone()[0])
    return count
