"""InfluxDB as a source: Flux, with all that varies handed over as parameters beside it, never spliced into it.

What is summed is asked as hours by device (`figures`) and as ten minutes of all (`totals`), the rest as minutes (`detail`): the relay
says up to where all was summed, and an hour before that holds whatever its minutes hold. What lies there is told in
`dashboard.relay`. Errors: `InfluxError` of `dashboard.influx.client`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from dashboard.influx import tokens
from dashboard.influx.client import Human, Influx, Need, Refused, Where
from dashboard.sources import MOST_SHARES, SHARES, Change, Coverage, DayCount, DayTraffic, Share, Sight, Slot, flux
from dashboard.sources.local import SLOT_MINUTES
from dashboard.sources.sight import coverage
from sensor.detect.alert import Category
from sensor.detect.policy import Policy, Retention
from sensor.detect.policy_influx import InfluxDB
from sensor.store.days import day_of, minutes_of
from sensor.store.seeing import COLUMNS, Seen
from sensor.store.status import Status

SECONDS = 3.0  # that the page waits for an answer
LOST_AFTER = 300_000_000_000  # nanoseconds: the relay ships a status a minute
_FRESH = 1.0  # seconds that an answer about the box holds
_DAYS_KEPT = 7
MOST_ROWS = 50_000
"""Of one answer about a day: a flood that invents devices is left to the local store."""
_NS = 1_000_000_000

Row = dict[str, Any]
Params = Mapping[str, object]
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class _Day:
    """One day's answer."""

    traffic: DayTraffic
    devices: tuple[Share, ...]


