"""Whatever is done to a journal without its key is found, and the first bad entry named."""

import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.store import schema
from sensor.store.entry import stored
from sensor.store.journal import Journal, Kind, entries
from sensor.store.verify import Fault, Root, head_of, verify
from tests.databases import Database

KEYS = {"k1": b"1" * 32, "k2": b"2" * 32, "k3": b"3" * 32}
COLUMNS = ("kind", "subject", "written", "boot", "monotonic", "key", "digest", "mac", "body")
MANY = 100_000


def made(count=12):
    """A journal in memory: alerts, a rotation in the middle, an erasure towards the end."""
    db = sqlite3.connect(":memory:", isolation_level=None, factory=Database)
    schema.migrate(db, None, schema.WATCH)
    journal = Journal(db, KEYS, "k1")
    for n in range(1, count + 1):
        if n == count // 2:
            journal.rotate("k2", KEYS["k2"], n)
        elif n == count - 2:
            journal.erase([2, 4], n)
        else:
            journal.append(Kind.OPENING, f"a{n}", {"n": n, "title": "é"}, n)
    return db


@pytest.fixture
def db():
    opened = made()
    yield opened
    opened.close()


def test_a_journal_as_it_was_written(db):
    verdict = verify(db, KEYS)
    assert (verdict.entries, verdict.seq, verdict.fault) == (12, 12, None)
    assert len(verdict.head) == 32


def test_an_empty_journal_is_well():
    db = made(0)
    assert verify(db, {}).fault is None
    db.close()


