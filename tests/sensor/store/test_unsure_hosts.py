"""What went to hosts while nobody had set the clock is put right, whatever stood there before."""

import pytest

from sensor.detect.hosts import Heard
from sensor.store import unsure_hosts
from sensor.store.hosts import used
from sensor.store.reader import read
from tests.sensor.store.test_unsure import MINUTE, NOW, Box

DAY = 1440 * MINUTE
POST = ("192.168.1.20", "aa:bb:cc:dd:ee:ff")


@pytest.fixture
def box(tmp_path):
    return Box(tmp_path)


def heard(at, out=100, place="wetransfer", device=POST, cls="transfer"):
    return Heard(*device, place, cls, at, at, out, 1)


def write(store, box, *rows):
    store.add_hosts(rows)
    store.flush(box.now, force=True)


def set_clock(store, box, by):
    box.now += by
    box.set = True
    store.upsert([])


def told(store):
    rows = read(store.path, lambda db: [*used(db, listed=True, most=9), *used(db, listed=False, most=9)])
    return {(row.place, row.first, row.last, row.bytes_out, row.bytes_in) for row in rows}


def months(store):
    return [n for (n,) in read(store.path, lambda db: db.execute("SELECT month FROM host ORDER BY 1").fetchall())]


def minute(ns):
    return ns // MINUTE


def test_a_new_host_goes_to_its_true_days_and_month(box):
    with box.open() as store:
        write(store, box, heard(NOW), heard(NOW, 50, "example.org", ("", None), ""))
        write(store, box, heard(NOW + MINUTE))
        before = months(store)
        set_clock(store, box, 20 * DAY)
        at = minute(NOW + 20 * DAY)
        assert told(store) == {("wetransfer", at, at + 1, 200, 2), ("example.org", at, at, 50, 1)}
        assert min(months(store)) > max(before)
        assert read(store.path, lambda db: db.execute("SELECT count(*) FROM unsure_host").fetchone()) == (0,)


def test_what_was_there_before_keeps_its_own_days(box):
    box.set = True
    with box.open() as store:
        write(store, box, heard(NOW - 3 * DAY, 1_000))
    box.set = False
    with box.open() as store:
        write(store, box, heard(NOW), heard(NOW + MINUTE))
        set_clock(store, box, 2 * DAY)
        assert told(store) == {("wetransfer", minute(NOW - 3 * DAY), minute(NOW + 2 * DAY) + 1, 1_200, 3)}


def test_a_clock_that_was_too_late_gives_the_last_day_back(box):
    box.set = True
    with box.open() as store:
        write(store, box, heard(NOW - 3 * DAY, 1_000))
    box.set = False
    with box.open() as store:
        write(store, box, heard(NOW))
        set_clock(store, box, -DAY)
        assert told(store) == {("wetransfer", minute(NOW - 3 * DAY), minute(NOW - DAY), 1_100, 2)}


def test_the_clock_may_jump_twice(box):
    with box.open() as store:
        write(store, box, heard(NOW))
        box.now += 5 * DAY
        store.upsert([])
        write(store, box, heard(NOW + 5 * DAY))
        set_clock(store, box, 20 * DAY)
        at = minute(NOW + 25 * DAY)
        assert told(store) == {("wetransfer", at, at, 200, 2)}


def test_what_waits_when_the_clock_jumps_is_moved_too(box):
    with box.open() as store:
        store.add_hosts([heard(NOW)])
        set_clock(store, box, 2 * DAY)
        assert told(store) == {("wetransfer", minute(NOW + 2 * DAY), minute(NOW + 2 * DAY), 100, 1)}


def test_a_clock_that_is_set_leaves_nothing_to_move(box):
    box.set = True
    with box.open() as store:
        write(store, box, heard(NOW))
        box.now += DAY
        store.upsert([])
        assert told(store) == {("wetransfer", minute(NOW), minute(NOW), 100, 1)}


def test_it_is_bounded(box, monkeypatch):
    monkeypatch.setattr(unsure_hosts, "MOST", 1)
    with box.open() as store:
        write(store, box, heard(NOW), heard(NOW, place="dropbox"))
        set_clock(store, box, DAY)
        assert {(place, first) for place, first, *_ in told(store)} == {
            ("wetransfer", minute(NOW + DAY)),
            ("dropbox", minute(NOW)),
        }
