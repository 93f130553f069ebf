"""The store of `vigie watch`: alerts and traffic in DIR/watch/vigie.db, one writer, many readers (`sensor.store.reader`).

Alerts are committed before `upsert` returns; with WAL and `synchronous=FULL` that means they survive a power cut.
Traffic waits for at most `BATCH_SECONDS`, because an SD card wears by the commit.
"""

import errno
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

from sensor.detect.alert import Alert, Value
from sensor.store import keys, rescue, schema
from sensor.store.codec import decode
from sensor.store.errors import NeedsHuman, Reason, WillRetry, told
from sensor.store.health import Trouble, health
from sensor.store.journal import Journal
from sensor.store.rescue import Rescued
from sensor.store.series import Batch, SeriesRow
from sensor.store.space import Space
from sensor.store.table import SEVERITY_RANK, counted, write
from sensor.store.telling import tell
from sensor.store.traffic import Traffic
from sensor.store.upkeep import Terms, Tools, Upkeep

__all__ = ["BATCH_SECONDS", "SEVERITY_RANK", "WatchStore", "database"]

BATCH_SECONDS = 45
WAL_KEPT = 4 << 20  # bytes of the -wal that stay once it was folded in


def database(state: Path) -> Path:
    """Where `watch` keeps its file under the state directory."""
    return state / "watch" / "vigie.db"


class WatchStore:
    """The only writer of DIR/watch/vigie.db. May be called from several threads, one at a time.

    Errors: WillRetry and NeedsHuman (`sensor.store.errors`), nothing else for what happens to files.
    """

    def __init__(
        self, state: Path | str, *, clock: Callable[[], int] = time.time_ns, terms: Terms | None = None
    ) -> None:
        """A damaged file is set aside, and what can be read of it goes on in a new one; an alert says so."""
        terms = terms or Terms()
        self.path = database(Path(state))
        self._turn = Lock()
        self._batch = Batch()
        self._batch_since: int | None = None
        self._clock = clock
        self._lock = _lock(self.path)
        with ExitStack() as undo:
            undo.callback(os.close, self._lock)
            rescued = _rescued(self.path, self.keys, clock())
            self._db = _open(self.path)
            undo.callback(self._db.close)
            self._journal = self._open_journal()
            self._traffic = Traffic(self._db, terms.zone)
            self._space = Space(self.path.parent)
            self._space.hold()
            with self._telling():
                self._upkeep = Upkeep(self._tools(), terms)
            if rescued is not None:
                found = rescued.found
                facts: dict[str, Value] = {"file": rescued.file, "alerts": found.alerts, "lost": found.lost}
                self._upsert([health(Trouble.DAMAGED, clock(), facts, subject=rescued.file)])
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def upsert(self, alerts: Iterable[Alert]) -> int:
        """Write alerts, new or grown, durably. Returns the change number, which grows with each such commit."""
        alerts = list(alerts)
        with self._turn:
            try:
                return self._upsert(alerts)
            except WillRetry as error:
                if error.reason is not Reason.FULL or not self._space.release():
                    raise
            now = self._clock()
            return self._upsert([*alerts, health(Trouble.FULL, now, {"percent": self._space.percent()})])

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
        """Write the waiting traffic if it has waited `BATCH_SECONDS` (or `force`); do a piece of upkeep if some is due.

        Called each second. `now` in nanoseconds. True if traffic was written.
        """
        with self._turn:
            if self._upkeep.due():
                with self._telling():
                    self._upkeep.step(now)
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

    def maintain(self, now: int) -> bool:
        """One small piece of the store's own work (`sensor.store.upkeep`). False if nothing is left to do for now."""
        with self._turn, self._telling():
            return self._upkeep.step(now)

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

    def _tools(self) -> Tools:
        return Tools(
            path=self.path,
            db=self._db,
            journal=self._journal,
            traffic=self._traffic,
            space=self._space,
            keys=lambda: keys.load(self.keys),
            commit=self._commit,
            tell=self._tell_once,
        )

    def _upsert(self, alerts: Iterable[Alert]) -> int:
        with self._commit() as db:
            change = counted(db, "change")
            now = self._clock()
            for alert in alerts:
                tell(self._journal, alert, now)
                write(db, alert, change)
        return change

    def _tell_once(self, alert: Alert) -> None:
        """An alert of the store itself, which does not grow."""
        if self._db.execute("SELECT 1 FROM alert WHERE id = ?", (alert.id,)).fetchone() is None:
            self._upsert([alert])

    def _write_series(self) -> None:
        with self._commit() as db:
            counted(db, "series")
            self._traffic.add(self._batch.rows())
        self._batch.clear()
        self._batch_since = None

    @contextmanager
    def _commit(self) -> Iterator[sqlite3.Connection]:
        with self._telling():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
                self._still_writable()
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                self._traffic.forget()  # numbers that were given in it were not
                raise

    def _still_writable(self) -> None:
        """On a disk that turned read-only meanwhile a commit may pass and keep nothing (seen on Linux 6.18): another change tells."""
        try:
            os.ftruncate(self._lock, 0)
        except OSError as error:
            raise NeedsHuman(Reason.DENIED, self.path, error.strerror or str(error)) from error

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise told(error, self.path) from error


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


def _rescued(path: Path, folder: Path, now: int) -> Rescued | None:
    """Errors: as of the store; OSError of a full disk too, as WillRetry."""
    try:
        rescue.finish(path)
        if not rescue.damage(path):
            return None
        known = keys.load(folder)
        signer = keys.newest(folder) or keys.make(folder)
        return rescue.rescue(path, known or keys.load(folder), signer, now)
    except sqlite3.Error as error:
        raise told(error, path) from error
    except OSError as error:
        raise WillRetry(Reason.FULL if error.errno == errno.ENOSPC else Reason.DENIED, path, str(error)) from error


def _open(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
    except sqlite3.Error as error:
        raise told(error, path) from error
    try:
        if not schema.check(db, path):
            db.execute(
                "PRAGMA auto_vacuum=INCREMENTAL"
            )  # only before the first table: a full disk can be given room back
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten
        db.execute(f"PRAGMA journal_size_limit={WAL_KEPT}")
        db.execute("PRAGMA foreign_keys=ON")
        schema.migrate(db, path)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the tables lie in the file itself before the first alert
        rescue.keep_head(path)
    except sqlite3.Error as error:
        db.close()
        raise told(error, path) from error
    except BaseException:
        db.close()
        raise
    return db
