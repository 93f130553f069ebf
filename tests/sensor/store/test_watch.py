import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from sensor.store import SeriesRow, WatchStore, keys
from sensor.store.codec import plain
from sensor.store.errors import NeedsHuman, Reason, WillRetry
from sensor.store.reader import read
from sensor.store.verify import verify
from sensor.store.watch import BATCH_SECONDS

SECOND = 1_000_000_000
ROW = SeriesRow(100, "192.168.1.20", None, "ssl", 10, 20, 1, 2, 1)


def series(store):
    return read(store.path, lambda db: db.execute("SELECT minute, bytes_out, flows FROM series ORDER BY 1").fetchall())


def test_alerts_are_there_as_soon_as_upsert_returns_and_after_closing(tmp_path, sample):
    with WatchStore(tmp_path) as store:
        store.upsert([sample, replace(sample, id="a2", last_seen=sample.last_seen + 1)])
        bodies = read(store.path, lambda db: db.execute("SELECT count(*) FROM alert").fetchone())
        assert bodies == (2,)
    with WatchStore(tmp_path) as store:
        assert store.load_alerts() == [sample, replace(sample, id="a2", last_seen=sample.last_seen + 1)]


def test_a_grown_alert_replaces_itself_under_its_id(store, sample):
    store.upsert([sample])
    grown = replace(sample, count=7, last_seen=sample.last_seen + SECOND)
    store.upsert([grown])
    assert store.load_alerts() == [grown]
    columns = read(store.path, lambda db: db.execute("SELECT id, last_seen, change FROM alert").fetchall())
    assert columns == [(sample.id, grown.last_seen, 2)]


def test_load_alerts_since(store, sample):
    late = replace(sample, id="late", last_seen=sample.last_seen + SECOND)
    store.upsert([late, sample])
    assert store.load_alerts(late.last_seen) == [late]


def test_the_change_number_grows_with_each_commit_and_never_falls_back(tmp_path, sample):
    with WatchStore(tmp_path) as store:
        assert [store.upsert([sample]) for _ in range(3)] == [1, 2, 3]
    with WatchStore(tmp_path) as store:
        assert store.upsert([sample]) == 4


def test_traffic_is_written_in_batches(store):
    store.add_series([ROW])
    assert not store.flush(0)
    assert not store.flush((BATCH_SECONDS - 1) * SECOND)
    assert series(store) == []
    store.add_series([ROW, replace(ROW, minute=101)])
    assert store.flush(BATCH_SECONDS * SECOND)
    assert series(store) == [(100, 20, 2), (101, 10, 1)]
    store.add_series([ROW])
    assert store.flush(0, force=True)
    assert series(store)[0] == (100, 30, 3)


def test_a_clock_set_back_does_not_stop_writing(store):
    store.add_series([ROW])
    store.flush(10_000 * SECOND)
    assert store.flush(0)


def test_closing_writes_what_waits_and_may_be_done_twice(tmp_path):
    store = WatchStore(tmp_path)
    store.add_series([ROW])
    store.close()
    store.close()
    assert series(store) == [(100, 10, 1)]
    assert not store.path.with_name("vigie.db-wal").exists()


def test_two_writers_of_one_store_are_refused(store, tmp_path, sample):
    with pytest.raises(WillRetry) as caught:
        WatchStore(tmp_path)
    assert caught.value.reason is Reason.BUSY
    store.upsert([sample])


def test_a_body_that_is_not_an_alert_needs_a_human(store, sample):
    store.upsert([sample])
    store._db.execute("UPDATE alert SET body = '{}'")
    with pytest.raises(NeedsHuman, match="damaged"):
        store.load_alerts()


def test_a_failed_commit_leaves_the_store_usable(store, sample):
    def breaking():
        yield sample
        message = "the detector broke"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        store.upsert(breaking())
    assert store.load_alerts() == []
    assert store.upsert([sample]) == 1


def test_a_disk_that_turned_read_only_under_a_commit_acknowledges_nothing(store, sample, monkeypatch):
    """Found by the trials: on such a disk a commit may pass and nothing is kept."""

    def refused(*_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "ftruncate", refused)
    with pytest.raises(NeedsHuman, match=r"[Rr]ead-only"):
        store.upsert([sample])


WRITER = """
import sys
from dataclasses import replace
from sensor.store import SeriesRow, WatchStore
from sensor.store.codec import decode

sample = decode(sys.stdin.readline())
store = WatchStore(sys.argv[1])
for n in range(1_000_000):
    store.add_series([SeriesRow(n, "192.168.1.20", None, "ssl", 10, 20, 1, 2, 1)])
    store.flush(n * 10_000_000_000)
    store.upsert([replace(sample, id=f"k{n}")])
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("after", [1, 7, 40])
def test_a_writer_killed_in_mid_batch_loses_no_acknowledged_alert(tmp_path, sample, after):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write(plain(sample) + "\n")
    writer.stdin.flush()
    acknowledged = [int(writer.stdout.readline()) for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    writer.stdin.close()
    writer.stdout.close()
    with WatchStore(tmp_path) as store:
        kept = {alert.id for alert in store.load_alerts()}
        assert {f"k{n}" for n in acknowledged} <= kept
        assert read(store.path, lambda db: db.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]
        verdict = read(store.path, lambda db: verify(db, keys.load(store.keys)))
        assert (verdict.entries, verdict.fault) == (len(kept), None)
