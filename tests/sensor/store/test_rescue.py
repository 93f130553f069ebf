"""A damaged file is set aside, never deleted, and what can be read of it goes on in a new one."""

import shutil
import sqlite3
from dataclasses import replace

import pytest

from sensor.detect.alert import Category, Severity
from sensor.store import SeriesRow, WatchStore, keys, rescue
from sensor.store.done_right import done_right
from sensor.store.health import Trouble
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.seeing import Counts, seen
from sensor.store.telling import compare
from sensor.store.verify import Fault, verify
from sensor.store.watch import database
from tests.databases import Database

PAGE = 4096
COUNT = 60


@pytest.fixture
def filled(tmp_path, sample):
    now = sample.last_seen // 60_000_000_000
    with WatchStore(tmp_path, clock=lambda: sample.last_seen) as store:
        for n in range(COUNT):
            store.upsert([replace(sample, id=f"k{n:02}")])
        store.add_sight(sample.last_seen, 1.0, Counts(packets=1))
        store.add_done_right(sample.last_seen, {"hds": 4})
        store.add_series([SeriesRow(now + n, f"192.168.1.{n}", None, "ssl", 1, 2, 1, 1, 1) for n in range(200)])
    return tmp_path


def pages_of(path, name):
    """Numbers of the pages of a table, from one."""
    with sqlite3.connect(path, factory=Database) as db:
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    db.close()
    data = path.read_bytes()
    page = data[(root - 1) * PAGE : root * PAGE]
    if page[0] not in (2, 5):
        return [root]
    cells = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n]) for n in range(int.from_bytes(page[3:5]))]
    return [int.from_bytes(page[cell : cell + 4]) for cell in cells] + [int.from_bytes(page[8:12])]


def spoil(path, number, data=b"\xff" * PAGE):
    with path.open("r+b") as file:
        file.seek((number - 1) * PAGE)
        file.write(data)


def reopened(state, now):
    with WatchStore(state, clock=lambda: now) as store:
        alerts = store.load_alerts()
        verdict = read(store.path, lambda db: verify(db, keys.load(store.keys)))
        different = read(
            store.path, lambda db: list(compare([b for (b,) in db.execute("SELECT body FROM alert")], entries(db)))
        )
    return {alert.id for alert in alerts}, [a for a in alerts if a.category is Category.HEALTH], verdict, different


def aside(state):
    return sorted(path for path in database(state).parent.iterdir() if ".damaged-" in path.name)


def test_an_intact_file_is_left_alone(filled, sample):
    ids, told, verdict, _ = reopened(filled, sample.last_seen)
    assert len(ids) == COUNT
    assert (told, verdict.fault, aside(filled)) == ([], None, [])


@pytest.mark.parametrize("where", [0, 1, -1])
def test_a_lost_page_of_the_journal_is_told_and_the_chain_goes_on(filled, sample, where):
    path = database(filled)
    before = bytearray(path.read_bytes())
    number = pages_of(path, "journal")[where]
    spoil(path, number)
    ids, told, verdict, different = reopened(filled, sample.last_seen)
    assert {f"k{n:02}" for n in range(COUNT)} <= ids
    assert [(alert.rule, alert.severity) for alert in told] == [(Trouble.DAMAGED, Severity.CRITICAL)]
    assert (verdict.fault, different) == (None, [])
    assert verdict.lost > 0 or where == -1
    (kept,) = aside(filled)
    before[(number - 1) * PAGE : number * PAGE] = b"\xff" * PAGE
    assert kept.read_bytes() == before
    assert told[0].evidence[0] == ("file", kept.name)
    assert reopened(filled, sample.last_seen)[1:] == (told, verdict, [])


