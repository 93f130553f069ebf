import json
import lzma
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from sensor.store import WatchStore, keys, schema
from sensor.store.codec import plain
from sensor.store.errors import NeedsHuman, Reason
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.telling import compare
from sensor.store.upkeep import Terms
from sensor.store.verify import Root, verify
from sensor.store.watch import database
from tests.databases import Database


def test_migrations_are_numbered_from_one_without_a_gap():
    assert [number for number, _ in schema.migrations(schema.WATCH)] == list(range(1, schema.latest(schema.WATCH) + 1))


def test_opening_brings_the_file_to_the_latest_schema_and_again_changes_nothing(tmp_path):
    for _ in range(2):
        WatchStore(tmp_path).close()
        with sqlite3.connect(database(tmp_path), factory=Database) as db:
            assert schema.version(db) == schema.latest(schema.WATCH)
            assert db.execute("PRAGMA application_id").fetchone() == (schema.WATCH.application,)
        db.close()


def test_a_later_schema_is_refused_with_a_sentence_and_left_alone(tmp_path):
    WatchStore(tmp_path).close()
    path = database(tmp_path)
    with sqlite3.connect(path, factory=Database) as db:
        db.execute(f"PRAGMA user_version={schema.latest(schema.WATCH) + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(NeedsHuman, match=r"later version.*update") as caught:
        WatchStore(tmp_path)
    assert caught.value.reason is Reason.NEWER
    with pytest.raises(NeedsHuman, match="later version"):
        read(path, lambda db: db.execute("SELECT 1").fetchone())
    assert path.read_bytes() == before


def test_another_programs_database_is_refused(tmp_path):
    path = database(tmp_path)
    path.parent.mkdir()
    with sqlite3.connect(path, factory=Database) as db:
        db.execute("PRAGMA application_id=7")
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    with pytest.raises(NeedsHuman, match="another program"):
        WatchStore(tmp_path)


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    WatchStore(tmp_path).close()
    broken = [
        *schema.migrations(schema.WATCH),
        (schema.latest(schema.WATCH) + 1, "CREATE TABLE half (x); CREATE TABLE half (x);"),
    ]
    monkeypatch.setattr(schema, "migrations", lambda _: broken)
    with pytest.raises(NeedsHuman):
        WatchStore(tmp_path)
    with sqlite3.connect(database(tmp_path), factory=Database) as db:
        assert schema.version(db) == len(broken) - 1
        assert not db.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall()
    db.close()


def test_a_copy_is_made_before_a_migration(tmp_path, monkeypatch, sample):
    with WatchStore(tmp_path) as store:
        store.upsert([sample])
    number = schema.latest(schema.WATCH) + 1
    longer = [*schema.migrations(schema.WATCH), (number, "DROP TABLE alert;")]
    monkeypatch.setattr(schema, "migrations", lambda _: longer)
    with WatchStore(tmp_path) as store, sqlite3.connect(f"{store.path}.before-{number}", factory=Database) as copy:
        assert copy.execute("SELECT id FROM alert").fetchall() == [(sample.id,)]
    copy.close()


@pytest.mark.parametrize("number", range(1, schema.latest(schema.WATCH)))
def test_a_file_of_every_earlier_version_is_brought_up_and_keeps_its_alerts(tmp_path, sample, number):
    path = database(tmp_path)
    path.parent.mkdir()
    old = sqlite3.connect(path, isolation_level=None, factory=Database)
    schema.migrate(old, path, schema.WATCH, upto=number)
    assert schema.version(old) == number
    old.execute(
        "INSERT INTO alert VALUES (?, 1, 0, 0, 'mail', 3, 'smtp', 'r', '192.168.1.20', ?)", (sample.id, plain(sample))
    )
    old.close()
    with WatchStore(tmp_path) as store:
        assert store.load_alerts() == [sample]
        store.upsert([sample])
    assert path.with_name(f"vigie.db.before-{schema.latest(schema.WATCH)}").exists()


def test_traffic_of_the_second_schema_is_brought_over(tmp_path):
    path = database(tmp_path)
    path.parent.mkdir()
    old = sqlite3.connect(path, isolation_level=None, factory=Database)
    schema.migrate(old, path, schema.WATCH, upto=2)
    rows = [
        (100, "192.168.1.20", "ssl", "", "aa:00:00:00:00:01", 1, 2, 3, 4, 5),
        (100, "192.168.1.20", "dns", "local", None, 6, 7, 8, 9, 10),
        (101, "192.168.1.21", "ssl", "", None, 1, 1, 1, 1, 1),
    ]
    old.executemany("INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    old.close()
    with WatchStore(tmp_path) as store:
        columns = (
            "minute, device_ip, service, destination, device_mac, bytes_out, bytes_in, packets_out, packets_in, flows"
        )
        assert set(read(store.path, lambda db: db.execute(f"SELECT {columns} FROM series").fetchall())) == set(rows)


OLD = Path(__file__).parent / "old"


def of_the_third_schema(tmp_path):
    """A file that the version of that schema wrote: alerts, growth, a rotation, an erasure, traffic; and what it said of it."""
    told = json.loads((OLD / "watch_3.json").read_text())
    path = database(tmp_path)
    (path.parent / "keys").mkdir(parents=True)
    path.write_bytes(lzma.decompress((OLD / "watch_3.db.xz").read_bytes()))
    for name, key in told["keys"].items():
        (path.parent / "keys" / f"{name}.key").write_bytes(bytes.fromhex(key))
    return path, told


def test_a_file_of_the_third_schema_keeps_its_chain_to_the_last_byte(tmp_path, sample):
    path, told = of_the_third_schema(tmp_path)
    before = read(path, lambda db: list(entries(db)))
    with WatchStore(tmp_path, clock=lambda: told["now"], terms=Terms(trusted=lambda: True)) as store:
        known = keys.load(store.keys)
        verdict = read(path, lambda db: verify(db, known, Root.parse(told["root"]).heads))
        assert (verdict.entries, verdict.fault) == (told["entries"], None)
        assert read(path, lambda db: list(entries(db))) == before
        bodies = read(path, lambda db: [body for (body,) in db.execute("SELECT body FROM alert")])
        assert list(compare(bodies, before)) == []
        kept = {one.id: one for one in store.load_alerts()}
        assert kept["a1"] == sample
        assert kept["a3"].device.name == 'é\u2028"'
        store.upsert([replace(kept["a2"], count=6)])
        assert read(path, lambda db: verify(db, known)).fault is None
        assert {type(body) for (body,) in store._db.execute("SELECT body FROM journal")} == {bytes, type(None)}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET body = replace(body, '203.0.113.9', '203.0.113.8') WHERE seq = 3",
        "UPDATE journal SET body = CAST(x'ff41' AS TEXT) WHERE seq = 3",
        "UPDATE journal SET digest = x'00' WHERE seq = 3",
        "UPDATE journal SET boot = 'other' WHERE seq = 3",
        "UPDATE journal SET key = CAST(x'ff' AS TEXT) WHERE seq = 3",
        "UPDATE journal SET mac = 5 WHERE seq = 3",
        "UPDATE journal SET body = 7 WHERE seq = 3",
    ],
)
def test_what_was_altered_before_a_migration_is_still_found_after_it(tmp_path, change):
    path, told = of_the_third_schema(tmp_path)
    db = sqlite3.connect(path, factory=Database)
    with db:
        db.execute(change)
    db.close()
    before = read(path, lambda db: verify(db, keys.load(path.parent / "keys")))
    with WatchStore(tmp_path, clock=lambda: told["now"]) as store:
        after = read(path, lambda db: verify(db, keys.load(store.keys)))
    assert before.seq == after.seq == 3
    assert None not in (before.fault, after.fault)


def test_a_damaged_file_of_the_third_schema_is_read_as_far_as_it_goes(tmp_path):
    path, told = of_the_third_schema(tmp_path)
    db = sqlite3.connect(path, factory=Database)
    root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'alert'").fetchone()[0]
    db.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with WatchStore(tmp_path, clock=lambda: told["now"]) as store:
        assert {"a1", "a2", "a3"} < {one.id for one in store.load_alerts()}
        verdict = read(path, lambda db: verify(db, keys.load(store.keys), Root.parse(told["root"]).heads))
        assert verdict.fault is None


def test_room_that_a_migration_left_is_given_back(tmp_path):
    path, _ = of_the_third_schema(tmp_path)
    db = sqlite3.connect(path, factory=Database)
    with db:
        db.execute("CREATE TABLE large AS SELECT randomblob(400000)")
        db.execute("DROP TABLE large")
    db.close()
    assert path.stat().st_size > 400_000
    WatchStore(tmp_path).close()
    assert path.stat().st_size < 200_000
