from sensor.track import traffic
from sensor.track.observation import Device
from sensor.track.traffic import GUESTS, Traffic, TrafficSums, whose

MINUTE = 60_000_000_000


def test_increments_of_a_minute_add_up_and_are_told_once():
    sums = TrafficSums()
    sums.add(MINUTE, ("192.168.1.2", None), ("ssl", "named"), (100, 10), (2, 1), 1)
    sums.add(MINUTE + 1, ("192.168.1.2", None), ("ssl", "named"), (50, 5), (1, 1), 0)
    sums.add(2 * MINUTE, ("192.168.1.2", None), ("ssl", "named"), (1, 1), (1, 1), 0)
    assert sums.take() == [
        Traffic(1, "192.168.1.2", None, "ssl", "named", 150, 15, 3, 2, 1),
        Traffic(2, "192.168.1.2", None, "ssl", "named", 1, 1, 1, 1, 0),
    ]
    assert sums.take() == []


def test_past_the_cap_totals_stay_true(monkeypatch):
    monkeypatch.setattr(traffic, "CAP", 2)
    sums = TrafficSums()
    for i in range(5):
        sums.add(0, (f"192.168.1.{i}", None), ("", ""), (10, 1), (1, 1), 1)
    taken = sums.take()
    assert sum(row.bytes_out for row in taken) == 50
    assert len(taken) == 3
    assert sums.shed == 3


def test_guests_are_counted_together_and_posts_apart():
    assert whose(Device("192.168.50.4", "02:00:00:00:00:01", group="guest")) == (GUESTS, None)
    assert whose(Device("192.168.1.4", "02:00:00:00:00:02", group="personal")) == ("192.168.1.4", "02:00:00:00:00:02")
