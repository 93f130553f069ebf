"""What is written when: new alerts at once, growth now and then, and nothing is lost when the disk will not have it."""

import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path as FilePath
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.cli import watching
from dashboard.cli.watching import GROWTH_SECONDS, Terms, Until, _Keeper, run_watch
from sensor.capture import FRAME, CaptureError, Frames, Path
from sensor.detect.hosts import Heard
from sensor.settings import load
from sensor.stats import Stats
from sensor.store.errors import Reason, WillRetry
from sensor.store.seeing import Counts
from sensor.store.series import SeriesRow
from sensor.store.status import read_status, status_file
from sensor.store.watch import WatchStore, database

DATABASE = database(FilePath("state"))
NOTHING = Frames(np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=FRAME))


class Silence:
    """A wire on which nothing passes; `tick` is called before each empty batch."""

    path = Path.RING
    closed = False

    def __init__(self, tick=lambda: None):
        self.tick = tick

    def batches(self):
        while True:
            self.tick()
            yield NOTHING

    def kernel_drops(self):
        return 7

    def flaws(self):
        return ()

    def progress(self):
        return None

    def close(self):
        self.closed = True


class Chain:
    """Only what a keeper asks of it."""

    def take_series(self):
        return [SeriesRow(1, "192.168.1.20", None, "ssl", 10, 20, 1, 2, 1)]

    def take_hosts(self):
        return [Heard("192.168.1.20", None, "Doctolib", "health", 1, 2, 10, 20)]

    def take_backups(self):
        return ["a backup"]

    def done_right(self):
        return {"mssante": 3, "hds": 0}

    def stats(self):
        return Stats(packets=500, last_packet=9, kernel_drops=7)


class Store:
    """Remembers what it was asked to write; `refuse` makes it fail."""

    def __init__(self):
        self.written, self.series, self.flushes, self.refuse = [], 0, [], False
        self.good = Counter()
        self.backups = []
        self.hosts = []

    def upsert(self, alerts):
        if self.refuse:
            raise WillRetry(Reason.FULL, DATABASE)
        self.written.append([(alert.id, alert.count) for alert in alerts])

    def add_done_right(self, now, times):
        self.good += times

    def add_sight(self, now, seconds, counts):
        self.sight = (now, seconds, counts)

    def add_hosts(self, rows):
        self.hosts += rows

    def add_series(self, rows):
        self.series += len(rows)

    def add_backups(self, states):
        self.backups += states

    def flush(self, _now, *, force):
        self.flushes.append(force)


class StatusFile:
    def __init__(self):
        self.told = []

    def write(self, status):
        self.told.append(status)


