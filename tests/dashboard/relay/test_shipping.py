"""The relay against the real server: what is shipped, when again, and what is told when it cannot be."""

import json
import logging
import sqlite3
import time
from dataclasses import replace

import pytest
from influxdb_client.rest import ApiException

from dashboard.influx.client import Human, Influx, Later, Need, Refused, TooLarge, Where, _outcome
from dashboard.influx.tokens import read as token_of
from dashboard.relay import points
from dashboard.relay.loop import Relay, backoff
from dashboard.relay.shipping import Shipping
from dashboard.relay.streams import Parcel, packed
from sensor.detect.alert import Category
from sensor.store import SeriesRow, WatchStore, schema
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.schema import RELAY, WATCH
from sensor.store.upkeep import Terms
from tests.influxd.equal import compared, rows

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
TERMS = Terms(trusted=lambda: True)


@pytest.fixture
def now():
    return time.time_ns() // MINUTE * MINUTE


def traffic(made, now, minutes, *, devices=4, first=0):
    """`minutes` of traffic that end at `now`, summed as far as they are over."""
    with WatchStore(made.state, clock=lambda: now, terms=TERMS) as store:
        for ago in range(minutes):
            store.add_series(
                SeriesRow(
                    now // MINUTE - ago, f"10.0.0.{first + n}", f"aa:bb:cc:dd:ee:{n:02x}", "ssl", 10 + n, 20, 1, 2, 1
                )
                for n in range(devices)
            )
        store.flush(now, force=True)
        while store.maintain(now):
            pass


def alerts(made, *found):
    with WatchStore(made.state, terms=TERMS) as store:
        store.upsert(found)


def health(made):
    return read(RELAY.path(made.state), lambda db: [rule for (rule,) in db.execute("SELECT rule FROM alert")])


def aside(made):
    return read(RELAY.path(made.state), lambda db: db.execute("SELECT point, reason FROM aside").fetchall())


