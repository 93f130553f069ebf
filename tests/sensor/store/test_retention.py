"""What has been kept long enough leaves a little at a time, and the chain still holds."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from sensor.detect.policy import Retention
from sensor.store import SeriesRow, WatchStore, keys
from sensor.store.detail import thin
from sensor.store.done_right import done_right
from sensor.store.reader import read
from sensor.store.retention import Limits, months_before
from sensor.store.seeing import Counts, seen
from sensor.store.traffic import Level
from sensor.store.upkeep import Terms
from sensor.store.verify import Fault, verify

PARIS = ZoneInfo("Europe/Paris")
MINUTE = 60_000_000_000
DAY = 1440 * MINUTE
NOW = int(datetime(2026, 11, 20, 10, 30, tzinfo=PARIS).timestamp()) * 1_000_000_000


class Clock:
    """The wall's and the machine's, moved by hand."""

    def __init__(self, now=NOW):
        self.now = now
        self.ran = 0.0

    def __call__(self):
        return self.now

    def pass_time(self, ns):
        self.now += ns
        self.ran += ns / 1e9


@pytest.fixture
def clock():
    return Clock()


def opened(state, clock, trusted=True):
    return WatchStore(state, clock=clock, terms=Terms(trusted=lambda: trusted, monotonic=lambda: clock.ran))


def row(ns, ip="192.168.1.20"):
    return SeriesRow(ns // MINUTE, ip, None, "ssl", 1, 2, 1, 1, 1)


def work(store, now):
    for _ in range(10_000):
        if not store.maintain(now):
            return
    pytest.fail("it never ends")


def bodies(store, table):
    """(what it is about, the bytes that stand in the file)."""
    name = "id" if table == "alert" else "subject"
    return store._db.execute(f"SELECT {name}, body FROM {table}").fetchall()


def found(store):
    def ask(db):
        levels = dict(db.execute("SELECT level, sum(bytes_out) FROM traffic GROUP BY level"))
        return (
            levels,
            {one for (one,) in db.execute("SELECT id FROM alert")},
            [ip for (ip,) in db.execute("SELECT ip FROM device")],
        )

    return read(store.path, ask)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 20), 6, date(2026, 5, 20)),
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2028, 8, 30), 6, date(2028, 2, 29)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
        (date(2026, 12, 1), 12, date(2025, 12, 1)),
    ],
)
def test_months_before(day, months, before):
    assert months_before(day, months) == before


def test_limits_are_midnights_of_the_practice():
    limits = Limits.at(NOW, Retention(), PARIS)
    local = [datetime.fromtimestamp(one * 60, PARIS) for one in (limits.detail, limits.alerts, limits.totals)]
    assert [(one.date(), one.hour) for one in local] == [
        (date(2026, 11, 13), 0),
        (date(2026, 5, 20), 0),
        (date(2025, 10, 20), 0),
    ]


def test_each_level_is_kept_as_long_as_the_policy_says(tmp_path, clock):
    with opened(tmp_path, clock) as store:
        for n, days in enumerate((0, 8, 200, 400)):
            store.add_series([row(NOW - days * DAY, f"192.168.1.{n}")])
        store.flush(NOW, force=True)
        clock.pass_time(DAY)
        work(store, clock.now)
        levels, _, devices = found(store)
        assert levels == {0: 1, 1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 6: 3}
        assert devices == ["192.168.1.0", "192.168.1.1"]


def test_how_well_the_box_saw_and_what_was_done_right_are_kept_as_long_as_the_totals(tmp_path, clock):
    with opened(tmp_path, clock) as store:
        for months in (12, 14):
            store.add_sight(NOW - months * 31 * DAY, 1.0, Counts(packets=1))
            store.add_done_right(NOW - months * 31 * DAY, {"hds": months})
        store.flush(clock(), force=True)
        work(store, clock())
        (left,) = read(store.path, lambda db: seen(db, 0, NOW // MINUTE))
        assert left.start // 1440 == (NOW - 12 * 31 * DAY) // DAY
        assert read(store.path, lambda db: done_right(db, 0, NOW // MINUTE)) == [("hds", 12)]


def test_old_alerts_leave_with_all_that_the_journal_says_of_them(tmp_path, clock, sample):
    with opened(tmp_path, clock) as store:
        old = replace(sample, id="old", first_seen=NOW - 190 * DAY, last_seen=NOW - 190 * DAY)
        store.upsert([old, replace(sample, id="young"), *(replace(old, id=f"old{n}") for n in range(60))])
        clock.pass_time(DAY)
        store.upsert([replace(old, count=9)])
        kept = [one for table in ("alert", "journal") for one in bodies(store, table)]
        work(store, clock.now)
        assert found(store)[1] == {"young"}
        known = keys.load(store.keys)
        assert read(store.path, lambda db: verify(db, known)).fault is None
        told = read(
            store.path, lambda db: db.execute("SELECT subject, count(body) FROM journal GROUP BY subject").fetchall()
        )
        assert {subject for subject, bodies in told if bodies and subject} == {"young"}
        store._db.execute("DELETE FROM journal WHERE seq >= (SELECT min(seq) FROM journal WHERE kind = 'erasure')")
        assert read(store.path, lambda db: verify(db, known)).fault is Fault.ERASED
    data = store.path.read_bytes()
    left = {name for name, body in kept if name and body in data}
    assert left == {"young"}


def test_once_a_day(tmp_path, clock):
    with opened(tmp_path, clock) as store:
        work(store, NOW)
        store.add_series([row(NOW - 400 * DAY)])
        store.flush(NOW, force=True)
        clock.pass_time(DAY - MINUTE)
        work(store, clock.now)
        assert 6 in found(store)[0]
        clock.pass_time(2 * MINUTE)
        work(store, clock.now)
        assert 6 not in found(store)[0]


def test_a_clock_years_ahead_that_nobody_set_erases_nothing(tmp_path, clock, sample):
    with opened(tmp_path, clock, trusted=False) as store:
        store.upsert([replace(sample, last_seen=NOW)])
        store.add_series([row(NOW)])
    with opened(tmp_path, clock, trusted=False) as store:
        work(store, NOW + 3000 * DAY)
        assert sample.id in found(store)[1]
        assert 0 in found(store)[0]
    with opened(tmp_path, clock, trusted=True) as store:
        work(store, NOW + 3000 * DAY)
        assert sample.id not in found(store)[1]


def test_thinning_takes_no_more_than_asked(tmp_path, clock):
    with opened(tmp_path, clock) as store:
        store.add_series([row(NOW + n % 3 * MINUTE, f"10.0.0.{n}") for n in range(30)])
        store.flush(NOW, force=True)
        before = NOW // MINUTE + 2
        sizes = []
        while thin(store._db, Level.MINUTE, before, 7):
            sizes.append(store._db.execute("SELECT count(*) FROM traffic WHERE level = 0").fetchone()[0])
        assert sizes == [23, 16, 10]
