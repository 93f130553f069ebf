"""One suite for what both sources tell: the local store is asked, InfluxDB is asked, and they say the same."""

import time
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.influx.client import Later, Refused
from dashboard.sources import Change, Share, Sight
from dashboard.sources.either import EitherSource
from dashboard.sources.local import LocalSource
from sensor.detect.alert import Category
from sensor.store import SeriesRow, WatchStore
from sensor.store.days import day_of, minutes_of
from sensor.store.seeing import Counts
from sensor.store.status import Status, StatusFile
from sensor.store.upkeep import Terms

SECOND = 1_000_000_000
PARIS = ZoneInfo("Europe/Paris")
MINUTE = 60 * SECOND


@pytest.fixture
def today(practice):
    """A practice whose store holds nine days up to now; the days of a real clock, as InfluxDB has no other."""
    made = practice()
    now = time.time_ns() // MINUTE * MINUTE
    return made, now


def filled(made, now, sample):
    """Nine days: in the last seven InfluxDB has minutes, before that hours and totals only."""
    minute = now // MINUTE
    with WatchStore(made.state, clock=lambda: now, terms=Terms(trusted=lambda: True)) as store:
        for n, ago in enumerate(range(0, 9 * 1440, 97)):
            device, mac = n % 3, f"aa:bb:cc:00:00:0{n % 3}" if n % 3 else None
            where = ("", "hds", "cloud")[n % 3]
            row = SeriesRow(
                minute - ago, f"192.168.1.{device}", mac, ("ssl", "dns")[n % 2], 10 + n, 100, 1, 2, 1, where
            )
            store.add_series([row, replace(row, device_ip="fe80::1", device_mac="aa:bb:cc:00:00:01", bytes_in=7)])
        for ago in range(0, 9 * 1440, 700):
            at = now - ago * MINUTE
            store.add_sight(at, 7.25, Counts(packets=ago, bytes=ago * 900, drops=ago % 3))
            store.add_done_right(at, {"mssante": ago % 5, "hds \u00e9, =": 2})
        store._sight.close()
        store.flush(now, force=True)
        while store.maintain(now):
            pass
        store.upsert(
            replace(
                sample,
                id=f"n{n}",
                category=list(Category)[n % 6],
                first_seen=now - n * 5 * 3600 * SECOND,
                last_seen=now,
            )
            for n in range(40)
        )
    with StatusFile(made.state) as out:
        out.write(Status(now, now - 9_000 * SECOND, now - SECOND, 100, 2, 5.25, "0.1.0", "eth1"))


def test_both_sources_tell_the_same(today, sample):
    made, now = today
    filled(made, now, sample)
    made.ship(clock=lambda: now)
    zone = made.policy.practice.timezone
    here, there = LocalSource(made.state, zone), made.source(clock=lambda: now)
    day = day_of(now, PARIS)
    for ago in (0, 1, 5, 6, 7, 8, 20):
        asked = day - timedelta(days=ago)
        assert there.traffic(asked) == here.traffic(asked), ago
        assert there.devices(asked) == here.devices(asked), ago
        assert bool(here.traffic(asked).destinations) == (ago < 9)
        assert bool(here.devices(asked)) == (ago < 9)
        assert bool(here.traffic(asked).done_right) == (ago < 9)
    assert there.seen(day - timedelta(days=30), day) == here.seen(day - timedelta(days=30), day)
    assert there.seen(day, day) == here.seen(day, day) != ()
    assert len(here.seen(day - timedelta(days=30), day)) > 15
    assert there.alerts_over_time(day - timedelta(days=30), day) == here.alerts_over_time(day - timedelta(days=30), day)
    assert len(here.alerts_over_time(day - timedelta(days=30), day)) > 10
    assert there.alerts_over_time(day, day) == here.alerts_over_time(day, day)
    assert there.coverage(now) == here.coverage(now)
    assert there.coverage(now).sight is Sight.SEEING
    assert there.change() == here.change()


