"""The relay's day: a round every few seconds, and patience when InfluxDB does not answer. Called by `vigie relay`.

What passes by itself is tried again after 1, 2, 4… seconds (at most five minutes, each wait shortened by chance so that many boxes do
not come back in step), or when InfluxDB said. What needs a human is told once, in an alert, and tried again each minute, or at
once when the token's file has changed.
"""

import json
import logging
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from dashboard.influx import tokens
from dashboard.influx.client import Human, Influx, Later, Need, Where
from dashboard.relay.shipping import Shipping, Site
from dashboard.relay.trouble import health
from sensor.store.errors import StoreError
from sensor.store.relay import INFLUX_TROUBLE, RelayStore

POLL = 5.0  # seconds between two looks at the local store
LONGEST = 300.0
HUMAN = 60.0
_log = logging.getLogger(__name__)


class Stop(Protocol):
    """A threading.Event, or what stands for it."""

    def wait(self, timeout: float) -> bool: ...


class Relay:
    """Ships one site. `config`: vigie.yml, beside which its files are looked for."""

    def __init__(
        self, site: Site, store: RelayStore, config: Path | None, clock: Callable[[], int] = time.time_ns
    ) -> None:
        self._site = site
        self._store = store
        self._clock = clock
        self._token_file = tokens.find(site.settings.token_file, config)
        ca = site.settings.ca_file
        self._where = Where(site.settings.url, site.settings.org, tokens.find(ca, config) if ca else None)
        self._shipping = Shipping(site, store, clock)
        self._influx: tuple[str, Influx] | None = None

    def once(self) -> int:
        """Ship all there is. How many points. Errors: Later, Human (which is told by an alert), StoreError."""
        try:
            influx, token = self._connected()
            sent = self._shipping.round(influx, token)
        except Human as error:
            self._tell(error)
            raise
        if self._store.cursor(INFLUX_TROUBLE):
            self._store.move({INFLUX_TROUBLE: ""})
            _log.warning("InfluxDB takes the points again")
        return sent

    def run(self, stop: Stop) -> None:
        """Until `stop` is set."""
        failures = 0
        while True:
            wait, failures = self._turn(failures)
            self._tend()
            if self._waited(stop, wait):
                return

    def close(self) -> None:
        if self._influx is not None:
            self._influx[1].close()
            self._influx = None

    def _turn(self, failures: int) -> tuple[float, int]:
        """One round: (seconds to wait, failures in a row)."""
        try:
            self.once()
        except Later as error:
            if not failures:
                _log.warning("InfluxDB does not answer, and is tried again: %s", error)
            return error.wait or backoff(failures), failures + 1
        except Human as error:
            if not failures:
                _log.error("InfluxDB needs a person: %s", error)
            return HUMAN, failures + 1
        except StoreError as error:
            if not failures:
                _log.warning("%s", error)
            return backoff(failures), failures + 1
        return POLL, 0

    def _tend(self) -> None:
        try:
            self._store.tend(self._clock())
        except StoreError as error:
            _log.warning("%s", error)

    def _waited(self, stop: Stop, seconds: float) -> bool:
        """True if it is to end. A token that changed ends the waiting."""
        before = _changed(self._token_file)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if stop.wait(min(left, POLL)):
                return True
            if _changed(self._token_file) != before:
                return False
        return stop.wait(0)

    def _connected(self) -> tuple[Influx, str]:
        """The connection, a new one if the token is."""
        try:
            token = tokens.read(self._token_file)
        except tokens.TokenError as error:
            raise Human(Need.TOKEN, str(error)) from None
        if self._where.ca is not None and not self._where.ca.is_file():
            raise Human(Need.TLS, f"{self._where.ca}: no such file")
        if self._influx is None or self._influx[0] != token:
            self.close()
            self._influx = (token, Influx(self._where, token))
        return self._influx[1], token

    def _tell(self, error: Human) -> None:
        """One alert an episode, also when the relay is started again in its midst."""
        known = json.loads(self._store.cursor(INFLUX_TROUBLE) or "{}")
        if known.get("need") == error.need:
            return
        now = self._clock()
        self._store.upsert([health(error.need, now, str(error))])
        self._store.move({INFLUX_TROUBLE: json.dumps({"need": error.need, "since": now})})


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row and one more."""
    return float(min(2.0 ** min(failures, 16), LONGEST)) * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret


def _changed(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
