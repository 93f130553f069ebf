from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sensor.store.days import PARIS, day_of, minutes_of

ZONE = ZoneInfo(PARIS)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-22T22:59:59+00:00", date(2026, 11, 22)),
        ("2026-11-22T23:00:00+00:00", date(2026, 11, 23)),
        ("2026-07-01T21:59:59+00:00", date(2026, 7, 1)),
        ("2026-07-01T22:00:00+00:00", date(2026, 7, 2)),
    ],
)
def test_the_day_is_the_practices(moment, day):
    ns = int(datetime.fromisoformat(moment).timestamp()) * 1_000_000_000
    assert day_of(ns, ZONE) == day


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 11, 22), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_days_of_23_24_and_25_hours(day, hours):
    first, after = minutes_of(day, ZONE)
    assert after - first == hours * 60
    assert datetime.fromtimestamp(first * 60, UTC).astimezone(ZONE).time().isoformat() == "00:00:00"
    assert day_of(first * 60_000_000_000, ZONE) == day
    assert day_of(after * 60_000_000_000 - 1, ZONE) == day
