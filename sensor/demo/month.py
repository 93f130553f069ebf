"""A month of the same practice: which scenes each day has, and when. What the demo's monthly report tells of.

Working days have letters by MSSanté, prescriptions and a backup; some have more, and one that must not be. Saturday mornings are
quiet. One night the box is without power. The same month gives the same films at the same moments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sensor.demo import mail, messaging, office, remote, upload
from sensor.demo.film import SECOND, Film

LENGTH = 8  # seconds of pages in a day's film
Scene = Callable[[Film, int], None]
_ORDINARY: tuple[Scene, ...] = (mail.letter_by_mssante, office.prescription, upload.backup_to_an_hds_host)
_MORE: dict[int, tuple[Scene, ...]] = {
    1: (messaging.conversation,),
    3: (mail.report_in_clear,),
    4: (remote.maintenance,),
    6: (upload.to_a_transfer_site,),
    8: (messaging.conversation, messaging.photograph),
    11: (mail.report_in_clear,),
    13: (remote.session,),
    15: (messaging.conversation,),
    17: (remote.maintenance,),
}
"""By working day of the month."""
DARK_FROM, DARK_UNTIL = time(21), time(6, 30)  # of the tenth day and the one after


@dataclass(frozen=True, slots=True)
class Day:
    """A film, by the scenes that make it, and the moment at which it begins, in ns since the epoch."""

    scenes: tuple[Scene, ...]
    start: int


def month(days: list[date], zone: ZoneInfo) -> list[Day]:
    """What was filmed on these days; Sundays are not."""
    filmed, working = [], 0
    for day in days:
        if day.weekday() == 6:
            continue
        scenes: tuple[Scene, ...] = (mail.letter_by_mssante,)
        if day.weekday() < 5:
            scenes = (*_ORDINARY, *_MORE.get(working, ()))
            working += 1
        filmed.append(Day(scenes, moment(day, time(8 + day.day % 3, day.day * 7 % 60), zone)))
    return filmed


def film(scenes: tuple[Scene, ...], seed: int = 2) -> Film:
    """The scenes one after the other, on a morning of pages."""
    made = Film(seed)
    for number, scene in enumerate(scenes):
        scene(made, (1 + 2 * number) * SECOND)
    office.background(made, LENGTH * SECOND)
    return made


def dark(days: list[date], zone: ZoneInfo) -> tuple[int, int]:
    """When the box was without power: from, until, in ns since the epoch."""
    return moment(days[9], DARK_FROM, zone), moment(days[10], DARK_UNTIL, zone)


def moment(day: date, at: time, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, at, zone).timestamp()) * SECOND