@settings(deadline=None, max_examples=150)
@given(
    seq=st.integers(1, 12), column=st.sampled_from(COLUMNS), value=st.none() | st.integers() | st.text() | st.binary()
)
def test_any_single_change_is_found_where_it_was_made(seq, column, value):
    db = made()
    before = db.execute(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    try:
        db.execute(f"UPDATE OR FAIL journal SET {column} = ? WHERE seq = ?", (value, seq))
    except (sqlite3.IntegrityError, OverflowError, UnicodeEncodeError):
        db.close()
        return  # SQLite itself would not have it
    after = db.execute(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    verdict = verify(db, KEYS)
    db.close()
    if after == before and type(after) is type(before):
        assert verdict.fault is None
    else:
        assert (verdict.seq, verdict.fault is not None) == (seq, True)


@pytest.mark.parametrize("seq", range(1, 13))
def test_every_flipped_bit_of_a_body_a_digest_or_a_mac(db, seq):
    """Also of what a packed body leaves unused."""
    for column in ("body", "digest", "mac"):
        (value,) = db.execute(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).fetchone()
        for bit in range(8 * len(value or b"")):
            flipped = bytearray(value)
            flipped[bit // 8] ^= 1 << bit % 8
            db.execute(f"UPDATE journal SET {column} = ? WHERE seq = ?", (bytes(flipped), seq))
            assert verify(db, KEYS).seq == seq, (column, bit)
        db.execute(f"UPDATE journal SET {column} = ? WHERE seq = ?", (value, seq))
    assert verify(db, KEYS).fault is None


def test_a_body_that_says_something_else_is_found(db):
    (third,) = (one for one in entries(db) if one.seq == 3)
    db.execute("UPDATE journal SET body = ? WHERE seq = 3", (stored(third._replace(plain=b'{"n":4}'))[-1],))
    assert (verify(db, KEYS).seq, verify(db, KEYS).fault) == (3, Fault.ALTERED)


@pytest.mark.parametrize("column", ["kind", "subject", "boot", "key", "body"])
def test_a_text_that_is_no_utf_8_is_a_fault_of_its_entry(db, column):
    db.execute(f"UPDATE journal SET {column} = CAST(x'ff41' AS TEXT) WHERE seq = 5")
    assert verify(db, KEYS).seq == 5


@pytest.mark.parametrize("seq", range(1, 12))
def test_a_removed_entry_is_found(db, seq):
    db.execute("DELETE FROM journal WHERE seq = ?", (seq,))
    verdict = verify(db, KEYS)
    assert (verdict.seq, verdict.fault) == (seq, Fault.MISSING)


@pytest.mark.parametrize("seq", range(1, 12))
def test_a_removed_entry_whose_place_was_closed_is_found(db, seq):
    db.execute("DELETE FROM journal WHERE seq = ?", (seq,))
    for later in range(seq + 1, 13):
        db.execute("UPDATE journal SET seq = seq - 1 WHERE seq = ?", (later,))
    verdict = verify(db, KEYS)
    assert verdict.seq == seq
    assert verdict.fault in (Fault.ALTERED, Fault.KEY)


@pytest.mark.parametrize("seq", range(1, 12))
def test_two_swapped_entries_are_found(db, seq):
    db.execute("UPDATE journal SET seq = 99 WHERE seq = ?", (seq,))
    db.execute("UPDATE journal SET seq = ? WHERE seq = ?", (seq, seq + 1))
    db.execute("UPDATE journal SET seq = ? WHERE seq = 99", (seq + 1,))
    assert verify(db, KEYS).seq == seq


@pytest.mark.parametrize("seq", range(1, 12))
def test_an_inserted_copy_is_found(db, seq):
    for later in range(12, seq, -1):
        db.execute("UPDATE journal SET seq = seq + 1 WHERE seq = ?", (later,))
    columns = ", ".join(COLUMNS)
    db.execute(f"INSERT INTO journal (seq, {columns}) SELECT ?, {columns} FROM journal WHERE seq = ?", (seq + 1, seq))
    assert verify(db, KEYS).seq == seq + 1


def test_an_entry_signed_with_a_key_that_no_rotation_named_is_found(db):
    """Whoever puts a key of his own into the folder still cannot sign with it."""
    journal = Journal(db, KEYS, "k1")
    journal._key = "k3"
    journal.append(Kind.OPENING, "forged", {}, 0)
    assert (verify(db, KEYS).seq, verify(db, KEYS).fault) == (13, Fault.KEY)


def test_a_key_that_is_gone_is_said(db):
    assert (verify(db, {"k1": KEYS["k1"]}).seq, verify(db, {"k1": KEYS["k1"]}).fault) == (7, Fault.KEY)


@pytest.mark.parametrize("seq", [1, 3, 12])
def test_a_tombstone_without_its_erasure_is_a_deletion(db, seq):
    digest = next(one.digest for one in entries(db) if one.seq == seq)
    for kept in (None, digest):  # whoever is careful leaves the digest
        db.execute("UPDATE journal SET body = NULL, digest = ? WHERE seq = ?", (kept, seq))
        assert (verify(db, KEYS).seq, verify(db, KEYS).fault) == (seq, Fault.ERASED)


@pytest.mark.parametrize("cut", range(1, 13))
def test_a_cut_tail_is_found_with_a_root_given_earlier(db, cut):
    head = verify(db, KEYS)
    root = Root.over([head_of("watch", head.seq, head.head)])
    assert verify(db, KEYS, root.heads).fault is None
    db.execute("DELETE FROM journal WHERE seq > ?", (12 - cut,))
    # erased entries whose erasure was cut off are seen even without the root
    assert verify(db, KEYS, root.heads).fault is not None
    Journal(db, KEYS, "k1").append(Kind.OPENING, "grown again", {}, 0)
    assert verify(db, KEYS, root.heads).fault is not None


def test_a_root_of_earlier_still_holds_when_the_journal_has_grown(db):
    head = verify(db, KEYS)
    root = Root.over([head_of("watch", head.seq, head.head)])
    Journal(db, KEYS, "k1").append(Kind.OPENING, "later", {}, 0)
    assert verify(db, KEYS, Root.parse(str(root)).heads).fault is None


@pytest.mark.parametrize("text", ["", "v1", "v2.watch=1." + "0" * 64, "v1.watch=x." + "0" * 64, "v1.watch=1.00"])
def test_what_is_not_a_root_is_said(text):
    with pytest.raises(ValueError, match="not a root"):
        Root.parse(text)


def test_a_hundred_thousand_entries_in_two_seconds(tmp_path):
    db = sqlite3.connect(tmp_path / "many.db", isolation_level=None, factory=Database)
    schema.migrate(db, tmp_path / "many.db", schema.WATCH)
    journal = Journal(db, KEYS, "k1")
    body = {"title": "Un courrier avec pièce jointe est parti sans chiffrement", "count": 3, "bytes_out": 904_233}
    db.execute("BEGIN")
    for n in range(MANY):
        journal.append(Kind.OPENING, f"a{n}", body, n)
    db.execute("COMMIT")
    started = time.process_time()
    verdict = verify(db, KEYS)
    spent = time.process_time() - started
    db.close()
    assert (verdict.entries, verdict.fault) == (MANY, None)
    assert spent <= 2
