"""Figures from InfluxDB, from the local store when it does not answer; alerts and the watching itself from the local store.

The journal is the record, so alerts are never asked elsewhere; and whether the box sees is known best on the box. Once
InfluxDB did not answer it is left alone for half a minute, so that each page does not wait for it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import TypeVar

from dashboard.influx.client import InfluxError
from dashboard.sources import (
    AlertPage,
    AlertQuery,
    Change,
    Coverage,
    DayCount,
    DayTraffic,
    Figures,
    HostsUsed,
    Share,
    Source,
)
from sensor.detect.alert import Alert
from sensor.detect.backups import BackupState
from sensor.store.seeing import Seen

LEFT_ALONE = 30.0  # seconds
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class EitherSource:
    """`figures`: InfluxDB; `local`: what answers in its place, and for all else."""

    def __init__(self, figures: Figures, local: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self._figures = figures
        self._local = local
        self._clock = clock
        self._turn = Lock()
        self._until: float | None = None

    def change(self) -> Change:
        here = self._local.change()
        there, _ = self._asked(lambda source: source.change())
        return replace(here, traffic=there.traffic)

    def traffic(self, day: date) -> DayTraffic:
        found, instead = self._asked(lambda source: source.traffic(day))
        return replace(found, instead=instead)

    def devices(self, day: date) -> tuple[Share, ...]:
        return self._asked(lambda source: source.devices(day))[0]

    def alerts_over_time(self, first: date, last: date) -> tuple[DayCount, ...]:
        return self._asked(lambda source: source.alerts_over_time(first, last))[0]

    def seen(self, first: date, last: date) -> tuple[Seen, ...]:
        return self._asked(lambda source: source.seen(first, last))[0]

    def coverage(self, now: int) -> Coverage:
        return self._local.coverage(now)

    def alerts(self, query: AlertQuery) -> AlertPage:
        return self._local.alerts(query)

    def alert(self, alert_id: str) -> Alert | None:
        return self._local.alert(alert_id)

    def backups(self) -> tuple[BackupState, ...]:
        return self._local.backups()

    def hosts(self) -> HostsUsed:
        return self._local.hosts()

    def _asked(self, ask: Callable[[Figures], _T]) -> tuple[_T, bool]:
        """(the answer, whether the local store gave it instead)."""
        with self._turn:
            alone = self._until is not None and self._clock() < self._until
        if alone:
            return ask(self._local), True
        try:
            found = ask(self._figures)
        except InfluxError as error:
            with self._turn:
                if self._until is None:
                    _log.warning("InfluxDB does not answer the pages, the local store does: %s", error)
                self._until = self._clock() + LEFT_ALONE
            return ask(self._local), True
        with self._turn:
            self._until = None
        return found, False
