"""What was as it should be, counted by the practice's day."""

from sensor.store.days import day_of, minutes_of
from sensor.store.done_right import DoneRight, done_right
from sensor.store.reader import read
from sensor.store.upkeep import Terms
from sensor.store.watch import WatchStore
from tests.sensor.store.conftest import MORNING

HOUR = 3_600_000_000_000


def test_times_add_up_within_the_practices_day(tmp_path):
    zone = Terms().zone
    with WatchStore(tmp_path) as store:
        store.add_done_right(MORNING, {"mssante": 2, "hds": 0})
        store.flush(MORNING, force=True)
        store.add_done_right(MORNING + 14 * HOUR, {"mssante": 1, "hds": 1})  # 23:00 in Paris
        store.add_done_right(MORNING + 15 * HOUR, {"hds": 5})  # midnight: the next day
    first, after = minutes_of(day_of(MORNING, zone), zone)
    assert read(store.path, lambda db: done_right(db, first, after)) == [("mssante", 3), ("hds", 1)]
    assert read(store.path, lambda db: done_right(db, after, after + 1440)) == [("hds", 5)]


def test_nothing_waits_where_nothing_was_done():
    waiting = DoneRight(Terms().zone)
    waiting.add(MORNING, {"mssante": 0})
    assert len(waiting) == 0
