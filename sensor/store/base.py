"""A process's own store, DIR/NAME/vigie.db: one writer, its journal, its keys, its upkeep. `watch`, `serve` and `relay` build on it.

At opening: a lock that dies with the process, damage looked for and mended (`sensor.store.rescue`), migrations, the key made at
the very first start. From then on every change is a transaction of `_commit`, durable when it returns (WAL, `synchronous=FULL`).
Others read the file with `sensor.store.reader`.
"""

import errno
import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import ClassVar, Self

from sensor.detect.alert import Alert, Value
from sensor.detect.policy import Retention
from sensor.store import keys, rescue, schema
from sensor.store.errors import NeedsHuman, Reason, WillRetry, told
from sensor.store.health import Trouble, health
from sensor.store.journal import Journal, Kind, about
from sensor.store.refill import Rest, tables
from sensor.store.rescue import Rescued
from sensor.store.retention import Own
from sensor.store.schema import Layout
from sensor.store.space import Space
from sensor.store.table import counted, write
from sensor.store.telling import tell
from sensor.store.upkeep import Terms, Tools, Upkeep

RETENTION = "retention"
"""The subject of the setting that every store journals."""
WAL_KEPT = 4 << 20  # bytes of the -wal that stay once it was folded in


class OwnStore:
    """The only writer of its file. May be called from several threads, one at a time.

    Errors: WillRetry and NeedsHuman (`sensor.store.errors`), nothing else for what happens to files.
    """

    LAYOUT: ClassVar[Layout]

    def __init__(
        self, state: Path | str, *, clock: Callable[[], int] = time.time_ns, terms: Terms | None = None
    ) -> None:
        """A damaged file is set aside, and what can be read of it goes on in a new one; an alert says so."""
        terms = terms or Terms()
        self.path = self.LAYOUT.path(Path(state))
        self._turn = Lock()
        self._clock = clock
        self._lock = _lock(self.path)
        with ExitStack() as undo:
            undo.callback(os.close, self._lock)
            rescued = self._rescued()
            self._db = self._open()
            undo.callback(self._db.close)
            self._journal = self._open_journal()
            self._space = Space(self.path.parent)
            self._space.hold()
            self._own = self._opened(terms)
            with self._telling():
                self._upkeep = Upkeep(self._tools(), terms)
            self._tell_retention(terms)
            if rescued is not None:
                found = rescued.found
                facts: dict[str, Value] = {"file": rescued.file, "alerts": found.alerts, "lost": found.lost}
                self._upsert([health(Trouble.DAMAGED, clock(), facts, subject=rescued.file)])
            undo.pop_all()

    def _rest(self) -> Rest:
        """What fills a new file's own tables from a damaged one."""
        return tables()

    def _opened(self, terms: Terms) -> Own:  # noqa: ARG002  (others need them)
        """What one process has of its own, called once the file is open; the upkeep's hand on it."""
        return Own()

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

    def maintain(self, now: int) -> bool:
        """One small piece of the store's own work (`sensor.store.upkeep`). False if nothing is left to do for now."""
        with self._turn, self._telling():
            return self._upkeep.step(now)

    def tend(self, now: int) -> bool:
        """The same if some is due: to be called each second by whoever has nothing else to write."""
        with self._turn:
            return self._tend(now)

    def close(self) -> None:
        """Write what waits, fold the WAL into the file (readers then open it `immutable`) and let go. Idempotent."""
        with self._turn:
            if self._lock < 0:
                return
            try:
                self._last_words()
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

    def _tell_retention(self, terms: Terms) -> None:
        """How long things are kept, and why longer than by default: an entry whenever that changed."""
        told = asdict(terms.keep)
        last = None
        for entry in about(self._db, RETENTION, Kind.SETTING):
            last = entry.body
        if told != (asdict(Retention()) if last is None else json.loads(last)):
            with self._commit():
                self._journal.append(Kind.SETTING, RETENTION, told, self._clock())

    def _as_kept(self, alert: Alert) -> Alert:
        """The alert as it is written, within the transaction that does."""
        return alert

    def _last_words(self) -> None:
        """Write what still waits; called once, before the file is closed."""

    def _tend(self, now: int) -> bool:
        if not self._upkeep.due():
            return False
        with self._telling():
            return self._upkeep.step(now)

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
            own=self._own,
            space=self._space,
            keys=lambda: keys.load(self.keys),
            commit=self._commit,
            tell=self._tell_once,
        )

    def _upsert(self, alerts: Iterable[Alert]) -> int:
        with self._commit() as db:
            change = counted(db, "change")
            now = self._clock()
            for alert in map(self._as_kept, alerts):
                tell(self._journal, alert, now)
                write(db, alert, change)
        return change

    def _tell_once(self, alert: Alert) -> None:
        """An alert of the store itself, which does not grow."""
        if self._db.execute("SELECT 1 FROM alert WHERE id = ?", (alert.id,)).fetchone() is None:
            self._upsert([alert])

    @contextmanager
    def _commit(self, *, lasting: bool = True) -> Iterator[sqlite3.Connection]:
        """`lasting`: on the disk when it returns. Else with the next that is, whole, and after all that went before."""
        with self._telling():
            self._db.execute(f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
                self._still_writable()
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                self._own.forget()
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

    def _rescued(self) -> Rescued | None:
        """Errors: as of the store; OSError of a full disk too, as WillRetry."""
        try:
            rescue.finish(self.path)
            if not rescue.damage(self.path):
                return None
            known = keys.load(self.keys)
            signer = keys.newest(self.keys) or keys.make(self.keys)
            return rescue.rescue(
                self.path, self.LAYOUT, self._rest(), known or keys.load(self.keys), signer, self._clock()
            )
        except sqlite3.Error as error:
            raise told(error, self.path) from error
        except OSError as error:
            reason = Reason.FULL if error.errno == errno.ENOSPC else Reason.DENIED
            raise WillRetry(reason, self.path, str(error)) from error

    def _open(self) -> sqlite3.Connection:
        with self._telling():
            db = sqlite3.connect(self.path, isolation_level=None, timeout=5, check_same_thread=False)
            with ExitStack() as undo:
                undo.callback(db.close)
                if not schema.check(db, self.path, self.LAYOUT):
                    # Only before the first table: a full disk can then be given room back.
                    db.execute("PRAGMA auto_vacuum=INCREMENTAL")
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=FULL")
                db.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten
                db.execute(f"PRAGMA journal_size_limit={WAL_KEPT}")
                db.execute("PRAGMA foreign_keys=ON")
                schema.migrate(db, self.path, self.LAYOUT)
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the tables lie in the file before the first alert
                rescue.keep_head(self.path)
                undo.pop_all()
        return db


def _lock(path: Path) -> int:
    """A lock that dies with the process: two writers of one store would each hold what the other does not know."""
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
