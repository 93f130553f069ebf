"""Whatever order minutes come in, and wherever the job stands, each level holds what happened before the mark."""

import sqlite3
from collections import defaultdict
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.store import SeriesRow, WatchStore, schema
from sensor.store.days import minutes_of
from sensor.store.traffic import Level, Traffic, mark
from sensor.store.upkeep import Terms
from tests.databases import Database

PARIS = ZoneInfo("Europe/Paris")
MIDNIGHT = minutes_of(date(2026, 10, 25), PARIS)[0]  # a day of 25 hours


def made():
    db = sqlite3.connect(":memory:", isolation_level=None, factory=Database)
    schema.migrate(db, None, schema.WATCH)
    return db, Traffic(db, PARIS)


def row(minute, ip="192.168.1.20", service="ssl", count=1, mac=None):
    return (minute, ip, service, "", mac, count, 2 * count, 1, 1, 1)


def sums(db, level):
    found = db.execute(
        "SELECT start, sum(bytes_out), sum(bytes_in) FROM traffic WHERE level = ? GROUP BY start", (level,)
    )
    return {start: (sent, received) for start, sent, received in found}


moves = st.lists(
    st.tuples(st.integers(0, 1600), st.sampled_from(["192.168.1.20", "192.168.1.21"]), st.integers(0, 1700)),
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(moves)
def test_every_level_adds_up_whatever_the_clock_does(moves):
    db, traffic = made()
    truth = defaultdict(int)
    for count, (minute, ip, clock) in enumerate(moves, 1):
        traffic.add([row(MIDNIGHT + minute, ip, count=count)])
        truth[MIDNIGHT + minute] += count
        while traffic.roll(MIDNIGHT + clock):
            pass
    rolled = mark(db)
    for level, width in ((Level.TEN, 10), (Level.HOUR, 60), (Level.TEN_ALL, 10), (Level.HOUR_ALL, 60)):
        expected = defaultdict(int)
        for minute, count in truth.items():
            if minute < rolled:
                expected[minute - minute % width] += count
        assert sums(db, level) == {start: (count, 2 * count) for start, count in expected.items()}
    for level in (Level.DAY, Level.DAY_ALL):
        expected = defaultdict(int)
        for minute, count in truth.items():
            if minute < rolled:
                expected[MIDNIGHT if minute < MIDNIGHT + 1500 else MIDNIGHT + 1500] += count
        assert {start: sent for start, (sent, _) in sums(db, level).items()} == expected
    db.close()


def test_a_stretch_is_summed_once_it_is_over():
    db, traffic = made()
    traffic.add([row(MIDNIGHT + 9), row(MIDNIGHT + 10)])
    assert not traffic.roll(MIDNIGHT + 12)
    assert traffic.roll(MIDNIGHT + 13)
    assert not traffic.roll(MIDNIGHT + 13)
    assert sums(db, Level.TEN) == {MIDNIGHT: (1, 2)}
    db.close()


def test_a_flood_is_summed_by_the_minute(monkeypatch):
    monkeypatch.setattr("sensor.store.traffic.FEW", 3)
    db, traffic = made()
    traffic.add([row(MIDNIGHT + n % 2, f"192.168.1.{n}") for n in range(8)])
    assert traffic.roll(MIDNIGHT + 60)
    assert mark(db) == MIDNIGHT + 1
    while traffic.roll(MIDNIGHT + 60):
        pass
    assert sums(db, Level.DAY_ALL) == {MIDNIGHT: (8, 16)}
    db.close()


@pytest.mark.parametrize("first", [None, "aa:00:00:00:00:01"])
def test_without_a_mac_it_is_the_device_that_had_the_address_last(first):
    db, traffic = made()
    traffic.add([row(MIDNIGHT, mac=first), row(MIDNIGHT + 1)])
    traffic.add([row(MIDNIGHT + 2000, mac="aa:00:00:00:00:02"), row(MIDNIGHT + 2001)])
    traffic.forget()
    traffic.add([row(MIDNIGHT + 2002)])
    assert [mac for (mac,) in db.execute("SELECT device_mac FROM series ORDER BY minute")] == [
        first,
        first,
        *["aa:00:00:00:00:02"] * 3,
    ]
    db.close()


def test_what_changed_since_is_told_level_by_level(tmp_path):
    """Rolling touches the hours and ten minutes that it adds to; a late minute touches them at once."""
    day = 1440 * 20_000
    with WatchStore(tmp_path, terms=Terms(trusted=lambda: True)) as store:

        def touched(since):
            rows = store._db.execute("SELECT level, start FROM touched WHERE change > ? ORDER BY 1, 2", (since,))
            return [(level, start - day) for level, start in rows]

        def number():
            return store._db.execute("SELECT value FROM meta WHERE key = 'touched'").fetchone()[0]

        def add(minute):
            store.add_series([SeriesRow(day + minute, "10.0.0.1", None, "ssl", 1, 1, 1, 1, 1)])
            store.flush(0, force=True)

        add(3)
        add(7)
        assert touched(0) == [(0, 3), (0, 7)]
        before = number()
        while store.maintain((day + 30) * 60_000_000_000):
            pass
        assert touched(before) == [(2, 0), (4, 0)]
        before = number()
        add(5)
        assert touched(before) == [(0, 5), (2, 0), (4, 0)]
        before = number()
        add(61)
        assert touched(before) == [(0, 61)]
        while store.maintain((day + 20 * 1440) * 60_000_000_000):
            pass
        assert {level for level, _ in touched(0)} == {2, 4}, "what is erased is no longer touched"
