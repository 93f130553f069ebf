"""Frames of several captures in one order of time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sensor.capture import FRAME, Frames
from sensor.capture.merge import merge, up_to


def lane(*stamps, mark=0, before=5):
    """Frames of one byte each, somewhere in a buffer."""
    table = np.zeros(len(stamps), dtype=FRAME)
    table["ts"], table["caplen"], table["wirelen"] = stamps, 1, 1
    table["offset"] = before + np.arange(len(stamps))
    return Frames(np.concatenate([np.zeros(before, np.uint8), np.full(len(stamps), mark, np.uint8)]), table)


def told(frames):
    return [(int(row["ts"]), int(frames.data[row["offset"]])) for row in frames.table]


def test_in_order_of_time():
    merged, taken = merge([lane(1, 4, 6, mark=1), lane(2, 3, 7, mark=2), lane(9, mark=3)], 6)
    assert told(merged) == [(1, 1), (2, 2), (3, 2), (4, 1), (6, 1)]
    assert taken == [3, 2, 0]


def test_at_the_same_time_in_the_order_of_the_lanes():
    merged, _ = merge([lane(1, 1, mark=1), lane(1, mark=2)], 1)
    assert told(merged) == [(1, 1), (1, 1), (1, 2)]


def test_nothing_in_time():
    merged, taken = merge([lane(5), lane(6)], 1)
    assert (len(merged.table), taken) == (0, [0, 0])


def test_rows_up_to_the_first_later_one():
    assert [up_to(lane(1, 3, 2), at) for at in (0, 1, 2, 3)] == [0, 1, 1, 3]


@given(st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=20), min_size=1, max_size=4), st.integers(0, 60))
def test_nothing_is_lost_and_each_lane_keeps_its_order(lanes, until):
    merged, taken = merge([lane(*stamps, mark=n) for n, stamps in enumerate(lanes)], until)
    found = told(merged)
    for n, stamps in enumerate(lanes):
        assert [at for at, mark in found if mark == n] == stamps[: taken[n]]
    assert len(found) == sum(taken)
