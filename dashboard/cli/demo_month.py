"""The demo's last month: its own films with the clock moved, through the code of `watch` into the same store, and its report.

Called by `vigie demo` before the page is served, so that there is a month to report on. Days pass at once: what waits for the clock
moves it. Between two films the box is said to have watched a quiet network, but for one night.
"""

import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from dashboard.cli.watching import Terms, run_watch
from dashboard.report.facts import Known
from dashboard.report.making import Asked, keep, known_of
from dashboard.report.month import Month
from dashboard.report.texts import words
from sensor.capture import Flaw, Frames, Path, Source
from sensor.capture.files import open_capture
from sensor.capture.replay import Clock, ReplaySource
from sensor.demo import month as demo
from sensor.settings import Settings
from sensor.store import upkeep
from sensor.store.seeing import Counts
from sensor.store.watch import WatchStore

_SECOND = 1_000_000_000
_STEP = 10  # seconds that one word of the box about itself stands for
_HUM = Counts(packets=120, bytes=14_000)  # what a practice at rest says in that time
_PIECES = 20_000


class Days(Source):
    """Films, each when its day has come. `now` is the clock of all of it."""

    path = Path.KERNEL

    def __init__(self, films: list[tuple[int, FilePath]]) -> None:
        self._films = films
        self._at = films[0][0]

    def now(self) -> int:
        return self._at

    def batches(self) -> Iterator[Frames]:
        for start, capture in self._films:
            self._at = start
            inner = ReplaySource(open_capture(capture), clock=Clock(self.now, self._wait))
            try:
                yield from inner.batches()
            finally:
                inner.close()

    def kernel_drops(self) -> int:
        return 0

    def flaws(self) -> tuple[Flaw, ...]:
        return ()

    def progress(self) -> float | None:
        return None

    def close(self) -> None:
        """Each film is closed when it is over."""

    def _wait(self, seconds: float) -> None:
        self._at += round(seconds * _SECOND)


def last_month(folder: FilePath, state: FilePath, settings: Settings, lang: str, now: int | None = None) -> None:
    """Fills the store with the month before now, and keeps its report. `folder`: for the films. Errors: OSError, StoreError."""
    zone = settings.policy.practice.timezone
    now = now or time.time_ns()
    month = Month.of(now, zone).before
    source = Days(_films(folder, month, zone))
    terms = Terms("demo", clock=source.now, trusted=lambda: True)
    run_watch(source, settings, state, threading.Event(), terms)
    _watched(state, settings, month, now)
    known = known_of(settings.policy, Known(lists=settings.lists.infos))
    keep(Asked(state, month, settings.policy, words(lang), known, now, version("vigie")))


def _films(folder: FilePath, month: Month, zone: ZoneInfo) -> list[tuple[int, FilePath]]:
    """(when it begins, its file): days with the same scenes have the same film."""
    known: dict[tuple[demo.Scene, ...], FilePath] = {}
    films = []
    for day in demo.month(month.days(), zone):
        if day.scenes not in known:
            known[day.scenes] = folder / f"film-{len(known)}.pcap"
            demo.film(day.scenes).write(known[day.scenes], day.start)
        films.append((day.start, known[day.scenes]))
    return films


def _watched(state: FilePath, settings: Settings, month: Month, now: int) -> None:
    """What the box says of itself for the time between the films; then the store sums all of it up."""
    zone = settings.policy.practice.timezone
    first, after = (minute * 60 * _SECOND for minute in month.minutes(zone))
    off, on = demo.dark(month.days(), zone)
    terms = upkeep.Terms(keep=settings.policy.retention, zone=zone, trusted=lambda: True)
    with WatchStore(state, clock=lambda: after, terms=terms) as store:
        for moment in range(first, after, _STEP * _SECOND):
            if not off <= moment < on:
                store.add_sight(moment, float(_STEP), _HUM)
        store.flush(after, force=True)
        for _ in range(_PIECES):
            if not store.maintain(now):
                return
