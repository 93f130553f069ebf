"""What is known of backups survives: one that never runs again after a restart is late all the same."""

import sqlite3

from sensor.store.reader import read
from sensor.store.runs import forget, runs
from sensor.store.watch import WatchStore
from tests.databases import Database
from tests.sensor.detect.made_up import MORNING, detector
from tests.sensor.detect.test_backups import DAY, SERVICE, WORKDAYS, ran


def test_a_backup_that_stops_while_vigie_is_off_is_told(tmp_path):
    made = detector()
    ran(made, WORKDAYS)
    with WatchStore(tmp_path) as store:
        store.add_backups(made.backups.take())
    with WatchStore(tmp_path) as store:
        known = store.load_backups()
        again = detector(backups=known)
        (alert,) = again.tick(MORNING + 18 * DAY)
        assert (alert.rule, alert.device.name, alert.bytes_out) == ("health-backup-stopped", "Accueil", 5_000_000)
        assert alert.community_id is None
        store.add_backups(again.backups.take())
    with WatchStore(tmp_path) as store:
        assert detector(backups=store.load_backups()).tick(MORNING + 19 * DAY) == []  # told already


def test_what_is_kept(tmp_path):
    made = detector()
    ran(made, (0, 1))
    with WatchStore(tmp_path) as store:
        store.add_backups(made.backups.take())
        path = store.path
    (state,) = read(path, runs)
    assert state in made.backups._kept.values()
    assert (state.place, len(state.starts), state.size) == (made.backups._kept.popitem()[0][1], 2, 5_000_000)
    assert SERVICE in (state.peer.host, state.place)
    with sqlite3.connect(path, factory=Database) as db:
        forget(db, (MORNING + 2 * DAY) // 60_000_000_000)
    db.close()
    assert read(path, runs) == []


def test_a_row_that_cannot_be_read_is_left_out(tmp_path):
    with WatchStore(tmp_path) as store:
        path = store.path
    with sqlite3.connect(path, factory=Database) as db:
        for number, body in enumerate(("no json", "[]", '{"device": {}}', '{"device": {"ip": "x"}, "peer": 3}')):
            db.execute("INSERT INTO backup VALUES (?, 'p', 1, ?)", (str(number), body))
    db.close()
    with WatchStore(tmp_path) as store:
        assert store.load_backups() == []
