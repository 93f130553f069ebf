"""What people do is journaled first; the last word on each thing can be made again from the journal."""

import pytest

from sensor.store import keys
from sensor.store.journal import Kind, entries
from sensor.store.reader import read
from sensor.store.serve import ServeStore, SignIn, current, rebuilt, sign_ins
from sensor.store.upkeep import Terms
from sensor.store.verify import verify

MINUTE = 60_000_000_000
NOW = 1_795_161_600_000_000_000  # 2026-11-20 08:00 UTC


@pytest.fixture
def store(tmp_path):
    with ServeStore(tmp_path, clock=lambda: NOW, terms=Terms(trusted=lambda: True)) as opened:
        yield opened


def asked(store, ask):
    return read(store.path, ask)


def test_the_last_word_counts_and_the_journal_has_them_all(store):
    store.record(Kind.DECISION, "a1", {"verdict": "known", "by": "dpo"})
    store.record(Kind.DECISION, "a2", {"verdict": "offence", "by": "dpo"})
    store.record(Kind.DECISION, "a1", {"verdict": "offence", "by": "responsable"})
    store.record(Kind.EXCEPTION, "a1", {"until": 3})
    assert asked(store, lambda db: current(db, Kind.DECISION)) == {
        "a1": {"by": "responsable", "verdict": "offence"},
        "a2": {"by": "dpo", "verdict": "offence"},
    }
    assert asked(store, lambda db: current(db, Kind.EXCEPTION)) == {"a1": {"until": 3}}
    kept = asked(store, lambda db: {(k, s): b for k, s, b in db.execute("SELECT kind, subject, body FROM current")})
    assert asked(store, lambda db: rebuilt(entries(db))) == kept
    assert asked(store, lambda db: verify(db, keys.load(store.keys))).entries == 4


def test_only_what_people_say_is_recorded(store):
    with pytest.raises(ValueError, match="last word"):
        store.record(Kind.OPENING, "a1", {})


def test_sign_ins_are_rows_and_entries(store):
    first = store.sign_in("", "link", "192.168.1.5", "opened")
    store.sign_in("dpo\ud800", "password", "192.168.1.6", "refused")
    assert asked(store, sign_ins) == [SignIn(NOW, "dpo?", "password", "192.168.1.6", "refused"), first]
    told = asked(store, lambda db: [(one.kind, one.subject, one.body) for one in entries(db)])
    assert told[0] == ("sign-in", "", '{"account":"","outcome":"opened","peer":"192.168.1.5","way":"link"}')
    assert told[1][1] == "dpo?"


def test_sign_ins_leave_with_their_content_and_decisions_stay(tmp_path):
    now = [NOW]
    terms = Terms(trusted=lambda: True)
    with ServeStore(tmp_path, clock=lambda: now[0], terms=terms) as store:
        for _ in range(60):
            store.sign_in("", "link", "192.168.1.5", "opened")
        store.record(Kind.DECISION, "a1", {"verdict": "known"})
        now[0] += 200 * 1440 * MINUTE
        store.sign_in("", "link", "192.168.1.6", "opened")
        while store.maintain(now[0]):
            pass
        assert [one.peer for one in asked(store, sign_ins)] == ["192.168.1.6"]
        left = asked(store, lambda db: [one.kind for one in entries(db) if one.body is not None])
        assert left.count("sign-in") == 1
        assert left.count("decision") == 1
        assert asked(store, lambda db: verify(db, keys.load(store.keys))).fault is None
        assert b"192.168.1.5" not in store.path.read_bytes()
