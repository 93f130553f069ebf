"""The mails' day: each second a look at the stores, and what waits is handed over when its time has come. Called by `vigie relay`.

Runs beside what goes to InfluxDB, in a thread of its own: neither waits for the other. From the alert's commit to the mail server a
second or two pass.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from dashboard.mail.outbox import Sender
from dashboard.mail.post import Post
from dashboard.mail.submission import Human
from dashboard.mail.telling import Telling
from sensor.store.errors import StoreError
from sensor.store.relay import RelayStore

POLL = 1.0  # seconds between two looks
_log = logging.getLogger(__name__)


class Stop(Protocol):
    """A threading.Event, or what stands for it."""

    def wait(self, timeout: float) -> bool: ...


class Mailer:
    """One practice's mails. `clock`: nanoseconds since the epoch."""

    def __init__(self, post: Post, store: RelayStore, clock: Callable[[], int] = time.time_ns) -> None:
        self._post = post
        self._store = store
        self._clock = clock
        self._telling = Telling(post, store, clock)
        self._sender = Sender(store, post, clock)
        self._files = self._changed()
        self._failing = False

    def once(self) -> int:
        """Tell what is new, send what is due. How many mails were taken. Errors: StoreError."""
        try:
            self._telling.round()
        except Human as error:
            self._sender.sealed_wrong(error)
        return self._sender.round()

    def run(self, stop: Stop) -> None:
        """Until `stop` is set."""
        while True:
            self._turn()
            if stop.wait(POLL):
                return

    def _turn(self) -> None:
        files = self._changed()
        if files != self._files:
            self._files = files
            self._sender.hurry()
        try:
            self.once()
            self._store.tend(self._clock())
        except StoreError as error:
            if not self._failing:
                _log.warning("%s", error)
            self._failing = True
        else:
            self._failing = False

    def _changed(self) -> tuple[tuple[int, int], ...]:
        return tuple(_stamp(path) for path in self._post.files())


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
