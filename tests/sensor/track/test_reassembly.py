"""One direction of TCP: whatever the order, each byte comes out once, and what is missing is said."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.track.reassembly import REMEMBERED, WAITING_BYTES, WAITING_SEGMENTS, Gap, Stream

WRAP = 1 << 32


def out(pieces):
    return [piece.missing if isinstance(piece, Gap) else piece for piece in pieces]


def run(segments, start=None):
    stream = Stream()
    if start is not None:
        stream.start(start)
    told = [piece for seq, data in segments for piece in stream.segment(seq % WRAP, data)]
    return out([*told, *stream.finish()]), stream


@pytest.mark.parametrize(
    ("what", "start", "segments", "expected"),
    [
        ("in order", 10, [(10, b"ab"), (12, b"cd")], [b"ab", b"cd"]),
        ("two swapped", 10, [(12, b"cd"), (10, b"ab")], [b"ab", b"cd"]),
        ("retransmitted whole", 10, [(10, b"ab"), (10, b"ab"), (12, b"cd")], [b"ab", b"cd"]),
        ("retransmitted with more", 10, [(10, b"ab"), (10, b"abcd")], [b"ab", b"cd"]),
        ("other content: the first wins", 10, [(10, b"ab"), (10, b"XYcd")], [b"ab", b"cd"]),
        ("overlap from the left while waiting", 10, [(12, b"cdef"), (10, b"abcd")], [b"abcd", b"ef"]),
        ("hole at the end of input", 10, [(10, b"ab"), (15, b"fg")], [b"ab", 3, b"fg"]),
        ("hole at the start", 10, [(12, b"cd")], [2, b"cd"]),
        ("mid-stream: begins where it is seen", None, [(500, b"ab"), (502, b"cd")], [b"ab", b"cd"]),
        ("over the wrap", WRAP - 2, [(WRAP - 2, b"ab"), (0, b"cd")], [b"ab", b"cd"]),
        ("over the wrap, swapped", WRAP - 2, [(0, b"cd"), (WRAP - 2, b"ab")], [b"ab", b"cd"]),
        ("keep-alive: one old byte", 10, [(10, b"ab"), (11, b"\0"), (12, b"c")], [b"ab", b"c"]),
        ("a jump beyond any window", 10, [(10, b"ab"), (10 + (1 << 30), b"xy")], [b"ab", (1 << 30) - 2, b"xy"]),
    ],
)
def test_table(what, start, segments, expected):
    assert run(segments, start)[0] == expected


def test_conflicting_content_is_counted():
    def conflicts(*segments):
        return run(segments, 10)[1].conflicts

    assert conflicts((14, b"ef"), (14, b"XY"), (10, b"abcd")) == 1
    assert conflicts((14, b"ef"), (10, b"abcdXY")) == 1
    assert conflicts((10, b"abcd"), (10, b"abXd")) == 1
    assert conflicts((10, b"abcd"), (12, b"cXef")) == 1
    assert conflicts((10, b"abcd"), (10, b"abcd"), (12, b"cdef"), (8, b"..abcdef")) == 0
    assert conflicts((10, b"abcd"), (13, b"\0"), (14, b"ef")) == 0  # a keep-alive may hold anything
    assert conflicts((10, b"a" * REMEMBERED), (10 + REMEMBERED, b"b" * REMEMBERED), (10, b"X" * 9)) == 0  # too long ago


def test_first_wins_where_content_differs():
    assert run([(10, b"abcd"), (10, b"XXXXef")], 10)[0] == [b"abcd", b"ef"]


def test_the_capture_cut_the_segment():
    stream = Stream()
    stream.start(0)
    assert out([*stream.segment(0, b"abc", 5), *stream.segment(8, b"ij")]) == [b"abc", 5, b"ij"]


def test_what_the_receiver_acknowledged_is_not_waited_for():
    stream = Stream()
    stream.start(0)
    assert out(stream.segment(5, b"fg")) == []
    assert out(stream.acknowledged(3)) == []
    assert out(stream.acknowledged(7)) == [5, b"fg"]


@pytest.mark.parametrize(("size", "count"), [(1000, WAITING_BYTES // 1000 + 2), (1, WAITING_SEGMENTS + 2)])
def test_a_hole_is_given_up_before_memory_grows(size, count):
    stream = Stream()
    stream.start(0)
    told = []
    for i in range(count):
        told += out(stream.segment(10 + i * size, b"x" * size))
        assert sum(map(len, stream._waiting.values())) <= WAITING_BYTES + size
    assert told[0] == 10
    assert sum(len(piece) for piece in told[1:]) + sum(map(len, stream._waiting.values())) == size * count


@given(
    st.binary(min_size=1, max_size=400),
    st.integers(0, WRAP - 1),
    st.lists(st.integers(1, 40), min_size=1, max_size=60),
    st.randoms(use_true_random=False),
)
def test_any_split_order_and_repetition_gives_the_bytes(data, isn, sizes, rng: random.Random):
    cuts, at = [], 0
    while at < len(data):
        size = sizes[len(cuts) % len(sizes)]
        cuts.append((isn + at, data[at : at + size]))
        at += size
    sent = cuts + [rng.choice(cuts) for _ in range(len(cuts) // 2)]
    for i in range(len(sent) - 1):  # reordered within a window
        j = min(i + rng.randrange(4), len(sent) - 1)
        sent[i], sent[j] = sent[j], sent[i]
    told, stream = run(sent, isn)
    assert b"".join(told) == data
    assert stream.gap_bytes == 0


@given(st.lists(st.tuples(st.integers(0, 60), st.binary(max_size=12)), max_size=40))
def test_bytes_and_gaps_add_up_to_the_distance_travelled(segments):
    stream = Stream()
    stream.start(0)
    pieces = [p for seq, data in segments for p in stream.segment(seq, data)] + list(stream.finish())
    travelled = sum(p.missing if isinstance(p, Gap) else len(p) for p in pieces)
    assert travelled == stream.next_seq
    assert travelled == max((seq + len(data) for seq, data in segments if data), default=0)
