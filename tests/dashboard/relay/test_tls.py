"""An InfluxDB behind TLS: the relay and the pages speak with the one that its authority vouches for, and with no other."""

import time
from dataclasses import replace

import pytest

from dashboard.influx.client import Human, Need
from dashboard.sources.either import EitherSource
from dashboard.sources.local import LocalSource
from sensor.store import SeriesRow, WatchStore
from sensor.store.days import day_of
from sensor.store.reader import read
from sensor.store.schema import RELAY
from sensor.store.upkeep import Terms
from tests.influxd.equal import compared
from tests.influxd.fixtures import practice_of
from tests.influxd.server import Influxd
from tests.lab.authority import Authority

SECOND = 1_000_000_000
MINUTE = 60 * SECOND


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


@pytest.fixture
def server(influxd, authority, tmp_path):
    """`influxd` only says that one can be run here."""
    made = Influxd(tmp_path / "influxd", tls=(authority.pair("localhost"), authority.file))
    try:
        yield made.start().set_up()
    finally:
        made.stop()


def filled(made):
    now = time.time_ns()
    with WatchStore(made.state, terms=Terms(trusted=lambda: True)) as store:
        store.add_series(
            SeriesRow(now // MINUTE - ago, "192.168.1.20", None, "ssl", 10, 20, 1, 2, 1) for ago in range(30)
        )
        store.flush(now, force=True)
        while store.maintain(now):
            pass
    return now


def told(made):
    return read(RELAY.path(made.state), lambda db: [rule for (rule,) in db.execute("SELECT rule FROM alert")])


def refused(made):
    with pytest.raises(Human) as caught:
        made.ship()
    assert caught.value.need is Need.TLS
    return str(caught.value)


def test_a_verified_server_is_set_up_shipped_to_and_read(server, authority, tmp_path):
    made = practice_of(server, tmp_path / "practice")
    assert made.settings.ca_file == str(authority.file)
    now = filled(made)
    assert made.ship() > 0
    difference = compared(made)
    assert (difference.lost, difference.duplicated) == (0, 0), difference.sample
    assert told(made) == []
    zone = made.policy.practice.timezone
    day = day_of(now, zone)
    assert made.source().traffic(day) == LocalSource(made.state, zone).traffic(day)


def test_a_certificate_that_is_not_its_own_needs_a_human_once_and_loses_nothing(server, authority, tmp_path):
    made = practice_of(server, tmp_path / "practice")
    now = filled(made)
    zone = made.policy.practice.timezone
    day = day_of(now, zone)
    strangers = Authority(tmp_path / "strangers").pair("localhost")
    for pair, why in ((authority.pair("other.example"), "mismatch"), (strangers, "cannot be verified|self-signed")):
        server.stop()
        server.shows(pair, authority.file if pair is not strangers else tmp_path / "strangers" / "ca.pem")
        server.start()
        for _ in range(3):
            text = refused(made)
            assert any(word in text for word in why.split("|")), text
        either = EitherSource(made.source(), LocalSource(made.state, zone))
        assert either.traffic(day).instead
    assert told(made) == ["influx-tls"], "one alert an episode"
    server.stop()
    server.shows(authority.pair("localhost"), authority.file)
    server.start()
    made.ship()
    difference = compared(made)
    assert (difference.lost, difference.duplicated) == (0, 0), difference.sample


def test_an_authority_that_is_not_there_is_told_like_a_wrong_one(server, tmp_path):
    made = practice_of(server, tmp_path / "practice")
    filled(made)
    settings = replace(made.settings, ca_file=str(tmp_path / "nowhere.pem"))
    gone = replace(made, policy=replace(made.policy, influxdb=settings))
    assert "nowhere.pem" in refused(gone)
    (tmp_path / "nowhere.pem").write_text("no certificate")
    refused(gone)
    assert told(made) == ["influx-tls"]
