"""How well the box saw: watched and silent seconds, and what went past unread, in steps of ten minutes."""

import sqlite3

import pytest

from sensor.store.reader import read
from sensor.store.seeing import Counts, Seen, Sight, seen
from sensor.store.watch import WatchStore
from tests.databases import Database
from tests.sensor.store.conftest import MORNING

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
START = MORNING // MINUTE


def watched(store, minutes, packets=10, start=MORNING):
    for second in range(minutes * 60):
        store.add_sight(start + second * SECOND, 1.0, Counts(packets=packets))


def kept(store, first=START, after=START + 1440):
    return read(store.path, lambda db: seen(db, first, after))


def test_a_minute_without_a_packet_is_silent(store):
    watched(store, 15)
    watched(store, 3, packets=0, start=MORNING + 15 * MINUTE)
    watched(store, 3, start=MORNING + 18 * MINUTE)
    store.flush(MORNING + 22 * MINUTE, force=True)
    first, second = kept(store)
    assert (first.start, first.watched, first.silent, first.packets) == (START, 600, 0, 6000)
    assert (second.start, second.watched, second.silent) == (START + 10, 600, 180)


def test_a_lone_packet_is_no_silence(store):
    store.add_sight(MORNING, 1.0, Counts(packets=1))
    watched(store, 1, packets=0, start=MORNING + SECOND)
    store.close()
    assert [one.silent for one in kept(store)] == [1]  # the second that fell into the next minute


def test_the_running_minute_waits_until_it_is_over(store):
    store.add_sight(MORNING, 1.0, Counts())
    assert not store.flush(MORNING + SECOND, force=True)
    store.add_sight(MORNING + MINUTE, 1.0, Counts(packets=1))
    assert store.flush(MORNING + MINUTE, force=True)
    assert [one.watched for one in kept(store)] == [1]


def test_runs_of_a_step_add_up(tmp_path):
    for run in range(2):
        with WatchStore(tmp_path) as store:
            store.add_sight(MORNING + run * MINUTE, 1.0, Counts(5, 500, 1, 2, 3, 4))
    assert kept(store) == [Seen(START, 2.0, 0.0, 10, 1000, 2, 4, 6, 8)]


def test_a_process_that_was_held_up_did_not_watch_meanwhile(store):
    store.add_sight(MORNING, 3600.0, Counts(packets=1))
    store.close()
    assert [one.watched for one in kept(store)] == [10]


def test_what_is_not_committed_is_kept_for_the_next_time():
    sight = Sight()
    sight.add(MORNING, 1.0, Counts(packets=1))
    sight.close()
    with pytest.raises(sqlite3.OperationalError):
        sight.write(sqlite3.connect(":memory:", factory=Database))
    assert len(sight) == 1
