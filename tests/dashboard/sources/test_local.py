from dataclasses import replace
from datetime import date

import pytest

from dashboard.sources import AlertQuery, BadCursor, Change, Share, Sight
from dashboard.sources.local import LocalSource
from sensor.detect.alert import Category, Severity
from sensor.store import SeriesRow, WatchStore
from sensor.store.days import minutes_of
from sensor.store.errors import NeedsHuman
from sensor.store.relay import RelayStore
from sensor.store.serve import ServeStore
from sensor.store.status import Status, StatusFile
from sensor.store.upkeep import Terms

SECOND = 1_000_000_000
DAY = date(2026, 11, 20)


@pytest.fixture
def zone():
    from zoneinfo import ZoneInfo

    return ZoneInfo("Europe/Paris")


@pytest.fixture
def source(tmp_path, zone):
    return LocalSource(tmp_path, zone)


def test_a_store_that_is_not_there_yet_is_an_empty_one(source, now):
    assert source.change() == Change(0, 0)
    assert source.alerts(AlertQuery()).alerts == ()
    assert source.alert("a1") is None
    assert source.traffic(DAY).devices == ()
    assert source.coverage(now).sight is Sight.NEVER


def test_alerts_newest_first_by_category_and_severity(store, source, sample, unnamed):
    store.upsert([sample, unnamed])
    page = source.alerts(AlertQuery())
    assert page.alerts == (unnamed, sample)
    assert page.next is None
    assert page.counts == ((Category.MAIL, 1), (Category.REMOTE, 1))
    assert source.alerts(AlertQuery(category=Category.MAIL)).alerts == (sample,)
    assert source.alerts(AlertQuery(least=Severity.CRITICAL)).alerts == (unnamed,)
    assert source.alert("r1") == unnamed


