"""The monthly report made by itself: on the first of the month at six in the practice's zone, or at the next start after that.

Which are missing is asked of the disk alone, so nothing is lost by a box that was off: every month since the newest whole one that is kept;
on a box that keeps none, the last month, if anything was watched by its end. A child process makes each (`vigie report`), so that
what typesetting takes in memory goes with it. What was made is journaled with the hashes of its files. Called by `vigie relay`.
"""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as hour
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from dashboard.kept_reports import SUFFIXES, kept_in, whole_months
from dashboard.report.month import Month
from sensor.detect.policy import Policy
from sensor.store import clock as clocks
from sensor.store import seeing
from sensor.store.errors import Reason, StoreError
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.schema import WATCH

AT = hour(6)
LOOK = 30.0  # seconds between two looks at the clock
AGAIN = timedelta(minutes=10)
MOST = 6  # months that are caught up with: of older ones the alerts are gone
_TRUST = 3600.0  # seconds after which a clock that nobody sets is believed all the same
_LONGEST = 300
_BEGUN = "report begun"  # the cursor that says which was not finished: a relay killed in its midst goes on with it
_log = logging.getLogger(__name__)


class Stop(Protocol):
    """A threading.Event, or what stands for it."""

    def wait(self, timeout: float) -> bool: ...


class Unmade(Exception):  # noqa: N818  (it says what became of the report)
    """A report could not be made now; its text says why."""


@dataclass(frozen=True, slots=True)
class World:
    """What the outside answers. Another one makes a test quick."""

    clock: Callable[[], int] = time.time_ns
    monotonic: Callable[[], float] = time.monotonic
    trusted: Callable[[], bool] = field(default_factory=lambda: clocks.synchronised)


Made = Callable[[Month, Path], None]
"""Told of each report: its month, and the PDF. Called again for the same one after a crash in between."""


class Monthly:
    """One practice's reports. `config`: its vigie.yml."""

    def __init__(
        self,
        state: Path,
        policy: Policy,
        config: Path | None,
        store: RelayStore,
        made: Made,
        world: World | None = None,
    ) -> None:
        self._state = state
        self._policy = policy
        self._config = config
        self._store = store
        self._made = made
        self._world = world or World()
        self._started = self._world.monotonic()
        self._not_before = 0

    def once(self, *, asked: bool = False) -> list[Path]:
        """Make those that are missing. The PDFs. `asked`: by a person, who has looked at the clock. Errors: Unmade, StoreError, OSError."""
        if not asked and not self._world.trusted() and self._world.monotonic() - self._started < _TRUST:
            return []
        begun = self._store.cursor(_BEGUN)
        months = {Month.parse(begun)} if begun else set()
        done = []
        for month in sorted(months | set(self.missing())):
            self._store.move({_BEGUN: str(month)})
            pdf = self._make(month)
            self._store.reported(str(month), {path.name: _hash(path) for path in _files(pdf)})
            self._made(month, pdf)
            self._store.move({_BEGUN: ""})
            done.append(pdf)
        return done

    def run(self, stop: Stop) -> None:
        """Until `stop` is set."""
        while True:
            self._turn()
            if stop.wait(LOOK):
                return

    def missing(self) -> list[Month]:
        """The oldest first."""
        last = self._last()
        known = [Month.parse(one) for one in whole_months(kept_in(self._state))]
        if known:
            return list(_between(max(known), last))[-MOST:]
        return [last] if self._watched_by_the_end_of(last) else []

    def _turn(self) -> None:
        now = self._world.clock()
        try:
            self._store.tend(now)
            if now >= self._not_before:
                self.once()
        except (Unmade, StoreError, OSError) as error:
            _log.warning("%s", error)
            self._not_before = now + int(AGAIN.total_seconds() * 1e9)

    def _last(self) -> Month:
        """The newest month whose report is due."""
        zone, now = self._policy.practice.timezone, self._world.clock()
        running = Month.of(now, zone)
        due = datetime.combine(running.first, AT, zone).timestamp()
        return running.before if now / 1e9 >= due else running.before.before

    def _watched_by_the_end_of(self, month: Month) -> bool:
        after = month.minutes(self._policy.practice.timezone)[1]
        try:
            return read(WATCH.path(self._state), lambda db: seeing.began_before(db, after))
        except StoreError as error:
            if error.reason is Reason.ABSENT:
                return False
            raise

    def _make(self, month: Month) -> Path:
        command = [sys.executable, "-c", "from dashboard.cli import main; main()", "report"]
        command += ["--state", str(self._state), "--month", str(month)]
        command += ["--config", str(self._config)] if self._config else []
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)  # noqa: S603  (ourselves)
        except subprocess.TimeoutExpired:
            raise Unmade(f"the report of {month} took more than {_LONGEST} s") from None
        said = (done.stdout if not done.returncode else done.stderr).strip().splitlines()
        if done.returncode or not said:
            raise Unmade(f"the report of {month} was not made: {said[-1] if said else done.returncode}")
        return Path(said[0])


def _between(known: Month, last: Month) -> Iterator[Month]:
    while known < last:
        known = known.after
        yield known


def _files(pdf: Path) -> list[Path]:
    return [pdf.with_suffix(f".{suffix}") for suffix in SUFFIXES]


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
