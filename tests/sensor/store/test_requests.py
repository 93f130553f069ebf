"""What `serve` asks of `watch`: told once, by whoever looks, and not after ten minutes."""

from sensor.store import WatchStore
from sensor.store.journal import Kind, about
from sensor.store.reader import read
from sensor.store.requests import HOLDS, MAIL_TEST, Requests, ask_test
from sensor.store.serve import ServeStore

NOW = 1_795_161_600_000_000_000
SECOND = 1_000_000_000


def test_a_request_is_journalled_and_found_once(tmp_path):
    looking = Requests(tmp_path)
    assert looking.new(NOW) == []
    with ServeStore(tmp_path, clock=lambda: NOW) as store:
        asked = ask_test(store, NOW)
        (alert,) = looking.new(NOW + SECOND)
        assert (alert.id, alert.rule, alert.first_seen) == (asked, MAIL_TEST, NOW + SECOND)
        assert looking.new(NOW + 2 * SECOND) == []
        again = ask_test(store, NOW + 3 * SECOND)
        assert [one.id for one in looking.new(NOW + 4 * SECOND)] == [again]
        assert len(read(store.path, lambda db: list(about(db, MAIL_TEST, Kind.REQUEST)))) == 2


def test_a_watch_that_starts_again_raises_the_same_alert_and_no_old_one(tmp_path):
    with ServeStore(tmp_path, clock=lambda: NOW) as store:
        asked = ask_test(store, NOW)
    (alert,) = Requests(tmp_path).new(NOW + SECOND)
    assert alert.id == asked
    with WatchStore(tmp_path, clock=lambda: NOW) as store:
        store.upsert([alert])
    assert Requests(tmp_path).new(NOW + HOLDS) == []
    assert Requests(tmp_path).new(NOW - SECOND) == []