def test_pages_show_each_alert_once_also_those_of_the_same_moment(store, source, sample):
    store.upsert([replace(sample, id=f"n{n:02}", last_seen=sample.last_seen + n // 3) for n in range(25)])
    seen, after = [], None
    while True:
        page = source.alerts(AlertQuery(after=after, limit=7))
        seen += [alert.id for alert in page.alerts]
        after = page.next
        if after is None:
            break
    assert seen == [f"n{n:02}" for n in sorted(range(25), key=lambda n: (n // 3, n), reverse=True)]


@pytest.mark.parametrize("cursor", ["", "x", "12", "-5-a", "1e3-a", "9" * 40 + "-a", "²-a", "12-'; DROP TABLE alert"])
def test_a_cursor_that_no_page_gave(store, source, sample, cursor):
    store.upsert([sample])
    if cursor.startswith("12-"):
        assert source.alerts(AlertQuery(after=cursor)).alerts == ()
    else:
        with pytest.raises(BadCursor):
            source.alerts(AlertQuery(after=cursor))


def test_changes_are_numbers_that_grow(store, source, sample):
    store.upsert([sample])
    store.add_series([SeriesRow(1, "192.168.1.1", None, "ssl", 1, 1, 1, 1, 1)])
    store.flush(0, force=True)
    assert source.change() == Change(1, 1)


@pytest.mark.parametrize(("day", "slots"), [(DAY, 144), (date(2026, 3, 29), 138), (date(2026, 10, 25), 150)])
def test_the_traffic_of_a_practice_day(store, source, zone, day, slots):
    first, after = minutes_of(day, zone)
    row = SeriesRow(first, "192.168.1.12", "aa:00:00:00:00:12", "ssl", 10, 100, 1, 1, 1)
    rows = [
        row,
        replace(row, minute=first + 9, device_mac=None),
        replace(row, minute=after - 1, service="dns", bytes_in=1, destination="local"),
        replace(row, minute=first + 30, device_ip="fe80::1", bytes_out=1, bytes_in=0),
        replace(row, minute=after),
        replace(row, minute=first - 1, device_ip="192.168.1.99"),
    ]
    store.add_series(rows)
    store.flush(0, force=True)
    found = source.traffic(day)
    assert len(found.slots) == slots
    assert (found.slots[0].bytes_out, found.slots[0].bytes_in) == (20, 200)
    assert (found.slots[-1].bytes_out, found.slots[-1].bytes_in) == (10, 1)
    assert found.devices == (Share("192.168.1.12", 31, 201, "aa:00:00:00:00:12"),)
    assert found.services == (Share("ssl", 21, 200), Share("dns", 10, 1))
    assert found.destinations == (Share("", 21, 200), Share("local", 10, 1))


def test_what_was_done_right_that_day(store, source, zone):
    first, _ = minutes_of(DAY, zone)
    for minute, times in ((first - 1, 9), (first, 1), (first + 600, 2)):
        store.add_done_right(minute * 60_000_000_000, {"mssante": times})
    store.flush(0, force=True)
    assert source.traffic(DAY).done_right == (("mssante", 3),)


@pytest.mark.parametrize(
    ("age", "quiet", "ended", "sight"),
    [
        (1, 1, False, Sight.SEEING),
        (14, 0, False, Sight.SEEING),
        (16, 0, False, Sight.LOST),
        (1, 59, False, Sight.SEEING),
        (1, 61, False, Sight.SILENT),
        (500, 500, True, Sight.ENDED),
    ],
)
def test_whether_the_box_sees(tmp_path, source, now, age, quiet, ended, sight):
    written = now - age * SECOND
    with StatusFile(tmp_path) as out:
        out.write(Status(written, now - 9_000 * SECOND, written - quiet * SECOND, 100, 2, 5.0, "0.1.0", "eth1", ended))
    found = source.coverage(now)
    assert found.sight is sight
    assert (found.packets, found.drops, found.interface, found.version) == (100, 2, "eth1", "0.1.0")


def test_before_the_first_packet_the_start_counts(tmp_path, source, now):
    with StatusFile(tmp_path) as out:
        out.write(Status(now, now - 30 * SECOND, None, 0, 0, 0.0, "0.1.0"))
        assert source.coverage(now).sight is Sight.SEEING
        out.write(Status(now, now - 61 * SECOND, None, 0, 0, 0.0, "0.1.0"))
        assert source.coverage(now).sight is Sight.SILENT


def test_a_damaged_store_is_not_an_empty_one(tmp_path, source):
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "vigie.db").write_bytes(b"no database" * 1000)
    for ask in (
        source.change,
        lambda: source.alerts(AlertQuery()),
        lambda: source.alert("a"),
        lambda: source.traffic(DAY),
    ):
        with pytest.raises(NeedsHuman):
            ask()


def test_a_day_is_read_once_for_each_batch_of_traffic(store, source, zone, monkeypatch):
    minute, _ = minutes_of(DAY, zone)
    asked = []
    monkeypatch.setattr(source, "_traffic", lambda day, really=source._traffic: asked.append(day) or really(day))
    for n in range(3):
        store.add_series([SeriesRow(minute, "192.168.1.12", None, "ssl", 10, 0, 1, 1, 1)])
        store.flush(0, force=True)
        assert source.traffic(DAY).slots[0].bytes_out == source.traffic(DAY).slots[0].bytes_out == 10 * (n + 1)
    assert asked == [DAY] * 3


def test_a_day_is_the_same_before_and_after_its_minutes_are_summed_and_forgotten(tmp_path, source, zone):
    first, _ = minutes_of(DAY, zone)
    row = SeriesRow(first, "192.168.1.12", None, "ssl", 10, 100, 1, 1, 1)
    with WatchStore(tmp_path, terms=Terms(trusted=lambda: True)) as store:
        store.add_series(
            replace(row, minute=first + n, device_ip=f"192.168.1.{n % 3}", service=("ssl", "dns")[n % 2])
            for n in range(0, 1440, 7)
        )
        store.flush(0, force=True)
        before = source.traffic(DAY)
        for now in (first + 500, first + 2000, first + 40 * 1440):  # half of it summed; all of it; its detail forgotten
            while store.maintain(now * 60 * SECOND):
                pass
            source._days.clear()
            assert source.traffic(DAY) == before
        assert store._db.execute("SELECT count(*) FROM series").fetchone() == (0,)
    assert sum(slot.bytes_out for slot in before.slots) == 10 * len(range(0, 1440, 7))


def test_what_serve_and_relay_say_of_themselves_is_shown_too_and_once(tmp_path, source, sample):

    own = [replace(sample, id=f"h{n}", category=Category.HEALTH, last_seen=sample.last_seen + n) for n in range(3)]
    with WatchStore(tmp_path) as watch, ServeStore(tmp_path) as serve, RelayStore(tmp_path) as relay:
        watch.upsert([sample, own[0]])
        before = source.change()
        serve.upsert([own[0], own[1]])
        relay.upsert([own[2]])
        assert source.change().alerts > before.alerts
        page = source.alerts(AlertQuery(limit=2))
        assert [one.id for one in page.alerts] == ["h2", "h1"]
        assert page.counts == ((sample.category, 1), (Category.HEALTH, 3))
        assert [one.id for one in source.alerts(AlertQuery(after=page.next)).alerts] == ["h0", sample.id]
        assert source.alert("h2") == own[2]
        assert source.alert("none") is None


def test_a_store_of_another_process_that_cannot_be_read_hides_nothing(tmp_path, source, sample):
    with WatchStore(tmp_path) as watch:
        watch.upsert([sample])
        (tmp_path / "serve").mkdir()
        (tmp_path / "serve" / "vigie.db").write_bytes(b"not a database" * 1000)
        assert [one.id for one in source.alerts(AlertQuery()).alerts] == [sample.id]
