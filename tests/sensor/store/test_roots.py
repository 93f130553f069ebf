"""No journal of the box can be cut, made again or taken away unseen: the others have told how far it had come."""

import shutil
from dataclasses import replace

import pytest

from sensor.store import WatchStore, keys, roots
from sensor.store.journal import Kind
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.serve import ServeStore
from sensor.store.upkeep import Terms
from sensor.store.verify import Fault, Root, head_of

NOW = 1_795_161_600_000_000_000  # 2026-11-20 08:00 UTC
DAY = 86_400_000_000_000


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def box(tmp_path, now, sample):
    """All three, each with entries."""
    terms = Terms(trusted=lambda: True, monotonic=lambda: now[0] / 1e9)
    stores = [kind(tmp_path, clock=lambda: now[0], terms=terms) for kind in (WatchStore, ServeStore, RelayStore)]
    watch, serve, relay = stores
    for n in range(3):
        watch.upsert([replace(sample, id=f"a{n}")])
        serve.sign_in("", "link", f"192.168.1.{n}", "opened")
        relay.put(f"m{n}", "mail", b"")
        relay.ended(relay.waiting("mail", NOW)[0], "sent", {})
    yield stores
    for store in stores:
        store.close()


def work(stores, now):
    for store in stores:
        while store.maintain(now[0]):
            pass


def faults(state, given=None):
    found = roots.check(state, given).verdicts
    return {name: verdict.fault for name, verdict in found.items() if verdict.fault is not None}


def cut(store, last):
    store._db.execute("DELETE FROM journal WHERE seq > ?", (last,))


def test_the_root_is_over_all_heads_and_comes_back_from_its_text(box, tmp_path):
    root = roots.check(tmp_path).root
    assert [(head.name, head.seq) for head in root.heads] == [("relay", 3), ("serve", 3), ("watch", 3)]
    assert str(root).startswith("v1.relay=3:")
    assert str(Root.parse(str(root))) == str(root)
    assert faults(tmp_path, Root.parse(str(root))) == {}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_tail_that_is_cut_in_any_is_found_with_a_root_given_earlier(box, tmp_path, place):
    given = Root.parse(str(roots.check(tmp_path).root))
    cut(box[place], 2)
    assert faults(tmp_path) == {}  # nothing tells without it
    assert faults(tmp_path, given) == {box[place].LAYOUT.name: Fault.CUT}
    with box[place]._commit():
        box[place]._journal.append(Kind.SETTING, "in its place", {}, NOW)
    assert faults(tmp_path, given) == {box[place].LAYOUT.name: Fault.CUT}


def test_each_tells_the_heads_of_all_once_a_day_of_the_practice(box, now):
    work(box, now)
    work(box, now)
    now[0] += DAY
    work(box, now)
    for store in box:
        told = read(store.path, lambda db: list(roots.told(db)))
        assert len(told) == 6
        assert {head.name for head in told} == {"watch", "serve", "relay"}
        moment, text = read(store.path, roots.last_told)
        assert moment == now[0]
        assert Root.parse(text).heads


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_the_others_told_is_enough_to_find_a_cut_tail(box, tmp_path, now, place):
    """Whoever holds the key of one process and signs its journal anew is found by the others'."""
    work(box, now)
    assert faults(tmp_path) == {}
    store = box[place]
    cut(store, 1)
    for n in range(5):
        with store._commit():
            store._journal.append(Kind.SETTING, f"made again {n}", {}, NOW)
    assert faults(tmp_path) == {store.LAYOUT.name: Fault.CUT}


def test_a_journal_that_is_taken_away_is_missed(box, tmp_path, now):
    work(box, now)
    box[1].close()
    shutil.rmtree(tmp_path / "serve")
    assert faults(tmp_path) == {"serve": Fault.CUT}
    ServeStore(tmp_path).close()
    assert faults(tmp_path) == {"serve": Fault.CUT}


def test_heads_that_were_put_together_anew_are_no_root(box, tmp_path):
    text = str(roots.check(tmp_path).root)
    with pytest.raises(ValueError, match="not a root"):
        roots.check(tmp_path, Root.parse(text[:-1] + ("0" if text[-1] != "0" else "1")))


def test_a_journal_without_an_entry_has_a_place_in_the_root(tmp_path):
    ServeStore(tmp_path).close()
    root = roots.check(tmp_path).root
    assert str(root) == f"v1.serve=0.{head_of('serve', 0, b'').digest}"
    assert faults(tmp_path, Root.parse(str(root))) == {}


def test_without_a_store_there_is_no_root(tmp_path):
    assert roots.check(tmp_path) == roots.Checked({}, None)
    assert roots.of_now(tmp_path) is None


def test_a_key_that_rotates_leaves_the_roots_good(box, tmp_path, now):
    work(box, now)
    given = roots.check(tmp_path).root
    for store in box:
        store.rotate_key()
        assert len(keys.load(store.keys)) == 2
    assert faults(tmp_path, given) == {}
