"""What went to one place over ten minutes, an hour and a day."""

import tracemalloc
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sensor.detect import correlate, hosts
from sensor.detect.event import Event
from sensor.detect.fields import FIELDS
from sensor.detect.policy import Policy
from sensor.detect.volumes import CAP, SLOTS, SPANS, Volumes
from sensor.track.observation import Device
from tests.sensor.detect.made_up import MORNING, POST, S, detector, sent, shipped

MINUTE = 60 * S


def sums(*increments):
    """The last answer to (minutes, out, in)."""
    volumes = Volumes()
    return [
        volumes.add("Accueil", "example.org", MORNING + int(at * MINUTE), out, into)() for at, out, into in increments
    ][-1]


def test_each_window_forgets_after_its_span():
    assert sums((0, 100, 7), (5, 10, 1)) == ((110, 8), (110, 8), (110, 8))
    assert sums((0, 100, 7), (30, 10, 1)) == ((10, 1), (110, 8), (110, 8))
    assert sums((0, 100, 7), (90, 10, 1)) == ((10, 1), (10, 1), (110, 8))
    assert sums((0, 100, 7), (60 * 30, 10, 1)) == ((10, 1),) * 3
    assert sums((0, 100, 7), (60 * 24 * 40, 10, 1)) == ((10, 1),) * 3


def test_what_comes_late_counts_as_of_now():
    assert sums((30, 100, 7), (0, 10, 1)) == ((110, 8),) * 3


def test_devices_and_places_are_kept_apart():
    volumes = Volumes()
    volumes.add("Accueil", "example.org", MORNING, 100, 0)
    assert volumes.add("Cabinet 2", "example.org", MORNING, 1, 0)() == ((1, 0),) * 3
    assert volumes.add("Accueil", "example.net", MORNING, 2, 0)() == ((2, 0),) * 3


def test_it_is_bounded():
    volumes = Volumes(cap=3)
    for number in range(5):
        volumes.add("Accueil", f"n{number}.example", MORNING, 1, 0)
    assert (len(volumes), volumes.evicted) == (3, 2)


@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 1_000)), min_size=1, max_size=60))
def test_a_window_holds_what_its_span_held(increments):
    """As a plain sum would, give or take one slot."""
    increments.sort()
    volumes = Volumes()
    for minute, out in increments:
        told = volumes.add("Accueil", "example.org", minute * MINUTE, out, 0)()
    now = increments[-1][0] * 60
    for (got, _), span in zip(told, SPANS.values(), strict=True):
        least = sum(out for minute, out in increments if minute * 60 > now - span + span / SLOTS)
        most = sum(out for minute, out in increments if minute * 60 > now - span - span / SLOTS)
        assert least <= got <= most


def test_rules_may_ask_for_them():
    event = Event(sent("a.example", 1_000), shipped().lists, Policy())
    event.sums = lambda: ((600, 60), (36_000, 6), (86_400, 7))
    told = {
        name: FIELDS["transfer"][f"{name}"](event)
        for name in ("out_10m", "in_10m", "out_1h", "rate_1h", "rate_1d", "in_1d")
    }
    assert told == {"out_10m": 600, "in_10m": 60, "out_1h": 36_000, "rate_1h": 10.0, "rate_1d": 1.0, "in_1d": 7}


def test_a_thousand_destinations_of_fifty_devices_stay_within_the_bound():
    made = detector()
    devices = [Device(f"192.168.1.{number}", None) for number in range(50)]
    for device in devices:
        for place in range(1_000):
            made.observe(sent(f"www.n{place}.example", 30_000, 10, device=device))
    figures = made.figures().evictions
    assert figures["volumes"] == 50_000 - CAP
    assert figures["sums"] == 50_000 - correlate.CAP


def test_fifty_posts_and_a_thousand_destinations_stay_within_the_bound_and_an_upload_among_them_is_told():
    watching = detector()
    posts = [replace(POST, name=None, ip=f"192.168.1.{n}", mac=f"02:00:00:00:00:{n:02x}") for n in range(10, 60)]

    tracemalloc.start()
    try:
        for number in range(1_000):
            for post in posts:
                watching.observe(sent(f"www.n{number}.example", 2_000, device=post))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 32 * 1024 * 1024
    assert len(watching._volumes) == CAP
    assert len(watching._hosts.take()) <= hosts.CAP + 1
    told = [
        a
        for n in range(30)
        for a in watching.observe(sent("up.n7.example", 1_000_000, device=posts[0], ts=MORNING + MINUTE + n * S))
    ]
    assert {(a.rule, a.device.ip) for a in told} == {("upload-unknown", posts[0].ip)}
