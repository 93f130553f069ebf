"""Sums over time: windows slide, groups are bounded, nothing is told twice."""

import tracemalloc

import pytest

from sensor.detect.alert import Severity
from sensor.detect.correlate import Window
from sensor.detect.event import Event
from sensor.detect.lists import Lists
from sensor.detect.policy import Policy
from sensor.detect.rules import Correlation
from sensor.detect.telling import Telling, Texts
from sensor.track.observation import Device
from tests.sensor.detect.made_up import MORNING, S, conn, sent

T = Texts("", "", "", "")
HOUR = 3600 * S


def window(kind="value_sum", count=100, op="gte", less=None, cap=1000):
    telling = Telling("upload", "transfer", T, T, less=less)
    value = "bytes_out" if kind == "value_sum" else None
    rule = Correlation(
        "c", "", "f", 1, kind, ("r",), ("device.ip", "peer.ip"), HOUR, op, count, Severity.LOW, telling, value
    )
    return Window(rule, "transfer", cap=cap)


def add(w, out=10, into=0, at=0.0, packets=1, **more):
    return w.add(Event(sent(None, out, into, ts=MORNING + int(at * S), **more), Lists(), Policy()), packets)


def test_told_when_the_sum_is_reached_with_all_that_led_there():
    w = window()
    assert add(w, 60, 5) is None
    told = add(w, 40, 5, at=60)
    assert (told.bytes_out, told.bytes_in, told.packets, told.count, told.start) == (100, 10, 2, 2, MORNING)


def test_afterwards_each_increment_is_told_once():
    w = window()
    add(w, 100)
    assert add(w, 7, at=1).bytes_out == 7
    assert add(w, 9, at=100).bytes_out == 9


@pytest.mark.parametrize(("op", "told"), [("gte", True), ("gt", False)])
def test_at_the_very_number(op, told):
    assert (add(window(op=op), 100) is not None) is told


def test_what_has_left_the_window_no_longer_counts():
    w = window()
    add(w, 60)
    assert add(w, 60, at=3700) is None
    assert add(w, 40, at=3800).bytes_out == 100


def test_a_slow_trickle_is_never_told():
    w = window()
    assert [add(w, 10, at=n * 600) for n in range(100)] == [None] * 100


def test_told_again_after_a_quiet_time_without_the_old_bytes():
    w = window()
    add(w, 150)
    assert add(w, 90, at=8000) is None
    assert add(w, 20, at=8010).bytes_out == 110


def test_the_other_sum_must_be_smaller():
    w = window(less="bytes_in")
    assert add(w, 150, 150) is None
    assert add(w, 150, 0, at=1).bytes_out == 300


def test_groups_are_apart():
    w = window()
    add(w, 60)
    assert add(w, 60, device=Device("192.168.1.21", None)) is None
    assert add(w, 60, peer_ip="198.51.100.1") is None
    assert add(w, 60, at=1) is not None


def test_events_are_counted():
    w = window("event_count", 3)
    assert [add(w, at=n) is not None for n in range(4)] == [False, False, True, True]
    assert add(w, at=5).count == 1


def test_a_connection_that_grows_is_one_occurrence():
    w, c = window(), conn()
    for n in range(9):
        assert add(w, 10, at=n, of=c) is None
    assert add(w, 10, at=10, of=c).count == 1
    assert add(w, 10, at=11).count == 1


def test_packets_out_of_order_stay_in_the_window():
    w = window()
    add(w, 60, at=100)
    assert add(w, 60, at=40).bytes_out == 120


def test_groups_are_bounded_and_evictions_counted():
    w = window(cap=50)
    for n in range(80):
        add(w, device=Device(f"192.168.2.{n}", None))
    assert (len(w), w.evicted) == (50, 30)


def test_buckets_are_bounded():
    w = window()
    for n in range(4000):
        add(w, 0, at=n)
    (group,) = w._groups.values()
    assert len(group.buckets) <= 22


def test_empty_groups_are_forgotten():
    w = window()
    add(w)
    w.tick(MORNING + HOUR)
    assert len(w) == 1
    w.tick(MORNING + 2 * HOUR)
    assert len(w) == 0


def test_many_destinations_of_many_devices_stay_small():
    w = window(cap=5_000)
    tracemalloc.start()
    for n in range(8_000):
        add(w, device=Device(f"192.168.3.{n % 50}", None), peer_ip=f"198.51.{n // 250}.{n % 250}")
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(w) == 5_000
    assert size < 15_000_000