@pytest.fixture
def clock(monkeypatch):
    """Seconds of a clock that only the test moves."""
    now = [1000.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def told():
    return []


@pytest.fixture
def keeper(clock, told):
    terms = Terms("mon0", tell=lambda alert: told.append((alert.id, alert.count)))
    return _Keeper(Chain(), Store(), StatusFile(), terms, set())


def test_a_new_alert_is_written_and_told_at_once(keeper, told, sample):
    keeper.take([sample])
    assert keeper._store.written == [[("a1", 3)]]
    assert told == [("a1", 3)]


def test_growth_waits_and_only_its_last_state_is_written(keeper, clock, told, sample):
    keeper.take([sample])
    for count in (4, 5, 6):
        keeper.take([replace(sample, count=count)])
        clock[0] += 1
        keeper.pass_time()
    assert keeper._store.written == [[("a1", 3)]]
    clock[0] += GROWTH_SECONDS
    keeper.pass_time()
    assert keeper._store.written == [[("a1", 3)], [("a1", 6)]]
    assert told == [("a1", 3), ("a1", 6)]


def test_a_new_alert_takes_with_it_what_waits(keeper, sample):
    keeper.take([sample])
    keeper.take([replace(sample, count=4)])
    keeper.take([replace(sample, id="b2")])
    assert keeper._store.written[1:] == [[("a1", 4), ("b2", 3)]]


def test_an_alert_of_an_earlier_run_grows_and_is_not_new(clock, sample):
    keeper = _Keeper(Chain(), Store(), StatusFile(), Terms(), {"a1"})
    keeper.take([sample])
    assert keeper._store.written == []
    keeper.finish()
    assert keeper._store.written == [[("a1", 3)]]


def test_what_a_full_disk_refuses_is_tried_each_second_and_told_once(keeper, clock, told, sample, caplog):
    keeper._store.refuse = True
    keeper.take([sample])
    for _ in range(3):
        clock[0] += 1
        keeper.pass_time()
    assert told == []
    keeper._store.refuse = False
    clock[0] += 1
    keeper.pass_time()
    assert keeper._store.written == [[("a1", 3)]]
    assert told == [("a1", 3)]
    assert [record.message for record in caplog.records] == [str(WillRetry(Reason.FULL, DATABASE))]


def test_alerts_that_wait_for_a_disk_are_bounded(keeper, clock, sample, monkeypatch, caplog):
    monkeypatch.setattr(watching, "WAITING", 3)
    keeper._store.refuse = True
    for number in range(5):
        keeper.take([replace(sample, id=f"n{number}")])
        clock[0] += 1
        keeper.pass_time()
    keeper._store.refuse = False
    keeper.finish()
    assert keeper._store.written == [[("n2", 3), ("n3", 3), ("n4", 3)]]
    assert sum("no room" in record.message for record in caplog.records) == 2


def test_status_and_traffic_go_out_once_a_second(keeper, clock):
    for _ in range(30):
        clock[0] += 0.1
        keeper.pass_time()
    assert len(keeper._status.told) == keeper._store.series == 3
    assert keeper._store.backups == ["a backup"] * 3
    status = keeper._status.told[0]
    assert (status.packets, status.drops, status.interface, status.ended) == (500, 7, "mon0", False)
    assert status.packets_per_second > 0
    keeper.finish()
    assert keeper._status.told[-1].ended
    assert keeper._store.flushes == [False] * 3 + [True]


def test_a_source_ends_when_told_to():
    stop = threading.Event()
    batches = Until(Silence(), stop).batches()
    next(batches)
    stop.set()
    assert list(batches) == []


def test_what_had_passed_when_it_was_told_to_end_is_still_taken():
    stop = threading.Event()
    stop.set()
    full, empty = Frames(np.zeros(1, np.uint8), np.zeros(3, FRAME)), Frames(np.zeros(1, np.uint8), np.zeros(0, FRAME))
    source = SimpleNamespace(path="ring", batches=lambda: iter([full, full, empty, full]))
    assert list(Until(source, stop).batches()) == [full, full]


def test_a_wire_that_is_never_silent_does_not_hold_up_the_end(clock):
    def endless():
        while True:
            clock[0] += 0.3
            yield Frames(np.zeros(1, np.uint8), np.zeros(3, FRAME))

    stop = threading.Event()
    stop.set()
    assert len(list(Until(SimpleNamespace(path="ring", batches=endless), stop).batches())) == 4


def test_a_source_ends_after_its_time(clock):
    def tick():
        clock[0] += 1

    assert len(list(Until(Silence(tick), threading.Event(), 5).batches())) == 4


def test_a_watch_that_ends_leaves_everything_in_place(tmp_path):
    stop = threading.Event()
    source = Silence(lambda: stop.set() if read_status(status_file(tmp_path)) else time.sleep(0.05))
    stats = run_watch(source, load(None, None), tmp_path, stop, Terms("mon0"))
    assert (stats.packets, stats.kernel_drops) == (0, 7)
    assert source.closed
    status = read_status(status_file(tmp_path))
    assert (status.ended, status.interface, status.last_packet) == (True, "mon0", None)
    with WatchStore(tmp_path):  # it was let go of
        pass


def test_an_interface_that_goes_away_is_told_and_what_was_found_is_kept(tmp_path):
    def tick():
        raise CaptureError("mon0: the interface went down")

    with pytest.raises(CaptureError, match="mon0"):
        run_watch(Silence(tick), load(None, None), tmp_path, threading.Event(), Terms("mon0"))
    assert read_status(status_file(tmp_path)).ended


def test_how_the_watching_went_is_told_by_what_was_new(keeper, clock):
    clock[0] += 2
    keeper.pass_time()
    assert keeper._store.sight[1:] == (2.0, Counts(packets=500, drops=7))
    clock[0] += 1
    keeper.pass_time()
    assert keeper._store.sight[1:] == (1.0, Counts())


def test_what_was_done_right_is_counted_once(keeper, clock):
    for _ in range(3):
        clock[0] += 1
        keeper.pass_time()
    assert keeper._store.good == {"mssante": 3}
