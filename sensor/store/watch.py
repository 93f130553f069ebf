"""The store of `vigie watch`: alerts and traffic in DIR/watch/vigie.db, one writer, many readers (`sensor.store.reader`).

Alerts are committed before `upsert` returns; with WAL and `synchronous=FULL` that means they survive a power cut.
Traffic waits for at most `BATCH_SECONDS`, because an SD card wears by the commit.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from sensor.detect.alert import Alert, Severity
from sensor.store import keys, schema
from sensor.store.codec import clean, decode, encode
from sensor.store.errors import NeedsHuman, Reason, WillRetry, told
from sensor.store.journal import Journal
from sensor.store.series import Batch, SeriesRow
from sensor.store.telling import tell

BATCH_SECONDS = 45
SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}

_UPSERT = """
INSERT INTO alert (id, change, first_seen, last_seen, category, severity, app, rule, device_ip, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET change=excluded.change, first_seen=excluded.first_seen, last_seen=excluded.last_seen,
    category=excluded.category, severity=excluded.severity, app=excluded.app, rule=excluded.rule,
    device_ip=excluded.device_ip, body=excluded.body
"""

_ADD_SERIES = """
INSERT INTO series (minute, device_ip, service, destination, device_mac, bytes_out, bytes_in, packets_out, packets_in, flows)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (minute, device_ip, service, destination) DO UPDATE SET
    device_mac=coalesce(excluded.device_mac, device_mac),
    bytes_out=bytes_out+excluded.bytes_out, bytes_in=bytes_in+excluded.bytes_in,
    packets_out=packets_out+excluded.packets_out, packets_in=packets_in+excluded.packets_in, flows=flows+excluded.flows
"""


def database(state: Path) -> Path:
    """Where `watch` keeps its file under the state directory."""
    return state / "watch" / "vigie.db"


class WatchStore:
    """The only writer of DIR/watch/vigie.db. May be called from several threads, one at a time.

    Errors: WillRetry and NeedsHuman (`sensor.store.errors`), nothing else for what happens to files.
    """

    def __init__(self, state: Path | str, *, clock: Callable[[], int] = time.time_ns) -> None:
        self.path = database(Path(state))
        self._turn = Lock()
        self._batch = Batch()
        self._batch_since: int | None = None
        self._clock = clock
        self._lock = _lock(self.path)
        with ExitStack() as undo:
            undo.callback(os.close, self._lock)
            self._db = _open(self.path)
            undo.callback(self._db.close)
            self._journal = self._open_journal()
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def upsert(self, alerts: Iterable[Alert]) -> int:
        """Write alerts, new or grown, durably. Returns the change number, which grows with each such commit."""
        with self._turn, self._commit() as db:
            change = _next(db, "change")
            now = self._clock()
            for alert in alerts:
                tell(self._journal, alert, now)
                db.execute(_UPSERT, _row(alert, change))
        return change

    def rotate_key(self) -> str:
        """A new key signs the journal from here on. Its id."""
        name = keys.make(self.keys)
        with self._turn, self._commit():
            self._journal.rotate(name, keys.load(self.keys)[name], self._clock())
        return name

    def add_series(self, rows: Iterable[SeriesRow]) -> None:
        """Remember increments of traffic until the next `flush` that writes."""
        with self._turn:
            self._batch.add(rows)
            if self._batch.full:
                self._write_series()

    def flush(self, now: int, *, force: bool = False) -> bool:
        """Write the waiting traffic if it has waited `BATCH_SECONDS` (or `force`). `now` in nanoseconds. True if written."""
        with self._turn:
            if not len(self._batch):
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

    def close(self) -> None:
        """Write what waits, fold the WAL into the file (readers then open it `immutable`) and let go. Idempotent."""
        with self._turn:
            if self._lock < 0:
                return
            try:
                if len(self._batch):
                    self._write_series()
                with self._telling():
                    self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._db.close()
                os.close(self._lock)
                self._lock = -1

    @property
    def keys(self) -> Path:
        """Where the keys of this store's journal lie."""
        return self.path.parent / "keys"

    def _open_journal(self) -> Journal:
        """Errors: NeedsHuman if a journal is there and the key that must go on signing it is not."""
        with self._telling():
            try:
                known = keys.load(self.keys)
                if not known and not self._db.execute("SELECT EXISTS (SELECT 1 FROM journal)").fetchone()[0]:
                    keys.make(self.keys)
                    known = keys.load(self.keys)
            except OSError as error:
                raise NeedsHuman(Reason.DENIED, self.keys, error.strerror or str(error)) from error
            journal = Journal(self._db, known, next(iter(known), ""))
        if journal.key not in known:
            raise NeedsHuman(Reason.DAMAGED, self.path, f"the key {journal.key} of its journal is gone")
        return journal

    def _write_series(self) -> None:
        with self._commit() as db:
            _next(db, "series")
            db.executemany(
                _ADD_SERIES, ((m, clean(ip), clean(s), clean(d), *rest) for m, ip, s, d, *rest in self._batch.rows())
            )
        self._batch.clear()
        self._batch_since = None

    @contextmanager
    def _commit(self) -> Iterator[sqlite3.Connection]:
        with self._telling():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise told(error, self.path) from error


def _row(alert: Alert, change: int) -> tuple[str | int | None, ...]:
    return (
        clean(alert.id),
        change,
        alert.first_seen,
        alert.last_seen,
        alert.category.value,
        SEVERITY_RANK[alert.severity],
        None if alert.app is None else clean(alert.app),
        clean(alert.rule),
        clean(alert.device.ip),
        encode(alert),
    )


def _next(db: sqlite3.Connection, key: str) -> int:
    row = db.execute("UPDATE meta SET value = value + 1 WHERE key = ? RETURNING value", (key,)).fetchone()
    return int(row[0])


def _lock(path: Path) -> int:
    """A lock that dies with the process: two writers of one store would each hold alerts that the other does not know."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        handle = os.open(path.parent / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NeedsHuman(Reason.DENIED, path, error.strerror or str(error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise WillRetry(Reason.BUSY, path, "another vigie writes there") from error
    return handle


def _open(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
    except sqlite3.Error as error:
        raise told(error, path) from error
    try:
        schema.check(db, path)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
        schema.migrate(db, path)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the tables lie in the file itself before the first alert
    except sqlite3.Error as error:
        db.close()
        raise told(error, path) from error
    except BaseException:
        db.close()
        raise
    return db