def test_an_entry_cut_out_around_a_told_gap_is_still_found(filled, sample):
    path = database(filled)
    spoil(path, pages_of(path, "journal")[1])
    _, _, verdict, _ = reopened(filled, sample.last_seen)
    with sqlite3.connect(path, factory=Database) as db:
        before, after = db.execute(
            "SELECT max(a.seq), min(b.seq) FROM journal a JOIN journal b ON b.seq > a.seq + 1 WHERE NOT EXISTS "
            "(SELECT 1 FROM journal c WHERE c.seq = a.seq + 1) AND EXISTS (SELECT 1 FROM journal d WHERE d.seq = b.seq)"
        ).fetchone()
        for seq, fault in (
            (before, Fault.MISSING),
            (after, Fault.MISSING),
            (1, Fault.MISSING),
            (verdict.seq - 1, Fault.MISSING),
        ):
            db.execute("SAVEPOINT trial")
            db.execute("DELETE FROM journal WHERE seq = ?", (seq,))
            assert verify(db, keys.load(path.parent / "keys")).fault is fault
            db.execute("ROLLBACK TO trial")
        db.execute("UPDATE journal SET subject = 'other' WHERE seq = ?", (after,))
        assert verify(db, keys.load(path.parent / "keys")).fault is not None
    db.close()


def test_a_lost_page_of_alerts_is_told_again_from_the_journal(filled, sample):
    path = database(filled)
    for number in pages_of(path, "alert")[1:]:
        spoil(path, number)
    ids, _, verdict, different = reopened(filled, sample.last_seen)
    assert {f"k{n:02}" for n in range(COUNT)} <= ids
    assert (verdict.fault, verdict.lost, different) == (None, 0, [])


@pytest.mark.parametrize("data", [b"\xff" * PAGE, b"\0" * 100], ids=["page", "header"])
def test_without_its_first_page_the_rest_is_found_by_the_one_of_the_last_start(filled, sample, data):
    spoil(database(filled), 1, data)
    ids, told, verdict, different = reopened(filled, sample.last_seen)
    assert {f"k{n:02}" for n in range(COUNT)} <= ids
    assert len(told) == 1
    assert (verdict.fault, verdict.lost, different) == (None, 0, [])
    count = read(database(filled), lambda db: db.execute("SELECT count(*) FROM series").fetchone())
    assert count == (200,)


def test_how_well_the_box_saw_and_what_was_done_right_are_brought_over(filled, sample):
    spoil(database(filled), pages_of(database(filled), "journal")[0])
    with WatchStore(filled, clock=lambda: sample.last_seen) as store:
        assert [one.packets for one in read(store.path, lambda db: seen(db, 0, 1 << 40))] == [1]
        assert read(store.path, lambda db: done_right(db, 0, 1 << 40)) == [("hds", 4)]


def test_what_is_no_database_at_all_is_set_aside_and_watching_begins_anew(tmp_path, sample):
    path = database(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"this is not a database, and long enough to be looked at " * 100)
    ids, told, verdict, _ = reopened(tmp_path, sample.last_seen)
    assert len(ids) == len(told) == 1
    assert verdict.fault is None
    assert aside(tmp_path)[0].read_bytes().startswith(b"this is not")


def test_the_wal_of_a_damaged_file_is_read_and_set_aside_too(tmp_path, sample):
    with WatchStore(tmp_path / "living", clock=lambda: sample.last_seen) as store:
        store.upsert([sample])
        store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.upsert([replace(sample, id="in-the-wal")])
        number = pages_of(store.path, "name")[0]
        shutil.copytree(tmp_path / "living", tmp_path / "cut")
    spoil(database(tmp_path / "cut"), number)
    ids, _, verdict, _ = reopened(tmp_path / "cut", sample.last_seen)
    assert {"a1", "in-the-wal"} <= ids
    assert verdict.fault is None
    assert [path.name[-4:] == "-wal" for path in aside(tmp_path / "cut")] == [False, True]


@pytest.mark.parametrize("step", ["_synced", "finish"])
def test_a_power_cut_in_a_rescue_begins_or_ends_it_again(filled, sample, monkeypatch, step):
    spoil(database(filled), pages_of(database(filled), "journal")[1])

    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rescue, step, cut)
        with pytest.raises(KeyboardInterrupt):
            WatchStore(filled, clock=lambda: sample.last_seen)
    ids, _, verdict, different = reopened(filled, sample.last_seen)
    assert {f"k{n:02}" for n in range(COUNT)} <= ids
    assert (verdict.fault, different, len(aside(filled))) == (None, [], 1)
