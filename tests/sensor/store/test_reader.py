import shutil
import sqlite3
from dataclasses import replace
from threading import Event, Thread

import pytest

from sensor.store import WatchStore
from sensor.store.errors import NeedsHuman, Reason, WillRetry
from sensor.store.reader import read


def ids(db):
    return [one for (one,) in db.execute("SELECT id FROM alert ORDER BY id")]


def test_while_writing_after_closing_and_when_the_writer_comes_back(tmp_path, sample):
    with WatchStore(tmp_path) as store:
        store.upsert([sample])
        assert read(store.path, ids) == ["a1"]
    assert read(store.path, ids) == ["a1"]
    with WatchStore(tmp_path) as store:
        store.upsert([replace(sample, id="a2")])
        assert read(store.path, ids) == ["a1", "a2"]
    assert read(store.path, ids) == ["a1", "a2"]


def test_a_closed_store_is_read_without_writing_a_byte_beside_it(tmp_path, sample):
    with WatchStore(tmp_path) as store:
        store.upsert([sample])
    before = sorted(entry.name for entry in store.path.parent.iterdir())
    store.path.parent.chmod(0o500)
    try:
        assert read(store.path, ids) == ["a1"]
    finally:
        store.path.parent.chmod(0o700)
    assert sorted(entry.name for entry in store.path.parent.iterdir()) == before


def test_the_wal_of_a_killed_writer_is_read(tmp_path, sample):
    with WatchStore(tmp_path / "living") as store:
        store.upsert([sample])
        shutil.copytree(tmp_path / "living", tmp_path / "killed")
    assert read(tmp_path / "killed" / "watch" / "vigie.db", ids) == ["a1"]


def test_nothing_there_yet_will_pass(tmp_path):
    with pytest.raises(WillRetry, match="nothing has been written") as caught:
        read(tmp_path / "watch" / "vigie.db", ids)
    assert caught.value.reason is Reason.ABSENT


def test_an_empty_file_will_pass_too(tmp_path):
    (tmp_path / "vigie.db").touch()
    with pytest.raises(WillRetry) as caught:
        read(tmp_path / "vigie.db", ids)
    assert caught.value.reason is Reason.ABSENT


def test_damage_needs_a_human(tmp_path):
    (tmp_path / "vigie.db").write_bytes(b"no database" * 1000)
    with pytest.raises(NeedsHuman) as caught:
        read(tmp_path / "vigie.db", ids)
    assert caught.value.reason is Reason.DAMAGED


def test_a_reader_cannot_write(store, sample):
    store.upsert([sample])
    with pytest.raises(NeedsHuman):
        read(store.path, lambda db: db.execute("DELETE FROM alert"))
    assert store.load_alerts() == [sample]


def test_a_writer_that_opens_and_closes_all_the_time_never_shows_half_a_state(tmp_path, sample):
    """Both ways of reading and the changes between them: each commit writes two alerts, a reader sees both or none."""
    done = Event()

    def write() -> None:
        for n in range(60):
            with WatchStore(tmp_path) as store:
                store.upsert([replace(sample, id=f"{n:03}a"), replace(sample, id=f"{n:03}b")])
        done.set()

    WatchStore(tmp_path).close()
    writer = Thread(target=write)
    writer.start()
    path = tmp_path / "watch" / "vigie.db"
    answers, last = 0, 0
    while not done.is_set():
        try:
            found = read(path, ids)
        except WillRetry:
            continue
        assert len(found) % 2 == 0
        assert len(found) >= last
        last = len(found)
        answers += 1
    writer.join()
    assert answers
    assert len(read(path, ids)) == 120


def test_an_unknown_table_is_damage(store):
    with pytest.raises(NeedsHuman):
        read(store.path, lambda db: db.execute("SELECT * FROM nowhere"))
    with pytest.raises(sqlite3.Error):
        store._db.execute("SELECT * FROM nowhere")


def test_a_reading_during_which_the_writer_came_back_is_done_again(tmp_path, sample):
    """An immutable file that changes under the reader may show half of each state: such an answer must not be used."""
    with WatchStore(tmp_path) as store:
        store.upsert([sample])
    answers = []

    def ask(db):
        answers.append(ids(db))
        if len(answers) == 1:
            with WatchStore(tmp_path) as back:
                back.upsert([replace(sample, id="a2")])
        return answers[-1]

    assert read(store.path, ask) == ["a1", "a2"]
    assert len(answers) == 2