def test_what_changed_since_is_seen(today, sample):
    made, now = today
    filled(made, now, sample)
    made.ship()
    zone = made.policy.practice.timezone
    day = day_of(now, PARIS)
    here, there = LocalSource(made.state, zone), made.source()
    before = there.traffic(day)
    with WatchStore(made.state) as store:
        store.add_series([SeriesRow(now // MINUTE, "192.168.1.0", None, "ssl", 5_000, 1, 1, 1, 1)])
        store.flush(now, force=True)
    made.ship()
    there._box_at = None  # the second that an answer holds
    assert there.traffic(day) == here.traffic(day) != before


def test_an_influxdb_that_has_nothing_is_an_empty_one(today):
    made, now = today
    there = made.source()
    day = day_of(now, PARIS)
    assert there.change() == Change(0, 0)
    assert there.traffic(day).devices == there.devices(day) == there.alerts_over_time(day, day) == ()
    assert there.coverage(now).sight is Sight.NEVER


@pytest.mark.parametrize("site", ['a" or 1 == 1 //', "'; drop", "${p_token}", 'x")|>yield(name: "', "é è ☃ ,= "])
def test_what_is_asked_is_a_value_never_a_piece_of_the_question(today, sample, site):
    made, now = today
    filled(made, now, sample)
    made.ship()
    day = day_of(now, PARIS)
    other = made.with_site(site.strip())
    assert other.source().traffic(day).devices == ()
    other.ship()  # as another box would, with such a name
    assert other.source().traffic(day) == made.source().traffic(day)
    assert other.source().traffic(day).devices


def test_the_local_store_answers_when_influxdb_does_not_and_says_so(today, sample):
    made, now = today
    filled(made, now, sample)
    made.ship()
    day = day_of(now, PARIS)
    local = LocalSource(made.state, made.policy.practice.timezone)
    gone = replace(made, policy=replace(made.policy, influxdb=replace(made.settings, url="http://127.0.0.1:9")))
    ran = [0.0]
    away = EitherSource(gone.source(), local, clock=lambda: ran[0])
    with pytest.raises(Later):
        gone.source().traffic(day)
    assert away.traffic(day) == replace(local.traffic(day), instead=True)
    assert away.devices(day) == local.devices(day)
    assert away.change() == local.change()
    away._figures = made.source()
    assert away.traffic(day).instead, "it is left alone for a while"
    ran[0] = 31.0
    assert away.traffic(day) == local.traffic(day)
    assert away.alert("n1") == local.alert("n1")
    (made.folder / "read.token").write_text("wrong\n")
    wrong = EitherSource(made.source(), local)
    assert wrong.traffic(day).instead


def test_a_question_that_is_wrong_is_no_answer(today):
    made, _ = today
    with pytest.raises(Refused):
        made.operator().query("from(bucket: nonsense", {})


def test_pseudonyms_are_one_device_whatever_its_addresses(practice, sample, now):
    made = practice(privacy="pseudonym", more="devices:\n  - {name: Accueil, mac: aa:bb:cc:00:00:01}")
    minute = time.time_ns() // MINUTE
    with WatchStore(made.state) as store:
        row = SeriesRow(minute, "192.168.1.9", "aa:bb:cc:00:00:01", "ssl", 10, 20, 1, 1, 1)
        store.add_series(
            [row, replace(row, device_ip="fe80::9"), replace(row, device_ip="192.168.1.7", device_mac=None)]
        )
        store.flush(0, force=True)
    made.ship()
    day = day_of(minute * MINUTE, PARIS)
    found = made.source().devices(day)
    privacy = made.site().leaving.privacy
    assert found == (
        Share(privacy.token("aa:bb:cc:00:00:01"), 20, 40),
        Share(privacy.token("192.168.1.7"), 10, 20),
    )
    assert privacy.name(found[0].name, None, "fr") == "Accueil"
    assert privacy.name(found[1].name, None, "fr") == privacy.name("192.168.1.7", None, "fr")
    assert minutes_of(day, made.policy.practice.timezone)[0] <= minute
