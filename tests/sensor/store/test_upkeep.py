"""What a store does for itself: the disk, the clock, the chain. Retention has its own file."""

import pytest

from sensor.detect.alert import Severity
from sensor.store import SeriesRow, WatchStore, upkeep
from sensor.store.clock import moments_of
from sensor.store.errors import Reason, WillRetry
from sensor.store.health import Trouble, health
from sensor.store.reader import read
from sensor.store.space import Space
from sensor.store.upkeep import Terms

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
NOW = 1_795_161_600 * SECOND


class World:
    """Clocks, trust and a disk, all moved by hand."""

    def __init__(self, monkeypatch):
        self.now, self.ran, self.trusted, self.percent = NOW, 0.0, True, 40
        monkeypatch.setattr(Space, "percent", lambda _: self.percent)

    def __call__(self):
        return self.now

    def open(self, state):
        terms = Terms(trusted=lambda: self.trusted, monotonic=lambda: self.ran)
        return WatchStore(state, clock=self, terms=terms)

    def later(self, store, minutes=1):
        self.now += minutes * MINUTE
        self.ran += minutes * 60
        while store.maintain(self.now):
            pass


@pytest.fixture
def world(monkeypatch):
    return World(monkeypatch)


def test_upkeep_waits_for_no_disk_and_alerts_do(tmp_path, world, sample, monkeypatch):
    """A step of retention that a power cut undoes is done again; an alert is on the disk when `upsert` returns."""
    found = []
    really = upkeep.Pass.step

    def step(self, now):
        found.append(self._db.execute("PRAGMA synchronous").fetchone()[0])
        return really(self, now)

    monkeypatch.setattr(upkeep.Pass, "step", step)
    with world.open(tmp_path) as store:
        world.later(store)
        assert set(found) == {1}, "NORMAL"
        store.upsert([sample])
        assert store._db.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
        world.later(store, 1441)
        with store._commit() as db:
            assert db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_what_retention_erased_is_folded_into_the_file_a_little_at_a_time(tmp_path, world, monkeypatch):
    """Else SQLite does it a thousand pages at once, within the commit of an alert that waits."""
    monkeypatch.setattr(upkeep, "FOLDED_EVERY", 3)
    with world.open(tmp_path) as store:
        store._db.executemany(
            "INSERT INTO touched VALUES (0, ?, 1)", ((NOW // MINUTE - 100_000 - n,) for n in range(20_000))
        )
        store._db.execute("UPDATE meta SET value = ? WHERE key = 'rolled'", (NOW // MINUTE,))
        said = []
        store._db.set_trace_callback(said.append)
        world.later(store)
        store._db.set_trace_callback(None)
        work = ["fold" if "wal_checkpoint" in sql else "commit" for sql in said if "wal_" in sql or sql == "COMMIT"]
        assert work.count("fold") >= 5
        assert store._db.execute("SELECT count(*) FROM touched").fetchone() == (0,)


def told(store):
    return [alert.rule for alert in store.load_alerts()]


def minutes(store):
    return read(store.path, lambda db: db.execute("SELECT count(*) FROM traffic WHERE level = 0").fetchone()[0])


@pytest.mark.parametrize(
    ("percent", "rules"), [(89, []), (90, [Trouble.FILLING]), (95, [Trouble.FULL]), (100, [Trouble.FULL])]
)
def test_a_disk_that_fills_is_told_once_a_day(tmp_path, world, percent, rules):
    with world.open(tmp_path) as store:
        world.percent = percent
        for _ in range(3):
            world.later(store)
        assert told(store) == rules
        world.later(store, 1440)
        assert told(store) == rules * 2


def test_at_95_percent_detail_leaves_first_and_alerts_stay(tmp_path, world, sample):
    with world.open(tmp_path) as store:
        store.upsert([sample])
        rows = [SeriesRow(NOW // MINUTE - n, "192.168.1.20", None, "ssl", 1, 2, 1, 1, 1) for n in range(0, 3000, 10)]
        store.add_series(rows)
        store.flush(NOW, force=True)
        world.later(store)
        assert minutes(store) == 300
        world.percent = 95
        world.later(store)
        assert minutes(store) == 6
        assert sample.id in {alert.id for alert in store.load_alerts()}
        hours = read(store.path, lambda db: db.execute("SELECT sum(flows) FROM traffic WHERE level = 5").fetchone()[0])
        assert hours == 298  # the newest stretch is not over yet, nor long enough the one before


def test_the_reserved_file_makes_room_for_the_alert_that_the_disk_is_full(tmp_path, world, sample, monkeypatch):
    with world.open(tmp_path) as store:
        reserve = store.path.parent / "reserve"
        assert reserve.stat().st_size == 2 << 20
        really = store._upsert

        def upsert(alerts):
            if reserve.exists() or world.percent == 100:
                raise WillRetry(Reason.FULL, store.path)
            return really(alerts)

        monkeypatch.setattr(store, "_upsert", upsert)
        store.upsert([sample])
        assert set(told(store)) == {sample.rule, Trouble.FULL}
        world.percent = 100
        with pytest.raises(WillRetry):
            store.upsert([sample])
        world.percent = 92
        world.later(store)
        assert not reserve.exists()
        world.percent = 50
        world.later(store)
        assert reserve.exists()


def test_an_altered_journal_is_found_at_start_and_told_as_critical(tmp_path, world, sample, monkeypatch):
    monkeypatch.setattr(upkeep, "CHUNK", 2)
    with world.open(tmp_path) as store:
        for n in range(7):
            store.upsert([health(Trouble.FILLING, NOW, {"percent": n}, subject=str(n))])
        world.later(store)
        assert Trouble.ALTERED not in told(store)
        store._db.execute("UPDATE journal SET subject = 'other' WHERE seq = 6")
        world.later(store)
        assert Trouble.ALTERED not in told(store)
        world.later(store, 1441)
        (alert,) = [one for one in store.load_alerts() if one.rule == Trouble.ALTERED]
        assert (alert.severity, alert.evidence) == (Severity.CRITICAL, (("entry", 6), ("fault", "altered")))


def test_what_was_written_before_the_clock_was_set_is_marked_and_corrected_once_it_is(
    tmp_path, world, sample, monkeypatch
):
    """Started in the past; a minute later still not set; then a time server moves the clock ahead by a month."""
    monkeypatch.setattr("sensor.store.journal.time.monotonic_ns", lambda: int(world.ran * SECOND) + 5 * SECOND)
    world.trusted = False
    month = 30 * 1440 * MINUTE
    with world.open(tmp_path) as store:
        store.upsert([sample])
        world.later(store)
        assert told(store).count(Trouble.CLOCK) == 1
        found = {seq: (when, known) for seq, when, known in read(store.path, lambda db: list(moments_of(db)))}
        assert found[1] == (NOW, False)
        world.now += month
        world.trusted = True
        world.later(store)
        found = {seq: (when, known) for seq, when, known in read(store.path, lambda db: list(moments_of(db)))}
        assert found[1] == (NOW + month, True)
        assert all(known for _, known in found.values())
        assert max(found.values())[0] == world.now
        world.later(store)
        kinds = read(store.path, lambda db: [k for (k,) in db.execute("SELECT kind FROM journal WHERE kind = 'clock'")])
        assert len(kinds) == 2


def test_a_clock_that_was_always_set_leaves_no_trace(tmp_path, world, sample):
    with world.open(tmp_path) as store:
        store.upsert([sample])
        world.later(store, 5)
        found = read(store.path, lambda db: list(moments_of(db)))
        assert found == [(1, NOW, True), (2, NOW + 5 * 60 * SECOND, True)]  # the second is the day's root


def test_flush_does_a_piece_when_a_minute_has_passed_and_not_before(tmp_path, world, monkeypatch):
    with world.open(tmp_path) as store:
        done = []
        monkeypatch.setattr(store._upkeep, "step", done.append)
        store.flush(NOW)
        assert done == []
        world.ran = 60
        store.flush(NOW)
        assert done == [NOW]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_has_its_words(trouble):
    facts = {"file": "f", "alerts": 1, "lost": 2, "entry": 3, "fault": "altered", "percent": 95}
    alert = health(trouble, NOW, facts)
    assert "{" not in alert.fr.seen + alert.en.seen
    assert len(alert.id) == 20
    assert health(trouble, NOW + SECOND, facts).id == alert.id
    assert health(trouble, NOW, facts, subject="other").id != alert.id
