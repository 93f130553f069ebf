"""What `vigie watch` and the demo have in common: a source through the chain into the store, second by second.

A new alert is written at once, because it must be on the page two seconds after its packet and survive a power cut; one that
merely grows waits for `GROWTH_SECONDS`, because an SD card wears by the commit. Each second the status file is overwritten and
the traffic handed to the store, which batches it. A store that cannot write now is tried again each second, and nothing is
forgotten meanwhile.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from sensor.capture import Flaw, Frames, Path, Source
from sensor.chain import Chain
from sensor.detect.alert import Alert
from sensor.settings import Settings
from sensor.stats import Meter, Stats
from sensor.store import clock as clocks
from sensor.store import upkeep
from sensor.store.errors import WillRetry
from sensor.store.requests import Requests
from sensor.store.seeing import Counts
from sensor.store.status import Status, StatusFile
from sensor.store.watch import WatchStore
from sensor.vendors import vendor

GROWTH_SECONDS = 10
REMEMBERED_DAYS = 31
"""How far back alerts are loaded: what is told once in 30 days must not be told again after a restart."""
WAITING = 65_536
"""Alerts that a full disk may keep waiting. The oldest give way, and that is logged."""

_DAY = 86_400_000_000_000
_log = logging.getLogger(__name__)


DRAIN_SECONDS = 1.0
"""How long a watch that was told to end still takes what had passed by then."""


class Until:
    """A source that ends when it is told to, or after some seconds, once what had passed by then is taken."""

    def __init__(self, inner: Source, stop: threading.Event, seconds: float | None = None) -> None:
        self._inner = inner
        self._stop = stop
        self._seconds = seconds
        self.path: Path = inner.path

    def batches(self) -> Iterator[Frames]:
        end = None if self._seconds is None else time.monotonic() + self._seconds
        last: float | None = None
        for frames in self._inner.batches():
            now = time.monotonic()
            if last is None and (self._stop.is_set() or (end is not None and now >= end)):
                last = now + DRAIN_SECONDS
            if last is not None and (not len(frames.table) or now >= last):
                return
            yield frames

    def kernel_drops(self) -> int:
        return self._inner.kernel_drops()

    def flaws(self) -> tuple[Flaw, ...]:
        return self._inner.flaws()

    def progress(self) -> float | None:
        return self._inner.progress()

    def close(self) -> None:
        self._inner.close()


@dataclass(frozen=True, slots=True)
class Terms:
    """How to watch. `eager`: growth and traffic are written each second, for a demo that lasts a minute on any disk."""

    interface: str = ""
    seconds: float | None = None
    eager: bool = False
    goes_on: bool = False  # a wire: what is open when the watch ends, is not over
    tell: Callable[[Alert], None] = lambda _alert: None  # called with each alert once it is written
    clock: Callable[[], int] = time.time_ns
    trusted: Callable[[], bool] = field(default_factory=lambda: clocks.synchronised)  # whether that clock is set


def _store(state: FilePath, settings: Settings, terms: Terms) -> WatchStore:
    """The store, kept as the practice's policy says: how long, and in which zone days begin."""
    practice = settings.policy.practice
    keep = upkeep.Terms(keep=settings.policy.retention, zone=practice.timezone, trusted=terms.trusted)
    return WatchStore(state, clock=terms.clock, terms=keep)


def run_watch(source: Source, settings: Settings, state: FilePath, stop: threading.Event, terms: Terms) -> Stats:
    """Watches until the source ends, `stop` is set or time is up; all that was seen is then in the store.

    Closes the source. Errors: CaptureError, when the interface goes away; NeedsHuman, WillRetry of `sensor.store.errors`,
    when the store cannot be opened, or not any more.
    """
    with Meter() as meter, StatusFile(state) as status, _store(state, settings, terms) as store:
        known = store.load_alerts(terms.clock() - REMEMBERED_DAYS * _DAY)
        chain = Chain(settings, known=known, backups=store.load_backups(), vendor=vendor, clock=terms.clock)
        keeper = _Keeper(chain, store, status, terms, {alert.id for alert in known})
        requests = Requests(state)
        try:
            for alerts in chain.run(Until(source, stop, terms.seconds), goes_on=terms.goes_on):
                keeper.take(alerts)
                if keeper.pass_time():
                    keeper.take(requests.new(terms.clock()))
        finally:
            source.close()
            keeper.finish()
        return chain.stats().with_spent(meter.spent())


