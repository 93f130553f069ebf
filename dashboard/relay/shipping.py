"""Shipping to InfluxDB: reads what changed, writes it, and only then moves the cursor. Called by `dashboard.relay.loop`.

At least once: whoever is killed in between ships the same again, and the same series key and time make it once. A parcel
that is too large is halved; one with a wrong point is halved until that point stands alone, and is set aside. Whatever made
InfluxDB lose what it had (another server, a bucket that was missing, a new token for new buckets) makes the cursors
begin again.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dashboard.influx.buckets import kept
from dashboard.influx.client import Human, Influx, Later, Need, Refused, TooLarge
from dashboard.relay import points
from dashboard.relay.leaving import Leaving
from dashboard.relay.streams import Alerts, Health, Parcel, Stream, Traffic, Words, counters, good, number, packed, seen
from sensor.detect.alert import Alert
from sensor.detect.policy import Policy, Retention
from sensor.detect.policy_influx import InfluxDB
from sensor.store.errors import Reason, StoreError
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.schema import WATCH
from sensor.store.status import read_status, status_file
from sensor.store.touched import GOOD, SEEING
from sensor.store.traffic import Level

SMALLEST, FIRST, LARGEST = 16 << 10, 64 << 10, 1 << 20  # characters at once; packed, a tenth of it
QUICK, SLOW = 0.5, 5.0  # seconds that a write may take before less is sent at once
_MARGIN = 60  # minutes: what InfluxDB is about to forget is not sent
_SECOND = 1_000_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Site:
    """What is shipped from where to where. `settings` and `leaving`: the policy's."""

    state: Path
    settings: InfluxDB
    leaving: Leaving
    keep: Retention

    @classmethod
    def of(cls, state: Path, settings: InfluxDB, policy: Policy, key: bytes) -> "Site":
        return cls(state, settings, Leaving.of(policy, key), policy.retention)


