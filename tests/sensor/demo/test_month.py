"""The demo's month: the same days, the same films, at any time of year."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from sensor.demo import mail, remote, upload
from sensor.demo.month import dark, film, month

PARIS = ZoneInfo("Europe/Paris")


def days(year, number):
    first = date(year, number, 1)
    return [day for n in range(31) if (day := first + timedelta(days=n)).month == number]


@pytest.mark.parametrize(("year", "number"), [(2026, 2), (2026, 3), (2026, 10), (2026, 12), (2027, 5)])
def test_any_month_has_every_scene(year, number):
    filmed = month(days(year, number), PARIS)
    scenes = [scene for day in filmed for scene in day.scenes]
    for wanted in (mail.report_in_clear, remote.session, remote.maintenance, upload.to_a_transfer_site):
        assert wanted in scenes
    assert [day.start for day in filmed] == sorted({day.start for day in filmed})
    assert len(filmed) == sum(day.weekday() < 6 for day in days(year, number))
    off, on = dark(days(year, number), PARIS)
    assert not any(off <= day.start < on for day in filmed)
    assert month(days(year, number), PARIS) == filmed


def test_the_same_scenes_are_the_same_film():
    scenes = (mail.report_in_clear,)
    assert film(scenes).develop(0) == film(scenes).develop(0)
