from dataclasses import replace

import pytest

from sensor.detect.alert import AlertDevice, Severity
from sensor.store import WatchStore, keys
from sensor.store.errors import NeedsHuman, Reason
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.table import write
from sensor.store.telling import GROWTH_EVERY, compare, fold, rebuild
from sensor.store.verify import verify

SECOND = 1_000_000_000


class Clock:
    now = 1_795_161_600 * SECOND

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told(tmp_path, clock):
    with WatchStore(tmp_path, clock=clock) as opened:
        yield opened


def journal(store):
    return read(store.path, lambda db: list(entries(db)))


def differences(store):
    bodies = read(store.path, lambda db: [body for (body,) in db.execute("SELECT body FROM alert")])
    return list(compare(bodies, journal(store)))


def test_an_opening_is_told_whole_and_at_once(told, sample):
    told.upsert([sample])
    (entry,) = journal(told)
    assert (entry.kind, entry.subject) == ("opening", sample.id)
    plain = fold([entry])
    assert plain["first_seen"] == str(sample.first_seen)
    assert plain["fr"]["title"] == sample.fr.title
    assert differences(told) == []


def test_growth_is_told_at_a_bounded_rate_and_only_what_changed(told, sample, clock):
    told.upsert([sample])
    for count in range(2, 50):
        clock.now += 30 * SECOND
        told.upsert([replace(sample, count=count)])
    found = journal(told)
    assert [one.kind for one in found] == ["opening", "growth", "growth"]
    assert found[1].body == '{"count":21}'
    assert fold(found)["count"] == 41
    assert differences(told) == []  # the table is ahead of the journal, never behind


def test_a_clock_set_back_does_not_silence_the_journal(told, sample, clock):
    told.upsert([sample])
    clock.now -= 86_400 * SECOND
    told.upsert([replace(sample, count=2)])
    assert len(journal(told)) == 2


def test_an_end_is_told_at_once_and_what_goes_on_after_it_too(told, sample, clock):
    told.upsert([sample])
    told.upsert([replace(sample, ended=True)])
    told.upsert([replace(sample, ended=True)])
    clock.now += GROWTH_EVERY
    told.upsert([replace(sample, ended=False, count=2)])
    assert [one.kind for one in journal(told)] == ["opening", "closing", "growth"]
    assert fold(journal(told))["ended"] is False


def test_an_alert_that_did_not_change_is_not_told_again(told, sample, clock):
    told.upsert([sample])
    clock.now += GROWTH_EVERY
    told.upsert([sample])
    assert len(journal(told)) == 1


def test_the_table_is_rebuilt_from_the_journal_and_compared(told, sample):
    told.upsert([sample, replace(sample, id="a2"), replace(sample, id="a3", count=9)])
    assert set(rebuild(journal(told))) == {"a1", "a2", "a3"}
    told._db.execute("DELETE FROM alert WHERE id = 'a1'")
    for changed in (
        replace(sample, id="a2", rule="other"),
        replace(sample, id="a3", count=1),
        replace(sample, id="a4"),
    ):
        write(told._db, changed, 9)
    assert {(one.alert, one.what) for one in differences(told)} == {
        ("a1", "not in the table"),
        ("a2", "rule"),
        ("a3", "count"),
        ("a4", "not in the journal"),
    }


def test_a_hostile_alert_is_told_too(told, sample):
    evil = replace(
        sample,
        severity=Severity.CRITICAL,
        device=AlertDevice("192.168.1.9", name='"\\\x00\u2028\ud800é' * 50),
        evidence=(("huge", 2**80), ("tiny", 1e-300), ("name", "\ud83d")),
    )
    told.upsert([evil])
    assert read(told.path, lambda db: verify(db, keys.load(told.keys))).fault is None
    assert differences(told) == []


def test_the_chain_goes_on_over_restarts_and_rotations(tmp_path, sample):
    for n in range(3):
        with WatchStore(tmp_path) as store:
            store.upsert([replace(sample, id=f"r{n}")])
            store.rotate_key()
    known = keys.load(store.keys)
    assert len(known) == 4
    verdict = read(store.path, lambda db: verify(db, known))
    assert (verdict.entries, verdict.fault) == (6, None)


def test_a_journal_whose_key_is_gone_needs_a_human(tmp_path, sample):
    with WatchStore(tmp_path) as store:
        store.upsert([sample])
    for path in store.keys.iterdir():
        path.unlink()
    with pytest.raises(NeedsHuman, match="key") as caught:
        WatchStore(tmp_path)
    assert caught.value.reason is Reason.DAMAGED


def test_alerts_and_journal_are_one_commit(told, sample):
    def breaking():
        yield sample
        message = "the detector broke"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        told.upsert(breaking())
    assert journal(told) == []
