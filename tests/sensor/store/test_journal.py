import json
import sqlite3

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sensor.store import schema
from sensor.store.entry import Entry
from sensor.store.journal import Journal, Kind, canonical, entries, signed_text

KEYS = {"k1": b"1" * 32, "k2": b"2" * 32}


@pytest.fixture
def db(tmp_path):
    opened = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    schema.migrate(opened, tmp_path / "x.db", schema.WATCH)
    yield opened
    opened.close()


@given(st.builds(Entry, st.integers(1, 2**40), *[st.text(st.characters(codec="utf-8"))] * 2, st.integers(0, 2**63), st.text(st.characters(codec="utf-8")), st.integers(0, 2**63), st.just("k1"), st.binary(), st.binary(), st.none()), st.binary())  # fmt: skip
def test_the_signed_text_is_rfc_8785(entry, prev):
    plain = {
        "seq": entry.seq,
        "kind": entry.kind,
        "subject": entry.subject,
        "written": str(entry.written),
        "boot": entry.boot,
        "monotonic": str(entry.monotonic),
        "key": entry.key,
        "digest": entry.digest.hex(),
        "prev": prev.hex(),
    }
    assert signed_text(entry, prev) == rfc8785.dumps(plain)


def test_entries_are_numbered_and_carry_both_clocks(db):
    journal = Journal(db, KEYS, "k1")
    first, second = (journal.append(Kind.OPENING, "a1", {"n": n}, 1_000 + n) for n in range(2))
    assert [first.seq, second.seq] == [1, 2]
    assert list(entries(db)) == [first, second]
    assert first.written == 1_000
    assert first.monotonic <= second.monotonic
    assert len(first.boot) == 36
    assert len(first.mac) == len(first.digest) == 32
    assert Journal(db, KEYS, "k2").append(Kind.GROWTH, "a1", {}, 0).key == "k1"  # whoever signed goes on signing


def test_what_a_double_cannot_say_is_a_string():
    assert canonical({"a": 2**53, "b": 2**53 - 1, "c": True, "d": (0.5, None), "e": "\ud800"}) == {
        "a": str(2**53),
        "b": 2**53 - 1,
        "c": True,
        "d": [0.5, None],
        "e": "?",
    }


def test_a_rotation_is_signed_by_the_old_key_and_then_the_new_one_signs(db):
    journal = Journal(db, {"k1": KEYS["k1"]}, "k1")
    journal.append(Kind.OPENING, "a1", {}, 0)
    journal.rotate("k2", KEYS["k2"], 0)
    journal.append(Kind.GROWTH, "a1", {}, 0)
    assert [(one.kind, one.key) for one in entries(db)] == [("opening", "k1"), ("rotation", "k1"), ("growth", "k2")]
    assert Journal(db, KEYS, "k1").key == "k2"


def test_an_erasure_takes_bodies_and_tells_which(db):
    journal = Journal(db, KEYS, "k1")
    for n in range(3):
        journal.append(Kind.OPENING, f"a{n}", {"n": n}, 0)
    journal.erase([2, 1], 0)
    kept = list(entries(db))
    assert [one.body is None for one in kept] == [True, True, False, False]
    assert json.loads(kept[3].body) == {"entries": [1, 2]}


def test_the_entries_of_one_thing(db):
    journal = Journal(db, KEYS, "k1")
    for subject in ("a", "b", "a"):
        journal.append(Kind.OPENING, subject, {}, 0)
    assert [one.seq for one in journal.of("a")] == [1, 3]
    assert journal.last_of("b")._replace(mac=b"").seq == 2
    assert journal.last_of("c") is None