class InfluxSource:
    """Reads what the relay of one site shipped. `connect` is called at the first question, and again after a refusal."""

    def __init__(
        self,
        connect: Callable[[], Influx],
        settings: InfluxDB,
        zone: ZoneInfo,
        keep: Retention,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._connect = connect
        self._influx: Influx | None = None
        self._settings = settings
        self._zone = zone
        self._keep = keep
        self._clock = clock
        self._turn = Lock()
        self._days: dict[tuple[date, int], _Day] = {}
        self._box_at: tuple[float, Row] | None = None

    def change(self) -> Change:
        found = self._box()
        return Change(int(found.get("alerts", 0)), int(found.get("traffic", 0)))

    def traffic(self, day: date) -> DayTraffic:
        return self._day(day).traffic

    def devices(self, day: date) -> tuple[Share, ...]:
        return self._day(day).devices

    def alerts_over_time(self, first: date, last: date) -> tuple[DayCount, ...]:
        start, stop = minutes_of(first, self._zone)[0], minutes_of(last, self._zone)[1]
        counts: Counter[tuple[date, Category]] = Counter()
        for row in self._ask(Influx.query, flux.ALERTS, start, stop, zone=str(self._zone)):
            at = max(int(row["_time"].timestamp()), start * 60)
            counts[day_of(at * _NS, self._zone), Category(row["category"])] += int(row["_value"])
        return tuple(DayCount(*key, count) for key, count in sorted(counts.items()))

    def coverage(self, now: int) -> Coverage:
        found = self._box()
        if "written" not in found:
            return Coverage(Sight.NEVER)
        return coverage(_status(found), now, LOST_AFTER)

    def seen(self, first: date, last: date) -> tuple[Seen, ...]:
        start, stop = minutes_of(first, self._zone)[0], minutes_of(last, self._zone)[1]
        rows = self._ask(Influx.rows, flux.SEEN, start, stop)
        if len(rows) >= MOST_ROWS:
            raise Refused(f"more than {MOST_ROWS} steps")
        return tuple(sorted(map(_step, rows), key=lambda step: step.start))

    def _day(self, day: date) -> _Day:
        """Kept until the relay has shipped more."""
        key = (day, self.change().traffic)
        with self._turn:
            known = self._days.get(key)
        if known is None:
            known = self._asked_day(day)
            with self._turn:
                self._days = {**dict(list(self._days.items())[-_DAYS_KEPT:]), key: known}
        return known

    def _asked_day(self, day: date) -> _Day:
        first, after = minutes_of(day, self._zone)
        mark = int(self._box().get("rolled", 0))
        hour, ten = (max(first, min(after, mark - mark % width)) for width in (60, SLOT_MINUTES))
        pieces = ((flux.HOURS, first < hour), (flux.TENS, first < ten), (flux.MINUTES, hour < after))
        wanted = "".join(text for text, wanted in pieces if wanted)  # Flux has no empty stretches of time
        asked = flux.BYTES + flux.GOOD + wanted
        found: dict[str, list[dict[str, str]]] = {"hours": [], "tens": [], "minutes": [], "good": []}
        for row in self._ask(Influx.rows, asked, first, after, hour=_moment(hour), ten=_moment(ten)):
            found[row["result"]].append(row)
        if max(map(len, found.values())) >= MOST_ROWS:
            raise Refused(f"more than {MOST_ROWS} rows for a day")
        since = [row for row in found["minutes"] if _minute(row["_time"]) >= ten]
        summed = [*found["tens"], *since]
        sums = {minute: {"bytes_out": 0, "bytes_in": 0} for minute in range(first, after, SLOT_MINUTES)}
        for row in summed:
            sums[_minute(row["_time"])][row["_field"]] += int(row["_value"])
        slots = tuple(Slot(minute, one["bytes_out"], one["bytes_in"]) for minute, one in sums.items())
        devices = _devices([*found["hours"], *found["minutes"]])
        services, destinations = _shares(summed, "service"), _shares(summed, "destination")
        counted = [(row["what"], int(row["_value"])) for row in found["good"]]
        good = tuple(sorted(counted, key=lambda one: (-one[1], one[0])))
        traffic = DayTraffic(day, slots, devices[:SHARES], services[:SHARES], destinations[:SHARES], good)
        return _Day(traffic, devices)

    def _box(self) -> Row:
        """The fields of the newest point that the relay wrote about the box, by the relay's own count: clocks may be set back."""
        with self._turn:
            if self._box_at is not None and time.monotonic() - self._box_at[0] < _FRESH:
                return self._box_at[1]
        minute = self._clock() // _NS // 60
        newest = self._ask(Influx.query, flux.NEWEST, minute - self._keep.detail_days * 1440, minute + 1440)
        found: Row = {}
        if newest:
            at = int(newest[0]["_time"].timestamp()) // 60
            found = {row["_field"]: row["_value"] for row in self._ask(Influx.query, flux.BOX, at, at + 1)}
        with self._turn:
            self._box_at = (time.monotonic(), found)
        return found

    def _ask(
        self, how: Callable[[Influx, str, Params], list[_R]], asked: str, start: int, stop: int, **more: object
    ) -> list[_R]:
        """`how`: one of the connection's ways to ask. `start`, `stop`: epoch minutes."""
        buckets = self._settings.buckets
        params = {
            "detail": buckets.detail,
            "figures": buckets.figures,
            "totals": buckets.totals,
            "site": self._settings.site,
            "start": _moment(start),
            "stop": _moment(stop),
            "most": 4 * MOST_SHARES,
            "rows": MOST_ROWS,
        }
        with self._turn:
            if self._influx is None:
                self._influx = self._connect()
            influx = self._influx
        try:
            return how(influx, asked, params | more)
        except Human:
            with self._turn:
                self._influx = None  # whoever mends it may give another token
            raise


def influx_source(settings: InfluxDB, policy: Policy, config: Path | None) -> InfluxSource:
    """What vigie.yml names, read with the token of the dashboard."""
    ca = tokens.find(settings.ca_file, config) if settings.ca_file else None

    def connect() -> Influx:
        try:
            token = tokens.read(tokens.find(settings.read_token_file, config))
        except tokens.TokenError as error:
            raise Human(Need.TOKEN, str(error)) from None
        return Influx(Where(settings.url, settings.org, ca), token, SECONDS)

    return InfluxSource(connect, settings, policy.practice.timezone, policy.retention)


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


@lru_cache(maxsize=512)
def _minute(text: str) -> int:
    """A whole minute as InfluxDB writes it, in epoch minutes."""
    return int(datetime.fromisoformat(text).timestamp()) // 60


def _step(row: dict[str, str]) -> Seen:
    told = {name: float(row[name]) if name in ("watched", "silent") else int(row[name]) for name in COLUMNS[1:]}
    return Seen(_minute(row["_time"]), **told)  # type: ignore[arg-type]  # whole numbers but for the two


def _shares(rows: Iterable[Row], column: str) -> tuple[Share, ...]:
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        one = sums.setdefault(row.get(column) or "", {"bytes_out": 0, "bytes_in": 0})
        one[row["_field"]] += int(row["_value"])
    return _most_first(Share(name, one["bytes_out"], one["bytes_in"]) for name, one in sums.items())


def _devices(rows: Iterable[Row]) -> tuple[Share, ...]:
    """A device has several addresses: it is one by its MAC, where that is known, as in the local store."""
    rows = list(rows)
    macs: dict[str, str] = {}
    for row in rows:
        ip, mac = row.get("device") or "", row.get("mac") or ""
        macs[ip] = max(macs.get(ip, ""), mac)
    sums: dict[str, dict[str, int]] = {}
    names: dict[str, str] = {}
    for row in rows:
        ip = row.get("device") or ""
        key = macs[ip] or ip
        names[key] = min(names.get(key, ip), ip)
        sums.setdefault(key, {"bytes_out": 0, "bytes_in": 0})[row["_field"]] += int(row["_value"])
    return _most_first(
        Share(names[key], one["bytes_out"], one["bytes_in"], macs[names[key]] or None) for key, one in sums.items()
    )


def _most_first(shares: Iterable[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda one: (-one.bytes_out - one.bytes_in, one.name)))[:MOST_SHARES]


def _status(found: Row) -> Status:
    return Status(
        written=int(found["written"]),
        started=int(found["started"]),
        last_packet=int(found["last_packet"]) or None,
        packets=int(found["packets"]),
        drops=int(found["drops"]),
        packets_per_second=float(found["packets_per_second"]),
        version=str(found["version"]),
        interface=str(found["interface"]),
        ended=bool(found["ended"]),
    )