class Shipping:
    """One site's way to one InfluxDB. Errors of `round`: Later, Human; StoreError of the local stores."""

    def __init__(self, site: Site, store: RelayStore, clock: Callable[[], int] = time.time_ns) -> None:
        self._site = site
        self._store = store
        self._clock = clock
        self._watch = WATCH.path(site.state)
        self._words = Words(site.settings.site, site.leaving)
        self._size = FIRST
        self._told: tuple[int, int, int, int] | None = None  # of the last point of the box
        buckets = site.settings.buckets
        self._streams: tuple[tuple[Stream, str], ...] = (
            (Alerts(buckets.figures, site.settings.site, site.leaving, self._place), "figures"),
            (Traffic("minute", buckets.detail, Level.MINUTE), "detail"),
            (Traffic("hour", buckets.figures, Level.HOUR), "figures"),
            (Traffic("ten", buckets.totals, Level.TEN_ALL), "totals"),
            (Health("seeing", buckets.totals, SEEING, seen, site.settings.site), "totals"),
            (Health("done_right", buckets.totals, GOOD, good, site.settings.site), "totals"),
        )

    def round(self, influx: Influx, token: str) -> int:
        """Ship all there is. How many points were acknowledged."""
        self._same_target(token)
        sent, missing = 0, None
        for stream, kind in self._streams:
            try:
                while (count := self._page(influx, stream, kind)) is not None:
                    sent += count
            except Human as error:
                if error.need is not Need.BUCKET:
                    raise
                missing = error
                self._again(lambda other, bucket=stream.bucket: other.bucket == bucket)  # type: ignore[misc]
        if missing is not None:
            raise missing
        self._box(influx)
        return sent

    def _same_target(self, token: str) -> None:
        """A server, an organisation or a token that is new may know nothing of what was acknowledged before."""
        settings = self._site.settings
        told = "\x1f".join((settings.url, settings.org, repr(settings.buckets), settings.site, token))
        told += f"\x1f{self._site.leaving.level}"
        target = sha256(told.encode()).hexdigest()[:32]
        if self._store.cursor("influx target") != target:
            self._again(lambda _: True)
            self._store.move({"influx target": target})

    def _again(self, which: Callable[[Stream], bool]) -> None:
        self._store.move({_cursor(stream): "" for stream, _ in self._streams if which(stream)})

    def _page(self, influx: Influx, stream: Stream, kind: str) -> int | None:
        """None once nothing is left."""
        parcels = self._parcels(stream, kind)
        if not parcels:
            return None
        sent = 0
        for parcel in parcels:
            if parcel.lines:
                self._write(influx, stream.bucket, parcel.lines)
            if parcel.cursor is not None:
                self._store.move({_cursor(stream): parcel.cursor})
            sent += len(parcel.lines)
        return sent

    def _parcels(self, stream: Stream, kind: str) -> list[Parcel]:
        cursor = self._store.cursor(_cursor(stream)) or None
        oldest = (self._clock() // _SECOND - kept(self._site.keep)[kind]) // 60 + _MARGIN

        def ask(db: sqlite3.Connection) -> list[Parcel]:
            after = cursor
            known = counters(db).get(stream.counter)
            if known is None:
                return []  # of an earlier version: `watch` is about to bring it over
            if number(after) > known:
                after = None
                self._words.forget()
            return list(packed(stream.page(db, after, self._words, oldest), self._size))

        try:
            return read(self._watch, ask)
        except StoreError as error:
            if error.reason is Reason.ABSENT:
                return []
            raise

    def _write(self, influx: Influx, bucket: str, lines: tuple[str, ...]) -> None:
        began = time.monotonic()
        try:
            influx.write(bucket, lines)
        except (TooLarge, Refused) as error:
            if "retention policy" in str(error):  # the others of the parcel were written
                self._store.set_aside(f"{len(lines)} points of {bucket}", str(error))
            elif len(lines) == 1:
                _log.warning("InfluxDB refuses a point of %s, which is set aside: %s", bucket, error)
                self._store.set_aside(lines[0], str(error))
            else:
                if isinstance(error, TooLarge):
                    self._size = max(SMALLEST, self._size // 2)
                half = len(lines) // 2
                self._write(influx, bucket, lines[:half])
                self._write(influx, bucket, lines[half:])
            return
        except Later:
            self._size = max(SMALLEST, self._size // 2)
            raise
        took = time.monotonic() - began
        if took < QUICK:
            self._size = min(LARGEST, self._size * 2)
        elif took > SLOW:
            self._size = max(SMALLEST, self._size // 2)

    def _place(self, alerts: Iterable[Alert]) -> dict[str, int]:
        """Within the second of its first sight, at a place of its own: several alerts may begin in one nanosecond."""
        return self._store.place(
            {
                one.id: one.first_seen
                - one.first_seen % _SECOND
                + int.from_bytes(sha256(one.id.encode("utf-8", "replace")).digest()[:8]) % _SECOND
                for one in alerts
            }
        )

    def _box(self, influx: Influx) -> None:
        """How the watching goes, and how far the relay came: at most one point a minute, and one for each change."""
        status = read_status(status_file(self._site.state))
        try:
            found = read(self._watch, counters)
        except StoreError as error:
            if error.reason is not Reason.ABSENT:
                raise
            found = {"change": 0, "series": 0}
        at = (status.written if status else self._clock()) // points.MINUTE
        told = (found["change"], found["series"], found.get("rolled", 0), at)
        if told == self._told:
            return
        turn = int(self._store.cursor("influx round") or 0) + 1
        self._store.move({"influx round": str(turn)})
        known = (("alerts", "change"), ("traffic", "series"), ("rolled", "rolled"))
        fields = {name: f"{found.get(counter, 0)}i" for name, counter in known} | {"round": f"{turn}i"}
        if status is not None:
            whole = ("written", "started", "packets", "drops")
            fields |= {name: f"{getattr(status, name)}i" for name in whole}
            fields["last_packet"] = f"{status.last_packet or 0}i"
            fields["packets_per_second"] = repr(float(status.packets_per_second))
            fields["ended"] = "true" if status.ended else "false"
            fields |= {name: points.text(getattr(status, name)) for name in ("version", "interface")}
        line = points.line("box", {"site": self._site.settings.site}, fields, at * points.MINUTE)
        self._write(influx, self._site.settings.buckets.detail, (line,))
        self._told = told


def _cursor(stream: Stream) -> str:
    return f"influx {stream.name}"
