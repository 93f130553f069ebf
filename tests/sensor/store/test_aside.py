"""What lies beside a store leaves too, once it was kept long enough, and the journal says so."""

import json
import os

import pytest

from sensor.detect.policy import Retention
from sensor.store import WatchStore, keys
from sensor.store.aside import aside
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.serve import ServeStore, rebuilt
from sensor.store.upkeep import Terms
from sensor.store.verify import verify

NOW = 1_795_161_600  # 2026-11-20 08:00 UTC
DAY = 86_400
NAMES = ["vigie.db.before-3", "vigie.db.before-4", "vigie.db.damaged-20260101T000000Z", "vigie.db.damaged-x-wal"]


def work(store):
    while store.maintain(NOW * 10**9):
        pass


def opened(kind, state, keep=None):
    terms = Terms(keep=keep or Retention(), trusted=lambda: True)
    return kind(state, clock=lambda: NOW * 10**9, terms=terms)


def laid(store, **days):
    """Files of these names, so many days old."""
    for name, old in zip(NAMES, days["old"], strict=True):
        path = store.path.with_name(name)
        path.write_bytes(b"x" * 1000)
        os.utime(path, (NOW - old * DAY, NOW - old * DAY))


@pytest.mark.parametrize("kind", [WatchStore, ServeStore, RelayStore])
def test_copies_leave_after_a_month_and_damaged_files_with_the_alerts(tmp_path, kind):
    with opened(kind, tmp_path) as store:
        laid(store, old=[31, 29, 190, 170])
        work(store)
        assert [one.path.name for one in aside(store.path)] == [NAMES[1], NAMES[3]]
        told = read(store.path, lambda db: [json.loads(one.body) for one in entries(db) if one.kind == "erasure"])
        assert told == [{"entries": [], "files": [NAMES[0], NAMES[2]]}]
        assert read(store.path, lambda db: verify(db, keys.load(store.keys))).fault is None


def test_damaged_files_are_kept_as_long_as_the_policy_keeps_alerts(tmp_path):
    with opened(WatchStore, tmp_path, Retention(alerts_months=12, reason="une enquête")) as store:
        laid(store, old=[1, 1, 190, 370])
        work(store)
        assert [one.path.name for one in aside(store.path)] == NAMES[:3]


def settings(store):
    return read(store.path, lambda db: [json.loads(one.body) for one in entries(db) if one.kind == "setting"])


@pytest.mark.parametrize("kind", [WatchStore, ServeStore, RelayStore])
def test_how_long_things_are_kept_is_journaled_with_its_reason_whenever_it_changes(tmp_path, kind):
    longer = Retention(alerts_months=12, reason="Contrôle de la CNIL en cours")
    for keep in (Retention(), longer, longer, Retention()):
        opened(kind, tmp_path, keep).close()
    with opened(kind, tmp_path) as store:
        told = settings(store)
        assert [(one["alerts_months"], one["reason"]) for one in told] == [
            (12, "Contrôle de la CNIL en cours"),
            (6, ""),
        ]
        assert read(store.path, lambda db: rebuilt(entries(db))) == {}
