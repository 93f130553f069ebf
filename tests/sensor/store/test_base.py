"""What the stores of watch, serve and relay have in common: one writer, a journal, keys, migrations, upkeep."""

import sqlite3

import pytest

from sensor.store import WatchStore, keys, schema
from sensor.store.errors import NeedsHuman, Reason, WillRetry
from sensor.store.health import Trouble
from sensor.store.journal import Kind, entries
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.serve import ServeStore
from sensor.store.upkeep import Terms
from sensor.store.verify import verify
from tests.databases import Database

ALL = (WatchStore, ServeStore, RelayStore)


def verdict(store):
    return read(store.path, lambda db: verify(db, keys.load(store.keys)))


@pytest.fixture(params=ALL, ids=lambda kind: kind.LAYOUT.name)
def kind(request):
    return request.param


def test_each_has_a_file_a_lock_and_a_key_of_its_own(tmp_path, kind):
    with kind(tmp_path) as store:
        assert store.path == tmp_path / kind.LAYOUT.name / "vigie.db"
        (key,) = store.keys.glob("*.key")
        assert key.stat().st_mode & 0o777 == 0o600
        with pytest.raises(WillRetry) as caught:
            kind(tmp_path)
        assert caught.value.reason is Reason.BUSY
    with kind(tmp_path) as store:
        assert verdict(store).fault is None


def test_all_three_stand_beside_one_another(tmp_path):
    opened = [kind(tmp_path) for kind in ALL]
    assert len({next(iter(keys.load(store.keys))) for store in opened}) == 3
    for store in opened:
        store.close()
        store.close()  # again does nothing


def test_migrations_are_numbered_from_one_without_a_gap(kind):
    numbers = [number for number, _ in schema.migrations(kind.LAYOUT)]
    assert numbers == list(range(1, schema.latest(kind.LAYOUT) + 1))


def test_what_a_store_says_of_itself_is_an_alert_and_an_entry(tmp_path, kind, sample):
    with kind(tmp_path) as store:
        assert store.upsert([sample]) == 1
        (found,) = read(store.path, lambda db: list(entries(db)))
        assert (found.kind, found.subject) == (Kind.OPENING, sample.id)
        assert verdict(store).entries == 1


def test_a_file_of_another_process_is_refused(tmp_path):
    ServeStore(tmp_path).close()
    (tmp_path / "relay").mkdir()
    ServeStore.LAYOUT.path(tmp_path).replace(RelayStore.LAYOUT.path(tmp_path))
    with pytest.raises(NeedsHuman, match="the database of vigie serve"):
        RelayStore(tmp_path)


def test_an_absent_file_names_who_makes_it(tmp_path, kind):
    with pytest.raises(WillRetry, match=f"`vigie {kind.LAYOUT.name}` makes it"):
        read(kind.LAYOUT.path(tmp_path), lambda db: db.execute("SELECT 1").fetchone())


def test_a_rotation_is_signed_by_the_old_key(tmp_path, kind, sample):
    with kind(tmp_path) as store:
        store.upsert([sample])
        old = read(store.path, lambda db: next(entries(db)).key)
        new = store.rotate_key()
        with store._turn, store._commit():
            store._journal.append(Kind.SETTING, "x", {}, 0)
        told = read(store.path, lambda db: [(one.kind, one.key) for one in entries(db)])
        assert told == [("opening", old), ("rotation", old), ("setting", new)]
        assert verdict(store).fault is None
    with kind(tmp_path) as store:
        assert store._journal.key == new


def test_a_commit_that_is_broken_off_leaves_nothing(tmp_path, kind):
    with kind(tmp_path) as store:
        with pytest.raises(TypeError), store._turn, store._commit():
            store._journal.erase([store._journal.append(Kind.SETTING, "x", {}, 0).seq, None], 0)
        assert verdict(store).entries == 0


def test_damage_is_set_aside_and_told_and_the_journal_goes_on(tmp_path, kind, sample):
    with kind(tmp_path, clock=lambda: sample.last_seen) as store:
        for n in range(30):
            with store._turn, store._commit():
                store._journal.append(Kind.SETTING, f"s{n}", {"n": n}, n)
    path = kind.LAYOUT.path(tmp_path)
    root = (
        sqlite3.connect(path, factory=Database)
        .execute("SELECT rootpage FROM sqlite_master WHERE name = 'alert'")
        .fetchone()[0]
    )
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with kind(tmp_path, clock=lambda: sample.last_seen) as store:
        rules = read(store.path, lambda db: [rule for (rule,) in db.execute("SELECT rule FROM alert")])
        assert rules == [Trouble.DAMAGED]
        assert verdict(store).fault is None
        told = read(store.path, lambda db: [one.subject for one in entries(db) if one.kind == "setting"])
        assert told == [f"s{n}" for n in range(30)]
    assert list(path.parent.glob("vigie.db.damaged-*"))


def test_tending_works_when_something_is_due_and_only_then(tmp_path, kind):
    ran = [0.0]
    with kind(tmp_path, clock=lambda: 10**18, terms=Terms(trusted=lambda: True, monotonic=lambda: ran[0])) as store:
        assert not store.tend(10**18)
        ran[0] = 61.0
        store.tend(10**18)
        while store.tend(10**18):
            pass
        found = read(store.path, lambda db: dict(db.execute("SELECT key, value FROM meta")))
        assert found["retained"] == found["verified"] == 10**9
