"""What a month's report is made of, as it lies in the stores: no words, no names chosen, nothing left out."""

from dataclasses import dataclass
from datetime import date

from dashboard.report.month import Month
from sensor.detect.alert import Alert
from sensor.detect.lists import ListInfo


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
    shed: int = 0
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
class OneWay:
    """Hours with exchanges with the outside, and those in which only one direction of them was seen."""

    busy: int = 0
    one_way: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """One month. `alerts` began in it, oldest first; `until`, how far the month has come (epoch minutes): its end, unless it still
    runs. `erased`: so long ago that its alerts were due to leave.
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
    one_way: OneWay = OneWay()
    began: date | None = None  # the box's very first day of watching, if it was in this month
    unset: int = 0  # how often the box found that nobody had set its clock
    erased: bool = False
    root: str = ""  # over the journals of all processes
    version: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """The how-manieth report of a month this is, if not the first: `first` is the first's journal reference, `partial` says that it was
    made before the month was over, `same` that it told of the same facts; `changed`, which of the five figures were others.
    """

    number: int
    first: str
    partial: bool = False
    same: bool = False
    changed: tuple[tuple[str, int], ...] = ()  # (figure, what the first said)


@dataclass(frozen=True, slots=True)
class Known:
    """What a report is made of besides the stores. `influx`: the server that gets copies; `without`: sections left out."""

    practice: str = ""
    lists: tuple[ListInfo, ...] = ()
    influx: str = ""
    wanted: tuple[str, ...] | None = None  # sections, by key; all if None
    without: frozenset[str] = frozenset()
    edition: Edition | None = None
