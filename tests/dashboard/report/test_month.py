"""Months of the practice: days of 23 and 25 hours, February, the year's turn."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.report.month import Month

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "days", "hours"),
    [
        ("2026-10", 31, 745),
        ("2026-03", 31, 743),
        ("2026-02", 28, 672),
        ("2028-02", 29, 696),
        ("2026-12", 31, 744),
    ],
)
def test_a_month_has_its_own_hours(text, days, hours):
    month = Month.parse(text)
    first, after = month.minutes(PARIS)
    assert (len(month.days()), (after - first) / 60) == (days, hours)
    assert str(month) == text


def test_the_years_turn():
    assert Month(2026, 1).before == Month(2025, 12)
    assert Month(2025, 12).after == Month(2026, 1)
    assert Month(2025, 12) < Month(2026, 1)


def test_the_month_is_the_practices():
    midnight = int(datetime(2026, 11, 1, tzinfo=PARIS).timestamp()) * 1_000_000_000
    assert Month.of(midnight, PARIS) == Month(2026, 11)
    assert Month.of(midnight - 1, PARIS) == Month(2026, 10)
    assert Month(2026, 11).first == date(2026, 11, 1)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-1", "1999-10", "2026-10-01", "10-2026", "٢٠٢٦-10"])
def test_what_is_no_month(text):
    with pytest.raises(ValueError, match="a month is wanted"):
        Month.parse(text)
