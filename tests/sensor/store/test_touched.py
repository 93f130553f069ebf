"""What was written when: one number a commit, one row a moment, and what is kept long enough leaves a little at a time."""

from sensor.store.seeing import Counts
from sensor.store.touched import GOOD, SEEING, forget, touch

SECOND = 1_000_000_000
MINUTE = 60 * SECOND


def rows(store):
    return store._db.execute("SELECT level, start, change FROM touched ORDER BY change, level, start").fetchall()


def test_a_moment_that_is_touched_again_has_the_later_number(store):
    touch(store._db, [(0, 5), (2, 0), (0, 5)])
    (first,) = {change for *_, change in rows(store)}
    touch(store._db, [(0, 5)])
    assert rows(store) == [(2, 0, first), (0, 5, first + 1)]


def test_nothing_touched_counts_nothing(store):
    before = store._db.execute("SELECT value FROM meta WHERE key = 'touched'").fetchone()
    touch(store._db, [])
    assert store._db.execute("SELECT value FROM meta WHERE key = 'touched'").fetchone() == before


def test_what_is_old_leaves_a_little_at_a_time_and_no_other_level_does(store):
    touch(store._db, [(level, start) for level in (0, 2) for start in range(25)])
    assert [forget(store._db, 0, 20, 10) for _ in range(3)] == [True, True, False]
    assert [(level, start) for level, start, _ in rows(store) if level == 0] == [(0, start) for start in range(20, 25)]
    assert sum(level == 2 for level, *_ in rows(store)) == 25


def test_how_well_it_saw_and_what_was_done_right_are_told_too(store):
    now = 100 * 1440 * MINUTE
    store.add_sight(now, 1.0, Counts(packets=1))
    store.add_sight(now + MINUTE, 1.0, Counts(packets=1))
    store.add_done_right(now, {"mssante": 1})
    store.flush(now, force=True)
    assert [level for level, *_ in rows(store)] == [SEEING, GOOD]
