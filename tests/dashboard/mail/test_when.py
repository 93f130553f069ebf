"""The hours of mails, in the practice's zone, across its clocks' changes."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from dashboard.mail.when import When
from sensor.detect.policy import Hours
from sensor.detect.policy_mail import Mail, Server

PARIS = ZoneInfo("Europe/Paris")


def when(*, hourly=False, at=time(8), weekly=0, quiet=None):
    mail = Mail(Server("localhost", 25, "none"), "v@x.example", (), hourly=hourly, digest_at=at, weekly=weekly)
    return When(mail, PARIS, quiet)


def ns(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()) * 1_000_000_000


NIGHT = Hours(time(20), time(7))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-20 07:59:59", "2026-11-20 08:00"),
        ("2026-11-20 08:00", "2026-11-21 08:00"),
        ("2026-10-24 12:00", "2026-10-25 08:00"),  # clocks went back in between
        ("2026-03-28 12:00", "2026-03-29 08:00"),  # and forward
    ],
)
def test_the_daily_digest(now, due):
    assert when().digest(ns(now)) == ns(due)


def test_the_hourly_digest_waits_for_the_end_of_quiet_hours():
    assert when(hourly=True).digest(ns("2026-11-20 10:20")) == ns("2026-11-20 11:00")
    assert when(hourly=True, quiet=NIGHT).digest(ns("2026-11-20 21:20")) == ns("2026-11-21 07:00")
    assert when(at=time(6), quiet=NIGHT).digest(ns("2026-11-20 21:20")) == ns("2026-11-21 07:00")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-20 19:59", None),
        ("2026-11-20 20:00", "2026-11-21 07:00"),
        ("2026-11-21 03:00", "2026-11-21 07:00"),
        ("2026-11-21 07:00", None),
    ],
)
def test_quiet_hours(now, until):
    assert when(quiet=NIGHT).quiet_until(ns(now)) == (until and ns(until))


def test_the_rest_of_a_day_that_was_too_full_comes_the_next_day():
    assert when().rest(ns("2026-11-20 07:00")) == ns("2026-11-21 08:00")
    assert when().day(ns("2026-11-20 07:00")) == ns("2026-11-20 00:00")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-23 07:59", date(2026, 11, 16)),
        ("2026-11-23 08:00", date(2026, 11, 23)),
        ("2026-11-29 23:00", date(2026, 11, 23)),
    ],
)
def test_the_week(now, day):
    assert when().week(ns(now)) == (day, ns(f"{day} 08:00"))
