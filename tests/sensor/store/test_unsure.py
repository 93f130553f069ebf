"""A Pi starts with the hour of its last stop: what is seen until a time server answers is put right."""

from dataclasses import replace

import pytest

from sensor.store import SeriesRow, WatchStore, keys
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.telling import compare
from sensor.store.upkeep import Terms
from sensor.store.verify import verify

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
NOW = 1_795_161_600 * SECOND  # 2026-11-20 08:00 UTC
HOURS = 9 * 60 * MINUTE + 7 * SECOND
NOT_SET, CORRECTED = ("clock", "not_set"), ("clock", "corrected")


class Box:
    """Its two clocks, moved by hand, and whether the wall's is set."""

    def __init__(self, state):
        self.state = state
        self.now = NOW
        self.ran = 5 * SECOND
        self.set = False

    def open(self):
        terms = Terms(trusted=lambda: self.set, monotonic=lambda: self.ran / SECOND)
        return WatchStore(self.state, clock=lambda: self.now, terms=terms)

    def pass_time(self, ns):
        self.now += ns
        self.ran += ns


@pytest.fixture
def box(tmp_path):
    return Box(tmp_path)


@pytest.fixture
def early(sample):
    """As the detector sees it by the wrong clock."""
    return replace(sample, first_seen=NOW, last_seen=NOW + SECOND)


def rows(now, count=3):
    return [SeriesRow(now // MINUTE, f"192.168.1.{n}", None, "ssl", 10, 20, 1, 2, 1) for n in range(count)]


def levels(store):
    sql = "SELECT level, start, sum(bytes_out) FROM traffic GROUP BY 1, 2 HAVING sum(bytes_out) != 0"
    return {(level, start): total for level, start, total in read(store.path, lambda db: db.execute(sql).fetchall())}


def whole(store):
    bodies = read(store.path, lambda db: [body for (body,) in db.execute("SELECT body FROM alert")])
    assert read(store.path, lambda db: list(compare(bodies, entries(db)))) == []
    assert read(store.path, lambda db: verify(db, keys.load(store.keys))).fault is None


def test_an_alert_is_marked_then_corrected_and_its_source_may_go_on_saying_the_old_times(box, early):
    with box.open() as store:
        store.upsert([early])
        (kept,) = store.load_alerts()
        assert NOT_SET in kept.evidence
        assert (kept.first_seen, kept.last_seen) == (early.first_seen, early.last_seen)
        box.pass_time(30 * SECOND)
        box.now += HOURS
        box.set = True
        store.flush(box.now)
        store.add_series([])
        (kept,) = store.load_alerts()
        assert (kept.first_seen, kept.last_seen) == (early.first_seen + HOURS, early.last_seen + HOURS)
        assert CORRECTED in kept.evidence
        whole(store)
        store.upsert([replace(early, count=2)])  # grew without a new packet's time
        store.upsert([replace(early, count=3, last_seen=box.now)])
        (kept,) = store.load_alerts()
        assert (kept.first_seen, kept.last_seen, kept.count) == (early.first_seen + HOURS, box.now, 3)
        whole(store)


def test_an_alert_that_began_before_keeps_its_first_moment(box, early):
    before = replace(early, first_seen=NOW - 60 * MINUTE, last_seen=NOW - 60 * MINUTE)
    box.set = True
    with box.open() as store:
        store.upsert([before])
    box.set = False
    with box.open() as store:
        store.upsert([replace(before, count=2, last_seen=NOW)])
        box.now += HOURS
        box.set = True
        store.upsert([])
        (kept,) = store.load_alerts()
        assert (kept.first_seen, kept.last_seen) == (before.first_seen, NOW + HOURS)


def test_traffic_goes_to_its_true_minutes_on_every_level(box):
    with box.open() as store:
        for _ in range(25):
            store.add_series(rows(box.now))
            store.flush(box.now, force=True)
            box.pass_time(MINUTE)
        while store.maintain(box.now):
            pass
        wrong = levels(store)
        store.add_series(rows(box.now))  # waits when the clock jumps
        box.now += 540 * MINUTE
        box.set = True
        store.add_series(rows(box.now))
        store.flush(box.now, force=True)
        while store.maintain(box.now):
            pass
        right = levels(store)
        minutes = {start: total for (level, start), total in right.items() if level == 0}
        assert minutes == {NOW // MINUTE + 540 + n: 60 if n == 25 else 30 for n in range(26)}
        assert {level for level, _ in wrong} == {level for level, _ in right} == set(range(7))
        for level in range(1, 7):
            assert min(start for known, start in right if known == level) >= min(
                start for known, start in wrong if known == level
            )
        hours = sum(total for (level, _), total in right.items() if level == 2)
        assert hours >= sum(total for (level, _), total in wrong.items() if level == 2)
        assert read(store.path, lambda db: db.execute("SELECT count(*) FROM unsure_traffic").fetchone()) == (0,)


def test_a_clock_that_was_right_all_along_leaves_no_mark(box, early):
    with box.open() as store:
        store.upsert([early])
        box.pass_time(MINUTE)
        box.now += SECOND // 2  # the little that a time server moves it
        box.set = True
        store.upsert([])
        assert store.load_alerts() == [early]
        whole(store)


def test_a_step_before_the_kernel_says_so_counts_once(box, early):
    """The clock jumps first, and is found to be set a while later."""
    with box.open() as store:
        store.upsert([early])
        box.now += HOURS
        store.add_series([])
        late = replace(early, id="late", first_seen=box.now, last_seen=box.now)
        store.upsert([late])
        box.pass_time(MINUTE)
        box.set = True
        store.add_series([])
        kept = {one.id: one for one in store.load_alerts()}
        assert kept["a1"].first_seen == early.first_seen + HOURS
        assert kept["late"] == late
        whole(store)


def test_a_restart_within_the_boot_goes_on(box, early):
    with box.open() as store:
        store.upsert([early])
        store.add_series(rows(box.now))
    box.now += HOURS
    box.set = True
    with box.open() as store:
        store.upsert([])
        (kept,) = store.load_alerts()
        assert kept.first_seen == early.first_seen + HOURS
        assert {start for level, start in levels(store) if level == 0} == {NOW // MINUTE + 540}
        whole(store)


def test_a_boot_that_ended_before_leaves_its_marks(box, early, monkeypatch):
    with box.open() as store:
        store.upsert([early])
    monkeypatch.setattr("sensor.store.unsure.boot_id", lambda: "another")
    box.now += HOURS
    box.set = True
    with box.open() as store:
        store.upsert([])
        (kept,) = store.load_alerts()
        assert kept.first_seen == early.first_seen
        assert NOT_SET in kept.evidence


def test_a_clock_that_is_set_costs_nothing(box, early):
    box.set = True
    with box.open() as store:
        store.upsert([early])
        box.now -= HOURS
        store.upsert([replace(early, count=2)])
        (kept,) = store.load_alerts()
        assert kept == replace(early, count=2)


def test_the_journal_tells_a_correction_at_once(box, early):
    """Growth may wait ten minutes for its entry; the true moment may not."""
    with box.open() as store:
        store.upsert([early])
        box.now += 3 * MINUTE
        box.set = True
        store.upsert([])
        told = read(store.path, lambda db: [one.kind for one in entries(db)])
        assert told == ["opening", "growth"]
        whole(store)
