from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dashboard.sources import DayTraffic, Slot
from dashboard.web.chart import HEIGHT, chart
from sensor.store.days import minutes_of

ZONE = ZoneInfo("Europe/Paris")


def traffic(day=date(2026, 11, 20), **at):
    first, after = minutes_of(day, ZONE)
    given = {int(place[1:]): sizes for place, sizes in at.items()}
    slots = [Slot(minute, *given.get(place, (0, 0))) for place, minute in enumerate(range(first, after, 10))]
    return DayTraffic(day, tuple(slots), (), ())


def test_a_day_without_traffic_is_empty():
    found = chart(traffic(), ZONE, "fr")
    assert found.empty
    assert found.bars == found.hours == ()


@pytest.mark.parametrize("sizes", [(1, 0), (0, 1), (10**12, 1), (1, 10**12), (5, 5)])
def test_bars_stay_in_the_drawing(sizes):
    found = chart(traffic(s0=sizes, s143=(1, 1)), ZONE, "fr")
    for bar in found.bars:
        assert 0 <= bar.top <= found.middle
        assert found.middle + bar.down <= HEIGHT - 20
        assert 0 <= bar.x < bar.x + bar.width <= 100


def test_one_scale_for_both_sides_and_what_is_small_is_still_seen():
    up, down = (
        chart(traffic(s0=(1000, 500), s1=(1, 0)), ZONE, "fr").bars[0],
        chart(traffic(s0=(1000, 500), s1=(1, 0)), ZONE, "fr").bars[1],
    )
    assert up.up == pytest.approx(2 * up.down, abs=0.2)
    assert (down.up, down.down) == (1.0, 0.0)


def test_the_words_beside_it():
    found = chart(traffic(s51=(2_000_000, 1_000), s52=(80_000_000, 0)), ZONE, "fr")
    assert [found.out, found.in_, found.peak] == ["82\u00a0Mo", "1\u00a0ko", "8\u00a0h\u00a040"]
    assert [(hour.label, hour.out) for hour in found.hours] == [("8\u00a0h", "82\u00a0Mo")]
    assert [word for _, word in found.ticks] == [f"{hour}\u00a0h" for hour in range(0, 24, 3)]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_when_the_clocks_change(day, hours):
    slots = {f"s{n}": (6, 0) for n in range(hours * 6)}
    found = chart(traffic(day, **slots), ZONE, "en")
    assert len(found.hours) == hours
    assert [hour.label for hour in found.hours].count("02:00") == hours - 23
