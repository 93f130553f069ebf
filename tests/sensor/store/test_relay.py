"""Cursors move durably; what waits in the outbox is put once and ended once."""

import sqlite3

import pytest

from sensor.store import keys, schema
from sensor.store.journal import entries
from sensor.store.mailing import NewMail, Told, listed
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


def mail(name="m1", kind="alert"):
    return NewMail(name, b"Subject: x", kind, "a1", "k1", "dpo.example", "<m1@x>")


def test_what_one_look_leads_to_is_one_commit(store):
    def killed():
        with store.mailing() as mailing:
            mailing.put(mail())
            mailing.move("mail watch", "7 a1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        killed()
    assert store.cursor("mail watch") is None
    assert store.waiting("mail", NOW) == []
    with store.mailing() as mailing:
        assert mailing.put(mail())
        assert not mailing.put(mail())
        mailing.tell("a1", "k1", "cause", Told(3, ended=False, message="<m1@x>", moment=NOW))
        mailing.pend("a2", "k1", "digest", NOW + MINUTE)
        mailing.move("mail watch", "7 a1")
    with store.mailing() as mailing:
        assert mailing.told("a1", "k1") == mailing.last_of("k1", "cause")
        mailing.tell("a1", "k1", "cause", Told(4, ended=True, message="", moment=NOW))
        assert mailing.told("a1", "k1") == Told(4, ended=True, message="<m1@x>", moment=NOW)
        assert mailing.told("a1", "k2") is None
        assert mailing.pending("k1") == []
        assert mailing.count("k1", NOW, ("alert",)) == 1
        assert mailing.count("k1", NOW + 1, ("alert",)) == 0


def test_a_sent_mail_is_listed_with_its_answer_and_without_its_text(store):
    with store.mailing() as mailing:
        mailing.put(mail())
    store.failed(store.waiting("mail", NOW)[0], "451 later", NOW)
    store.ended(store.waiting("mail", NOW)[0], "sent", {}, "250 2.0.0 Ok")
    (one,) = read(store.path, listed)
    assert (one.tries, one.answer, one.outcome, one.size) == (2, "250 2.0.0 Ok", "sent", 10)
    assert store._db.execute("SELECT body FROM outbox").fetchone() == (b"",)


def test_an_outbox_of_the_second_schema_is_brought_over(tmp_path):
    path = schema.RELAY.path(tmp_path)
    path.parent.mkdir()
    old = sqlite3.connect(path, isolation_level=None)
    schema.migrate(old, path, schema.RELAY, upto=2)
    old.execute("INSERT INTO outbox (name, target, body, made, due) VALUES ('m1', 'mail', x'41', 5, 6)")
    old.execute("INSERT INTO cursors (name, position, moved) VALUES ('influx alert', '12', 3)")
    old.close()
    assert read(path, listed) == []
    with RelayStore(tmp_path) as store:
        (item,) = store.waiting("mail", NOW)
        assert (item.name, item.body, item.made) == ("m1", b"A", 5)
        assert store.cursor("influx alert") == "12"