def test_all_is_shipped_once_and_only_what_changed_again(practice, now, sample):
    made = practice()
    traffic(made, now, 90)
    alerts(made, *(replace(sample, id=f"n{n}", first_seen=now - 7 - n // 2, last_seen=now) for n in range(50)))
    sent = made.ship()
    difference = compared(made)
    assert (difference.lost, difference.duplicated) == (0, 0), difference.sample
    assert difference.points == sent > 400
    assert made.ship() == 0
    alerts(made, replace(sample, id="n3", first_seen=now - 100 * SECOND, last_seen=now + 1, count=9))
    traffic(made, now, 1)
    assert made.ship() == 1 + 4
    difference = compared(made)
    assert (difference.lost, difference.duplicated) == (0, 0), difference.sample


def test_a_clock_that_was_set_back_a_day(practice, now):
    made = practice()
    traffic(made, now, 60)
    made.ship()
    traffic(made, now - 1440 * MINUTE, 60)  # behind what is summed already
    traffic(made, now, 2)
    made.ship()
    difference = compared(made)
    assert (difference.lost, difference.duplicated) == (0, 0), difference.sample


def test_another_store_is_shipped_from_its_beginning(practice, now):
    made = practice()
    for _ in range(3):
        traffic(made, now, 3)
    made.ship()
    for path in (made.state / "watch").glob("vigie.db*"):
        path.unlink()
    traffic(made, now, 3, first=40)
    assert made.ship() == 12


def test_what_influxdb_will_not_have_is_set_aside_with_its_reason(practice, now):
    made = practice()
    traffic(made, now, 30)
    wrong = f'minute,device=10.0.0.2,mac=aa:bb:cc:dd:ee:02,service=ssl,site=tilleuls bytes_out="a" {now}'
    made.operator().write(made.settings.buckets.detail, (wrong,))  # makes that field a text, in this shard
    made.ship()
    found = aside(made)
    assert found
    assert all("field type conflict" in reason for _, reason in found)
    assert all(point.startswith("minute,device=") for point, _ in found)
    assert made.ship() == 0
    assert len(rows(made, made.settings.buckets.figures, "hour")) >= 4  # the rest was not held up


def test_only_the_wrong_point_of_many_is_set_aside(practice, now):
    made = practice()
    with RelayStore(made.state) as store:
        shipping = Shipping(made.site(), store)
        influx = Influx(Where(made.server.url, made.settings.org), token_of(made.files.write))
        bucket = made.settings.buckets.detail
        shipping._write(influx, bucket, (f"m,n=0 a=1i {now}",))
        good = [f"m,n={n} a={n}i {now}" for n in range(1, 60)]
        shipping._write(influx, bucket, (*good[:20], f'm,n=99 a="text" {now}', *good[20:]))
        shipping._write(influx, bucket, (f"m,n=70 a=1i {now}", "no line protocol", f"m,n=71 a=1i {now}"))
        shipping._write(influx, bucket, (f"m,n=72 a=1i {now}", "m,n=73 a=1i 1000", f"m,n=74 a=1i {now}"))
        influx.close()
    assert len(rows(made, bucket, "m")) == 60 + 4
    assert [point.split(" ")[0] for point, _ in aside(made)] == ["m,n=99", "no", "3"]


def test_less_is_sent_at_once_when_it_is_too_much(practice, now, monkeypatch):
    made = practice()
    traffic(made, now, 30)
    sizes = []
    really = Influx.write

    def narrow(self, bucket, lines):
        sizes.append(len(lines))
        if len(lines) > 7:
            raise TooLarge("413")
        really(self, bucket, lines)

    monkeypatch.setattr(Influx, "write", narrow)
    made.ship()
    assert max(sizes) > 7
    difference = compared(made)
    assert (difference.lost, difference.duplicated) == (0, 0)


def test_a_wrong_token_is_told_once_and_a_right_one_ships_all(practice, now, caplog):
    made = practice()
    traffic(made, now, 5)
    right = made.files.write.read_text()
    secret = "a-token-that-is-wrong-and-secret"
    made.files.write.write_text(secret)
    for _ in range(4):
        with pytest.raises(Human) as told:
            made.ship()
        assert told.value.need is Need.TOKEN
        assert secret not in str(told.value) + repr(told.value)
    assert health(made) == ["influx-token"]
    made.files.write.write_text(right)
    assert made.ship() > 0
    assert compared(made).lost == 0
    made.files.write.write_text(secret)
    with pytest.raises(Human):
        made.ship()
    assert health(made) == ["influx-token"] * 2, "another episode is told again"
    assert secret not in caplog.text


def test_a_bucket_deleted_and_made_again_holds_all_again(practice, now, sample):
    made = practice()
    traffic(made, now, 40)
    alerts(made, sample)
    made.ship()
    for name in (made.settings.buckets.detail, made.settings.buckets.figures):
        found = made.server.get(f"/api/v2/buckets?name={name}")["buckets"][0]
        made.server.delete(f"/api/v2/buckets/{found['id']}")
    traffic(made, now, 1)
    with pytest.raises(Human) as told:
        made.ship()
    assert told.value.need is Need.BUCKET
    assert health(made) == ["influx-bucket"]
    made.set_up()
    made.ship()
    difference = compared(made)
    assert (difference.lost, difference.duplicated) == (0, 0), difference.sample


def test_a_server_that_is_away_is_waited_for(practice, now):
    made = practice()
    traffic(made, now, 2)
    away = replace(made, policy=replace(made.policy, influxdb=replace(made.settings, url="http://127.0.0.1:9")))
    with pytest.raises(Later):
        away.ship()
    assert health(made) == []
    made.ship()
    assert compared(made).lost == 0


def test_nothing_to_ship_yet(practice):
    made = practice()
    assert made.ship() == 0
    assert rows(made, made.settings.buckets.detail, "box")


def test_waits_grow_and_are_never_in_step():
    waits = [backoff(n) for n in range(40)]
    assert 0.5 <= waits[0] <= 1
    assert 150 <= waits[-1] <= 300
    assert len(set(waits)) == 40


class Enough:
    """Stops the loop after some waits, which do not wait."""

    def __init__(self, times):
        self.left, self.waited = times, []

    def wait(self, timeout):
        self.waited.append(timeout)
        if timeout:
            time.sleep(min(timeout, 0.02))
        self.left -= bool(timeout)
        return self.left < 0


def test_the_loop_goes_on_after_trouble_and_says_it_once(practice, now, caplog):
    made = practice()
    traffic(made, now, 2)
    with RelayStore(made.state) as store:
        relay = Relay(made.site(), store, made.config)
        right = made.files.write.read_text()
        made.files.write.write_text("wrong")
        with caplog.at_level(logging.WARNING):
            failures = 0
            for _ in range(3):
                wait, failures = relay._turn(failures)
        assert wait == 60
        assert failures == 3
        assert [one.message.split(":")[0] for one in caplog.records] == ["InfluxDB needs a person"]
        made.files.write.write_text(right)
        assert relay._turn(failures) == (5.0, 0)
        relay.run(Enough(0))
        relay.close()
    assert compared(made).lost == 0


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind"),
    [
        (503, "", {"Retry-After": "7"}, Later),
        (500, '{"message": "no space left on device"}', {}, Later),
        (429, "", {"Retry-After": "99999999"}, Later),
        (401, "", {}, Human),
        (404, '{"message": "bucket \\"x\\" not found"}', {}, Human),
        (302, "", {}, Human),
        (413, "", {}, TooLarge),
        (422, '{"message": "partial write: x \\"secret\\" dropped=1"}', {}, Refused),
    ],
)
def test_answers_are_told_apart(status, body, headers, kind):
    error = ApiException(status=status, reason="reason")
    error.body, error.headers = body, headers
    found = _outcome(error)
    assert type(found) is kind
    assert "secret" not in str(found)
    if headers:
        assert found.wait == min(float(headers["Retry-After"]), 900)


def test_lines_are_packed_by_size_and_cursors_wait_for_their_lines():
    parcels = [Parcel(("a" * 40,) * 3, "1 1"), Parcel((), "1 2"), Parcel(("b" * 40,), "2 1")]
    found = list(packed(parcels, 100))
    assert [(len(one.lines), one.cursor) for one in found] == [(3, None), (1, "2 1")]
    assert list(packed([], 100)) == []


@pytest.mark.parametrize("word", ["a b", "a,b=c", "é", "x\ny", "\\", "a" * 300, '"'])
def test_any_word_of_the_network_is_one_tag(practice, now, word):
    made = practice()
    line = points.line("odd", {"site": "s", "word": word}, {"a": "1i", "t": points.text(word)}, now)
    made.operator().write(made.settings.buckets.detail, (line,))
    (found,) = rows(made, made.settings.buckets.detail, "odd")
    assert found["word"] == word[:256].replace("\n", "\ufffd").replace("\\", "\ufffd")
    assert found["t"] == word.replace("\n", " ")


def test_an_alert_is_one_point_that_stays_where_it_is(practice, now, sample):
    made = practice()
    alerts(made, replace(sample, first_seen=now, last_seen=now))
    made.ship()
    alerts(made, replace(sample, first_seen=now - 90 * SECOND, last_seen=now + 5, count=7, category=Category.MAIL))
    made.ship()
    (found,) = rows(made, made.settings.buckets.figures, "alert")
    assert (found["id"], found["count"]) == (sample.id, "7")
    assert json.loads(found["body"])["first_seen"] == now - 90 * SECOND


def test_a_store_that_watch_is_about_to_bring_over_waits(practice, now):
    made = practice()
    path = WATCH.path(made.state)
    path.parent.mkdir(parents=True)
    db = sqlite3.connect(path, isolation_level=None)
    schema.migrate(db, path, WATCH, upto=5)
    db.close()
    assert made.ship() == 0
    traffic(made, now, 2)
    assert made.ship() == 8
