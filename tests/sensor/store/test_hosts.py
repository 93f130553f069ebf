"""The hosts that the practice uses, as they are kept, asked for and let go."""

from dataclasses import replace

from sensor.detect.hosts import Heard
from sensor.store import hosts
from sensor.store.hosts import LITTLE, Used, forget, used
from sensor.store.reader import read
from sensor.store.watch import WatchStore
from tests.made import MORNING

MINUTE = 60_000_000_000
DAY = 1440 * MINUTE
KNOWN = Heard("192.168.1.20", "aa:bb:cc:dd:ee:ff", "Doctolib", "health", MORNING, MORNING, 100, 10)
UNKNOWN = Heard("", None, "example.org", "", MORNING, MORNING, 5, 6)


def kept(tmp_path, *batches):
    with WatchStore(tmp_path) as store:
        for batch in batches:
            store.add_hosts(batch)
            store.flush(MORNING, force=True)
    return store.path


def told(path, *, listed=True):
    return read(path, lambda db: used(db, listed=listed, most=9))


def test_what_was_exchanged_adds_up_with_its_first_and_last_day_and_posts(tmp_path):
    other = replace(KNOWN, device_ip="192.168.1.21", device_mac=None, first=MORNING + 40 * DAY, last=MORNING + 41 * DAY)
    path = kept(tmp_path, [KNOWN], [replace(KNOWN, last=MORNING + DAY)], [other, UNKNOWN])
    first, last = MORNING // MINUTE, (MORNING + 41 * DAY) // MINUTE
    posts = (("192.168.1.20", "aa:bb:cc:dd:ee:ff"), ("192.168.1.21", None))
    assert told(path) == [Used("Doctolib", "health", first, last, 300, 30, posts)]
    assert told(path, listed=False) == [Used("example.org", "", first, first, 5, 6)]


def test_the_most_exchanged_come_first(tmp_path):
    path = kept(tmp_path, [replace(UNKNOWN, place=f"n{n}.example", bytes_out=n) for n in range(20)])
    assert [one.place for one in told(path, listed=False)] == [f"n{n}.example" for n in range(19, 10, -1)]


def test_a_month_is_bounded_and_its_sums_stay_true(tmp_path, monkeypatch):
    monkeypatch.setattr(hosts, "MOST", 3)
    rows = [replace(UNKNOWN, place=f"n{n}.example") for n in range(6)]
    path = kept(tmp_path, rows, rows)
    found = told(path, listed=False)
    assert {one.place for one in found} == {"n0.example", "n1.example", "n2.example", ""}
    assert sum(one.bytes_out for one in found) == 60


def test_what_waits_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(hosts, "WAITING", 2)
    path = kept(tmp_path, [replace(UNKNOWN, place=f"n{n}.example") for n in range(6)])
    assert sum(one.bytes_out for one in told(path, listed=False)) == 30


def test_little_to_an_unknown_host_leaves_with_the_detail_the_rest_with_the_alerts(tmp_path):
    large = replace(UNKNOWN, place="large.example", bytes_out=LITTLE)
    path = kept(tmp_path, [KNOWN, UNKNOWN, large])
    minute = MORNING // MINUTE
    with WatchStore(tmp_path) as store:
        forget(store._db, minute + 1, minute)
        assert [one.place for one in told(path)] == ["Doctolib"]
        assert [one.place for one in told(path, listed=False)] == ["large.example"]
        forget(store._db, minute + 1, minute + 1)
        assert told(path) + told(path, listed=False) == []
