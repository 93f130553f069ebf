"""Cursors move durably; what waits in the outbox is put once and ended once."""

import pytest

from sensor.store import keys
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.upkeep import Terms
from sensor.store.verify import verify

MINUTE = 60_000_000_000
NOW = 1_795_161_600_000_000_000  # 2026-11-20 08:00 UTC


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def store(tmp_path, now):
    with RelayStore(tmp_path, clock=lambda: now[0], terms=Terms(trusted=lambda: True)) as opened:
        yield opened


def test_cursors_move_together_and_outlast_the_process(store, tmp_path):
    assert store.cursor("influx.alerts") is None
    store.move({"influx.alerts": "12", "influx.minutes": "29919360"})
    store.move({"influx.alerts": "13"})
    store.close()
    with RelayStore(tmp_path) as again:
        assert (again.cursor("influx.alerts"), again.cursor("influx.minutes")) == ("13", "29919360")
        assert read(again.path, lambda db: list(entries(db))) == []


def test_the_same_name_is_put_once_even_after_it_was_sent(store):
    assert store.put("mail-1", "mail", b"one")
    assert not store.put("mail-1", "mail", b"two")
    (item,) = store.waiting("mail", NOW)
    assert (item.body, item.tries) == (b"one", 0)
    store.ended(item, "sent", {"to": "@example.fr"})
    assert not store.put("mail-1", "mail", b"three")
    assert store.waiting("mail", NOW) == []


def test_what_failed_waits_in_its_place(store):
    for name in ("m1", "m2", "m3"):
        store.put(name, "mail", name.encode())
    store.put("other", "page", b"")
    first = store.waiting("mail", NOW)[0]
    store.failed(first, "451 later", NOW + MINUTE)
    assert [one.name for one in store.waiting("mail", NOW)] == ["m2", "m3"]
    later = store.waiting("mail", NOW + MINUTE)
    assert [one.name for one in later] == ["m1", "m2", "m3"]
    assert (later[0].tries, later[0].trouble) == (1, "451 later")
    assert [one.name for one in store.waiting("mail", NOW + MINUTE, 1)] == ["m1"]


def test_what_was_sent_is_journaled_and_its_body_let_go(store):
    store.put("m1", "mail", b"a body that must go")
    store.ended(store.waiting("mail", NOW)[0], "aside", {"why": "550"})
    (told,) = read(store.path, lambda db: list(entries(db)))
    assert (told.kind, told.subject, told.body) == ("sending", "m1", '{"outcome":"aside","target":"mail","why":"550"}')
    assert read(store.path, lambda db: db.execute("SELECT body FROM outbox").fetchone()) == (b"",)


def test_what_ended_leaves_with_retention_and_what_waits_stays(store, now):
    store.put("old", "mail", b"")
    store.put("waits", "mail", b"")
    store.ended(store.waiting("mail", NOW)[0], "sent", {"to": "@example.fr"})
    store.move({"influx.alerts": "12"})
    now[0] += 200 * 1440 * MINUTE
    while store.maintain(now[0]):
        pass
    assert read(store.path, lambda db: db.execute("SELECT name FROM outbox").fetchall()) == [("waits",)]
    assert read(store.path, lambda db: [one.body for one in entries(db) if one.kind == "sending"]) == [None]
    assert read(store.path, lambda db: verify(db, keys.load(store.keys))).fault is None
    assert store.cursor("influx.alerts") == "12"
