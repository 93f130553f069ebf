"""A replay gives the same bytes at other times: nothing lost, nothing early, empty batches while nothing is due."""

import numpy as np
import pytest

from sensor.capture import FRAME, Flaw, Frames, Path
from sensor.capture.replay import IDLE, SLICE, Clock, ReplaySource

MS = 1_000_000


class Tape:
    """A source of prepared batches; each time is in ms after an hour long gone."""

    path = Path.KERNEL
    closed = False

    def __init__(self, *batches):
        self._batches = batches

    def batches(self):
        for times in self._batches:
            table = np.zeros(len(times), dtype=FRAME)
            table["ts"] = [1_000_000_000 * MS + ms * MS for ms in times]
            table["offset"] = range(len(times))
            data = np.arange(len(times), dtype=np.uint8)
            yield Frames(data, table)
            data[:] = 255  # as the contract says: only valid until the next is asked for

    def kernel_drops(self):
        return 3

    def flaws(self):
        return (Flaw("tape", 4, "torn"),)

    def progress(self):
        return 0.5

    def close(self):
        self.closed = True


class Watch:
    """A clock that only moves when somebody waits."""

    def __init__(self, start=7_000_000_000 * MS):
        self.start = self.time = start

    def now(self):
        return self.time

    def wait(self, seconds):
        assert 0 < seconds <= IDLE / 1e9
        self.time += round(seconds * 1e9)


def play(tape, speed=1.0):
    """(ms since the start, ms on the frame's clock, first byte) of each frame, and the number of empty batches."""
    watch = Watch()
    source = ReplaySource(tape, speed=speed, clock=Clock(watch.now, watch.wait))
    seen, empty = [], 0
    for data, table in source.batches():
        empty += not len(table)
        seen += [
            ((watch.time - watch.start) // MS, (int(row["ts"]) - watch.start) // MS, int(data[row["offset"]]))
            for row in table
        ]
    return seen, empty


def test_frames_come_when_they_are_due_on_a_clock_moved_to_now():
    seen, _ = play(Tape([0, 1, 2], [500, 990]))
    assert [(clock, byte) for _, clock, byte in seen] == [(0, 0), (1, 1), (2, 2), (500, 0), (990, 1)]
    assert all(0 <= given - clock < SLICE / MS for given, clock, _ in seen)


def test_twice_as_fast_takes_half_the_time_and_keeps_the_distances():
    seen, _ = play(Tape([0, 1000, 2000]), speed=2.0)
    assert [(given, clock) for given, clock, _ in seen] == [(0, 0), (500, 1000), (1000, 2000)]


def test_while_nothing_is_due_empty_batches_let_time_go_on():
    _, empty = play(Tape([0], [1001]))
    assert empty == 4


def test_a_frame_that_is_late_in_the_file_is_given_at_once_and_holds_nothing_up():
    seen, _ = play(Tape([0, 400, 100, 401], [450]))
    assert [clock for _, clock, _ in seen] == [0, 400, 100, 401, 450]
    assert [given for given, _, _ in seen] == [0, 401, 401, 401, 450]


def test_a_capture_without_frames_ends():
    assert play(Tape([], [])) == ([], 0)


def test_a_replay_that_fell_behind_catches_up_without_waiting():
    watch = Watch()
    source = ReplaySource(Tape([0], [100], [200]), clock=Clock(watch.now, watch.wait))
    batches = source.batches()
    next(batches)
    watch.time += 1000 * MS
    assert [len(batch.table) for batch in batches] == [1, 1]
    assert watch.time == watch.start + 1000 * MS


def test_what_else_a_source_tells_is_the_inner_ones():
    tape = Tape()
    source = ReplaySource(tape)
    assert (source.path, source.kernel_drops(), source.progress()) == (Path.KERNEL, 3, 0.5)
    assert source.flaws()[0].name == "tape"
    source.close()
    assert tape.closed


def test_a_speed_that_is_not_one_is_refused():
    with pytest.raises(ValueError, match="speed"):
        ReplaySource(Tape(), speed=0)