class _Keeper:
    """Brings to the disk what the chain finds."""

    def __init__(self, chain: Chain, store: WatchStore, status: StatusFile, terms: Terms, written: set[str]) -> None:
        self._chain = chain
        self._store = store
        self._status = status
        self._terms = terms
        self._written = written
        self._waiting: dict[str, Alert] = {}
        self._started = terms.clock()
        self._last = self._due = self._grown = time.monotonic()
        self._counts = Counts()
        self._good: Counter[str] = Counter()
        self._failing = False

    def take(self, alerts: Iterable[Alert]) -> None:
        """Alerts that are new or grew."""
        fresh = False
        for alert in alerts:
            self._waiting.pop(alert.id, None)
            self._waiting[alert.id] = alert
            fresh |= alert.id not in self._written
        if fresh and not self._failing:
            self._trying(self._write)

    def pass_time(self) -> bool:
        """Called after each batch: does once a second what is done once a second. Whether that was now."""
        now = time.monotonic()
        if now < self._due:
            return False
        self._due = now + 1
        self._tell_status(now)
        grow = self._failing or self._terms.eager or now - self._grown >= GROWTH_SECONDS
        if grow:
            self._grown = now
        self._trying(lambda: self._write_all(grow=grow))
        return True

    def finish(self) -> None:
        """Write all that waits, and say that the watching ended. Errors: WillRetry if the disk would not have it."""
        self._take_figures()
        self._tell_status(time.monotonic(), ended=True)
        self._write()
        self._store.flush(self._terms.clock(), force=True)

    def _write(self) -> None:
        if not self._waiting:
            return
        alerts = list(self._waiting.values())
        self._store.upsert(alerts)
        self._waiting.clear()
        if len(self._written) >= WAITING:
            self._written.clear()  # costs one early commit for each that still grows
        for alert in alerts:
            self._written.add(alert.id)
            self._terms.tell(alert)

    def _take_figures(self) -> None:
        self._store.add_series(self._chain.take_series())
        self._store.add_hosts(self._chain.take_hosts())
        self._store.add_backups(self._chain.take_backups())

    def _write_all(self, *, grow: bool) -> None:
        if grow:
            self._write()
        self._take_figures()
        self._store.flush(self._terms.clock(), force=self._terms.eager)

    def _trying(self, write: Callable[[], None]) -> None:
        """Once; a store that is busy or full is told once, and asked again next second."""
        try:
            write()
        except WillRetry as error:
            if not self._failing:
                _log.warning("%s", error)
            self._failing = True
            while len(self._waiting) > WAITING:
                lost = self._waiting.pop(next(iter(self._waiting)))
                _log.error("%s: no room to keep it, and too many wait", lost.id)
        else:
            self._failing = False

    def _tell_status(self, now: float, *, ended: bool = False) -> None:
        stats = self._chain.stats()
        counts, seconds = _counts(stats), now - self._last
        new = Counts(*(after - before for after, before in zip(counts, self._counts, strict=True)))
        rate = new.packets / seconds if seconds > 0 else 0.0
        self._counts, self._last = counts, now
        self._store.add_sight(self._terms.clock(), seconds, new)
        good = Counter(self._chain.done_right())
        self._store.add_done_right(self._terms.clock(), good - self._good)
        self._good = good
        self._status.write(
            Status(
                written=self._terms.clock(),
                started=self._started,
                last_packet=stats.last_packet,
                packets=stats.packets,
                drops=stats.kernel_drops,
                packets_per_second=0.0 if ended else rate,
                version=stats.version,
                interface=self._terms.interface,
                ended=ended,
            )
        )


def _counts(stats: Stats) -> Counts:
    return Counts(
        packets=stats.packets,
        bytes=stats.bytes,
        drops=stats.kernel_drops,
        gaps=stats.tcp_gaps,
        shed=stats.shed,
        unreadable=sum(
            count for reason, count in stats.unreadable.items() if reason != "snapped"
        ),  # counted all the same
    )
