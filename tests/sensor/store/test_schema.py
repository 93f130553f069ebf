import sqlite3

import pytest

from sensor.store import WatchStore, schema
from sensor.store.codec import encode
from sensor.store.errors import NeedsHuman, Reason
from sensor.store.reader import read
from sensor.store.watch import database


def test_migrations_are_numbered_from_one_without_a_gap():
    assert [number for number, _ in schema.migrations(schema.WATCH)] == list(range(1, schema.latest(schema.WATCH) + 1))


def test_opening_brings_the_file_to_the_latest_schema_and_again_changes_nothing(tmp_path):
    for _ in range(2):
        WatchStore(tmp_path).close()
        with sqlite3.connect(database(tmp_path)) as db:
            assert schema.version(db) == schema.latest(schema.WATCH)
            assert db.execute("PRAGMA application_id").fetchone() == (schema.WATCH.application,)
        db.close()


def test_a_later_schema_is_refused_with_a_sentence_and_left_alone(tmp_path):
    WatchStore(tmp_path).close()
    path = database(tmp_path)
    with sqlite3.connect(path) as db:
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
    with sqlite3.connect(path) as db:
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
    with sqlite3.connect(database(tmp_path)) as db:
        assert schema.version(db) == len(broken) - 1
        assert not db.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall()
    db.close()


def test_a_copy_is_made_before_a_migration(tmp_path, monkeypatch, sample):
    with WatchStore(tmp_path) as store:
        store.upsert([sample])
    number = schema.latest(schema.WATCH) + 1
    longer = [*schema.migrations(schema.WATCH), (number, "DROP TABLE alert;")]
    monkeypatch.setattr(schema, "migrations", lambda _: longer)
    with WatchStore(tmp_path) as store, sqlite3.connect(f"{store.path}.before-{number}") as copy:
        assert copy.execute("SELECT id FROM alert").fetchall() == [(sample.id,)]
    copy.close()


@pytest.mark.parametrize("number", range(1, schema.latest(schema.WATCH)))
def test_a_file_of_every_earlier_version_is_brought_up_and_keeps_its_alerts(tmp_path, sample, number):
    path = database(tmp_path)
    path.parent.mkdir()
    old = sqlite3.connect(path, isolation_level=None)
    schema.migrate(old, path, schema.WATCH, upto=number)
    assert schema.version(old) == number
    old.execute(
        "INSERT INTO alert VALUES (?, 1, 0, 0, 'mail', 3, 'smtp', 'r', '192.168.1.20', ?)", (sample.id, encode(sample))
    )
    old.close()
    with WatchStore(tmp_path) as store:
        assert store.load_alerts() == [sample]
        store.upsert([sample])
    assert path.with_name(f"vigie.db.before-{schema.latest(schema.WATCH)}").exists()


def test_traffic_of_the_second_schema_is_brought_over(tmp_path):
    path = database(tmp_path)
    path.parent.mkdir()
    old = sqlite3.connect(path, isolation_level=None)
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
