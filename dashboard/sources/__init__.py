"""Where the pages get what they show: one narrow interface. The local store is the first source, InfluxDB the second.

Times are nanoseconds since the epoch, sizes bytes, minutes epoch minutes, days the practice's. A source knows nothing of web
pages, languages or privacy: it tells what there is. Errors: WillRetry and NeedsHuman of `sensor.store.errors`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from sensor.detect.alert import Alert, Category, Severity
from sensor.detect.backups import BackupState
from sensor.store.hosts import Used
from sensor.store.seeing import Seen

SHARES = 12
"""Devices and services of one day's page, at most."""
MOST_SHARES = 500
"""Lines of any list of shares, at most."""
MOST_HOSTS = (500, 50)
"""Hosts on a list, and on none, of one answer."""
MOST = 200
"""Alerts on one page of the API, at most."""


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which alerts. `after` is the `next` of the page before; `least` the lowest severity wanted."""

    category: Category | None = None
    least: Severity = Severity.INFORMATIONAL
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Alerts, newest first. `counts` are of all alerts by category, whatever the query; `next` is None on the last page."""

    alerts: tuple[Alert, ...]
    next: str | None
    counts: tuple[tuple[Category, int], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """Traffic from one moment of a day to the next slot's."""

    minute: int
    bytes_out: int
    bytes_in: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one device, or one service, exchanged in a day. `mac` is a device's."""

    name: str
    bytes_out: int
    bytes_in: int
    mac: str | None = None


@dataclass(frozen=True, slots=True)
class DayTraffic:
    """A practice day in slots of ten minutes, those without traffic included: 138, 144 or 150 of them."""

    day: date
    slots: tuple[Slot, ...]
    devices: tuple[Share, ...]  # most first
    services: tuple[Share, ...]
    destinations: tuple[Share, ...] = ()  # classes, as `sensor.detect.destinations` and `sensor.track.flow` call them
    done_right: tuple[tuple[str, int], ...] = ()  # what was as it should be, and how often, by the rules' word for it
    instead: bool = False  # another source should have told it, and did not answer


@dataclass(frozen=True, slots=True)
class HostsUsed:
    """The hosts outside that the practice uses, as far back as they are kept; the most exchanged first.

    `unknown` are on no list: told by what went there, of all posts together.
    """

    listed: tuple[Used, ...] = ()
    unknown: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many alerts of a category began on a practice day."""

    day: date
    category: Category
    count: int


class Sight(StrEnum):
    """Whether the box sees, in one word."""

    SEEING = "seeing"
    SILENT = "silent"  # it listens, and no packet came for a minute
    ENDED = "ended"  # the listening was stopped as it should
    LOST = "lost"  # it should be listening, and says nothing any more
    NEVER = "never"  # nothing ever listened here


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the watching goes. Rates are packets per second."""

    sight: Sight
    packets: int = 0
    packets_per_second: float = 0.0
    drops: int = 0
    last_packet: int | None = None
    started: int | None = None
    version: str = ""
    interface: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Two numbers that grow: with each new or grown alert, with each batch of traffic. Cheap to ask each second."""

    alerts: int
    traffic: int


class Figures(Protocol):
    """Figures over time: what both the local store and InfluxDB tell."""

    def change(self) -> Change: ...

    def traffic(self, day: date) -> DayTraffic: ...

    def devices(self, day: date) -> tuple[Share, ...]:
        """All that exchanged something that day, most first; `DayTraffic` holds the first of them."""
        ...

    def alerts_over_time(self, first: date, last: date) -> tuple[DayCount, ...]:
        """Of the days from `first` to `last`, in order; days and categories without alerts are left out."""
        ...

    def coverage(self, now: int) -> Coverage: ...

    def seen(self, first: date, last: date) -> tuple[Seen, ...]:
        """How well the box saw from `first` to `last`, in steps of ten minutes; those that nobody watched are left out."""
        ...


class Source(Figures, Protocol):
    """What the pages may ask: the figures, and the journal's alerts, which are the local store's alone."""

    def alerts(self, query: AlertQuery) -> AlertPage:
        """Errors: BadCursor if `query.after` was never a `next`."""
        ...

    def alert(self, alert_id: str) -> Alert | None: ...

    def backups(self) -> tuple[BackupState, ...]:
        """What is known of each device's backups, the one that ran latest first."""
        ...

    def hosts(self) -> HostsUsed:
        """The local store's alone: which post uses which host does not leave the box."""
        ...


class BadCursor(ValueError):  # noqa: N818  (it names the thing that is wrong)
    """A cursor that no page gave."""
