"""What `vigie serve` does beside serving: it keeps who came to the door, and tends its store.

A store that cannot write for the moment (a full disk) keeps nobody out: the sign-in is logged instead.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sensor.store.errors import StoreError
from sensor.store.serve import ServeStore

REFUSED_EVERY = 60.0
"""Seconds: whoever tries links all day writes one entry a minute, not one a request."""

_log = logging.getLogger(__name__)


class Door:
    """Writes sign-ins to the store. Called by the page's threads."""

    def __init__(self, store: ServeStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._refused = -REFUSED_EVERY

    def came(self, way: str, peer: str, outcome: str) -> None:
        if outcome == "refused":
            now = self._monotonic()
            if now - self._refused < REFUSED_EVERY:
                return
            self._refused = now
        try:
            self._store.sign_in("", way, peer, outcome)
        except StoreError as error:
            _log.warning("a sign-in (%s, %s) was not kept: %s", way, outcome, error)


@contextmanager
def tended(store: ServeStore, every: float = 1.0) -> Iterator[None]:
    """The store's own work (`sensor.store.upkeep`), in a thread, until the end."""
    stop = threading.Event()

    def tend() -> None:
        while not stop.wait(every):
            try:
                store.tend(time.time_ns())
            except StoreError as error:
                _log.warning("%s", error)

    thread = threading.Thread(target=tend, name="tend", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
