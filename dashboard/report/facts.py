"""What a month's report is made of, as it lies in the stores: no words, no names chosen, nothing left out."""

from dataclasses import dataclass
from datetime import date

from dashboard.report.month import Month
from sensor.detect.alert import Alert


@dataclass(frozen=True, slots=True)
class Watched:
    """How well the box saw in a stretch of time. Seconds and counts; `span` is how long the stretch lasts."""

    span: float
    watched: float = 0.0
    silent: float = 0.0
    packets: int = 0
    bytes: int = 0
    drops: int = 0
    gaps: int = 0
    unreadable: int = 0

    @property
    def blind(self) -> float:
        """Seconds in which nothing could have been seen: nobody watched, or no packet came for a minute."""
        return max(0.0, self.span - self.watched + self.silent)


@dataclass(frozen=True, slots=True)
class Moved:
    """Bytes to and from one class of destination, all devices together."""

    name: str
    bytes_out: int
    bytes_in: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One device in the month, and the first day on which the store knows of it."""

    ip: str
    mac: str | None
    first: date
    bytes_out: int
    bytes_in: int


@dataclass(frozen=True, slots=True)
class Facts:
    """One month. `alerts` began in it, oldest first; `began` is the first moment the store knows of; `until`, how far the month
    has come (epoch minutes): its end, unless it still runs.
    """

    month: Month
    until: int
    complete: bool
    alerts: tuple[Alert, ...]
    earlier: tuple[Alert, ...]  # the month before
    watched: Watched
    days: tuple[tuple[date, Watched], ...]
    destinations: tuple[Moved, ...]
    done_right: tuple[tuple[str, int], ...]
    done_right_before: tuple[tuple[str, int], ...]
    devices: tuple[Seen, ...]
    gone: tuple[Seen, ...]  # seen the month before, not in this one
    watched_before: bool  # whether the month before was watched at all
    entries: int
    root: str = ""  # over the journals of all processes
    version: str = ""
