"""The practice's days: local calendar days of its time zone, 23 or 25 hours long when the clocks change.

Called wherever a time becomes a day. Times are nanoseconds since the epoch, minutes are epoch minutes.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = "Europe/Paris"


def day_of(ns: int, zone: ZoneInfo) -> date:
    """The practice's day in which this moment falls."""
    return datetime.fromtimestamp(ns // 1_000_000_000, zone).date()


def minutes_of(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """(first epoch minute of the day, first one after it): 1,440 apart, or 1,380 or 1,500 when the clocks change."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time.min, tzinfo=zone).timestamp()) // 60
