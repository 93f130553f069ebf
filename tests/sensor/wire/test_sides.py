"""What readers share: lines, lost sides, probes made of judges."""

import pytest

from sensor.wire import MORE, Events, Likeness, Outcome, ParseError, Rest
from sensor.wire.sides import Lines, TwoSides, any_side, best, likeness, starts

YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


class Silent(TwoSides):
    def hear(self, *, from_orig: bool) -> None:
        self._heard[from_orig] = True

    def _finish(self) -> Outcome:
        return Events((), Rest.DONE)


@pytest.mark.parametrize(
    ("heard", "calls", "over"),
    [
        ((True,), [("end", True)], True),
        ((True, False), [("end", True)], False),
        ((True, False), [("end", True), ("end", False)], True),
        ((True,), [("gap", True)], False),
        ((True,), [("gap", True), ("gap", False)], True),
        ((True, False), [("gap", True), ("end", False)], True),
    ],
)
def test_a_dialogue_is_over_when_no_side_can_be_read(heard, calls, over):
    reader = Silent()
    for from_orig in heard:
        reader.hear(from_orig=from_orig)
    outcome: Outcome = MORE
    for what, from_orig in calls:
        outcome = reader.gap(5, from_orig=from_orig) if what == "gap" else reader.end(from_orig=from_orig)
    assert (outcome is not MORE) == over


def test_lines():
    lines = Lines(10)
    lines.feed(b"one\r\ntwo\n\nrest")
    assert [lines.next() for _ in range(4)] == [b"one", b"two", b"", None]
    assert lines.drop(2) == 2
    assert lines.take(9) == b"st"
    lines.feed(b"x" * 10)
    assert lines.next() is None
    lines.feed(b"x")
    with pytest.raises(ParseError):
        lines.next()


def test_a_long_line_is_refused_also_when_it_comes_whole():
    lines = Lines(10)
    lines.feed(b"x" * 11 + b"\n")
    with pytest.raises(ParseError):
        lines.next()


@pytest.mark.parametrize(
    ("orig", "resp", "strict", "loose"),
    [
        (b"y", b"", YES, YES),
        (b"y", b"n", NO, YES),
        (b"m", b"y", YES, YES),
        (b"m", b"n", NO, NO),
        (b"", b"", MAYBE, MAYBE),
    ],
)
def test_probes_of_both_sides(orig, resp, strict, loose):
    def judge(data: bytes) -> Likeness:
        return {b"y": YES, b"m": MAYBE, b"n": NO}[data]

    assert likeness(judge, orig, resp) is strict
    assert any_side(judge, orig, resp) is loose


def test_best_and_starts():
    assert best([NO, MAYBE]) is MAYBE
    assert best([]) is NO
    assert [starts(data, b"SSH-") for data in (b"SSH-2", b"SS", b"SX")] == [YES, MAYBE, NO]
