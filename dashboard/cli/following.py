"""`vigie inspect --follow DIR`: a folder into which captures are written, until somebody says that it is enough."""

import signal
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import click

from dashboard.cli.refusals import refusal
from dashboard.cli.words import Language
from sensor.capture.follow import FollowSource
from sensor.detect.alert import Alert

MOST = 65_536
"""Alerts of which is known what was told of them last; older ones are told again at the end, that is all."""


def following(places: Sequence[str], lang: Language) -> FollowSource:
    """A source over these folders that ends at Ctrl-C or SIGTERM. Leaves with one line and exit 2 if one does not exist."""
    for place in places:
        if not Path(place).exists():
            raise click.UsageError(f"--follow {place}: no such folder")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return FollowSource(list(places), stop.is_set, lambda line: click.echo(f"vigie: {refusal(line, lang)}", err=True))


class AtOnce:
    """Tells each alert when it is new, and at the end those that have grown."""

    def __init__(self, tell: Callable[[Alert], None]) -> None:
        self._tell = tell
        self._told: dict[str, Alert] = {}

    def take(self, alerts: Iterable[Alert]) -> None:
        """New or grown alerts, as they come."""
        for alert in alerts:
            if alert.id not in self._told:
                self._tell(alert)
                self._told[alert.id] = alert
                if len(self._told) > MOST:
                    del self._told[next(iter(self._told))]

    def last(self, found: Mapping[str, Alert]) -> None:
        """All alerts as they are at the end."""
        for alert in found.values():
            if self._told.get(alert.id) != alert:
                self._tell(alert)
