"""The store of `vigie watch`: alerts and traffic in DIR/watch/vigie.db.

Alerts are committed before `upsert` returns; with WAL and `synchronous=FULL` that means they survive a power cut.
Traffic waits for at most `BATCH_SECONDS`, because an SD card wears by the commit.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sensor.detect.alert import Alert
from sensor.detect.backups import BackupState
from sensor.detect.hosts import Heard
from sensor.store.base import OwnStore
from sensor.store.codec import decode
from sensor.store.detail import Detail
from sensor.store.done_right import DoneRight
from sensor.store.errors import NeedsHuman, Reason
from sensor.store.hosts import HostBook
from sensor.store.refill import Rest, traffic
from sensor.store.retention import Own
from sensor.store.runs import Runs, runs
from sensor.store.schema import WATCH
from sensor.store.seeing import Counts, Sight
from sensor.store.series import Batch, SeriesRow
from sensor.store.table import SEVERITY_RANK, counted
from sensor.store.traffic import Traffic
from sensor.store.unsure import Unsure
from sensor.store.upkeep import Terms

__all__ = ["BATCH_SECONDS", "SEVERITY_RANK", "WatchStore", "database"]

BATCH_SECONDS = 45


def database(state: Path) -> Path:
    """Where `watch` keeps its file under the state directory."""
    return WATCH.path(state)


class WatchStore(OwnStore):
    """The only writer of DIR/watch/vigie.db."""

    LAYOUT = WATCH

    def _rest(self) -> Rest:
        return traffic

    def _opened(self, terms: Terms) -> Own:
        self._batch = Batch()
        self._batch_since: int | None = None
        self._sight = Sight()
        self._done_right = DoneRight(terms.zone)
        self._hosts = HostBook(terms.zone)
        self._runs = Runs()
        self._traffic = Traffic(self._db, terms.zone)
        self._unsure = Unsure(self._db, lambda: self._clock() - int(terms.monotonic() * 1_000_000_000), terms.trusted)
        return Detail(self._db, self._traffic)

    def upsert(self, alerts: Iterable[Alert]) -> int:
        self._put_right()
        return super().upsert(alerts)

    def add_series(self, rows: Iterable[SeriesRow]) -> None:
        """Remember increments of traffic until the next `flush` that writes."""
        self._put_right()
        with self._turn:
            self._batch.add(rows)
            if self._batch.full:
                self._write_series()

    def add_sight(self, now: int, seconds: float, counts: Counts) -> None:
        """Remember how the watching went in the `seconds` before `now` (nanoseconds since the epoch), until the next such `flush`."""
        with self._turn:
            self._sight.add(now, seconds, counts)

    def add_done_right(self, now: int, times: Mapping[str, int]) -> None:
        """Remember what was as it should be, by the rules' word for it, until the next such `flush`."""
        with self._turn:
            self._done_right.add(now, times)

    def add_hosts(self, rows: Iterable[Heard]) -> None:
        """Remember what went between posts and hosts outside, until the next such `flush`."""
        with self._turn:
            self._hosts.add(rows)

    def add_backups(self, states: Iterable[BackupState]) -> None:
        """Remember how backups ran, until the next such `flush`."""
        with self._turn:
            self._runs.add(states)

    def flush(self, now: int, *, force: bool = False) -> bool:
        """Write the waiting traffic if it has waited `BATCH_SECONDS` (or `force`); do a piece of upkeep if some is due.

        Called each second. `now` in nanoseconds. True if traffic was written.
        """
        with self._turn:
            self._tend(now)
            if not self._waits():
                self._batch_since = None
                return False
            if self._batch_since is None:
                self._batch_since = now
            waited = abs(now - self._batch_since) // 1_000_000_000  # a clock set back must not stop writing
            if not force and waited < BATCH_SECONDS:
                return False
            self._write_series()
            return True

    def load_alerts(self, since: int = 0) -> list[Alert]:
        """The alerts last seen at or after `since` (nanoseconds), oldest first: what the detector must go on growing."""
        with self._turn, self._telling():
            rows = self._db.execute(
                "SELECT body FROM alert WHERE last_seen >= ? ORDER BY last_seen, id", (since,)
            ).fetchall()
        try:
            return [decode(body) for (body,) in rows]
        except ValueError as error:
            raise NeedsHuman(Reason.DAMAGED, self.path, str(error)) from error

    def load_backups(self) -> list[BackupState]:
        """What earlier runs knew of backups."""
        with self._turn, self._telling():
            return runs(self._db)

    def _as_kept(self, alert: Alert) -> Alert:
        return self._unsure.kept(alert)

    def _put_right(self) -> None:
        """What waits is of the clock before it jumped: it is written first."""
        with self._turn:
            shift = self._unsure.moved()
            if shift is None:
                return
            if self._waits():
                self._write_series()
            with self._commit():
                self._unsure.put_right(shift, self._journal, self._traffic, self._hosts.month, self._clock())

    def _last_words(self) -> None:
        self._sight.close()
        if self._waits():
            self._write_series()

    def _waits(self) -> bool:
        return any(len(one) for one in (self._batch, self._sight, self._done_right, self._hosts, self._runs))

    def _write_series(self) -> None:
        with self._commit() as db:
            counted(db, "series")
            rows = self._batch.rows()
            self._traffic.add(rows)
            self._unsure.copy(rows)
            self._sight.write(db)
            self._done_right.write(db)
            self._hosts.write(db, self._traffic.device, self._unsure.host)
            self._runs.write(db)
        self._sight.clear()
        self._done_right.clear()
        self._hosts.clear()
        self._runs.clear()
        self._batch.clear()
        self._batch_since = None
