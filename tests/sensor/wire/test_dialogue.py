"""The helper itself must notice: a reader that tells too early, too late, or differently when its bytes come in pieces."""

import pytest

from sensor.wire import MORE, Events, GiveUp, Outcome, ParseError, Rest
from sensor.wire.records import Ssh
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, check


class Line:
    """Tells one record a line; hands over after "go"; gives up on a gap; a "?" contradicts."""

    service = "ssh"

    def __init__(self) -> None:
        self.buffer = b""

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        if not from_orig:
            return MORE
        self.buffer += data
        if b"?" in self.buffer:
            raise ParseError("?")
        told = []
        while b"\n" in self.buffer:
            line, self.buffer = self.buffer.split(b"\n", 1)
            if line == b"go":
                return Events(tuple(told), Rest.HANDOVER, left_orig=self.buffer)
            told.append(Ssh(client=line.decode()))
        return Events(tuple(told)) if told else MORE

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        return GiveUp(f"{missing} bytes missing, {from_orig=}")

    def end(self, *, from_orig: bool) -> Outcome:
        if not from_orig:
            return MORE
        return Events((Ssh(client=self.buffer.decode()),), Rest.DONE)


class Hasty(Line):
    """Right only when a line comes whole."""

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        return super().data(data, from_orig=from_orig) if b"\n" in data else MORE


def test_a_table_is_played_whole_byte_by_byte_and_in_all_cuts():
    check(Line, [Orig(b"a\nb"), Ssh(client="a"), Resp(b"zz"), OrigEnd(), Ssh(client="b"), Rest.DONE])


def test_handover_counts_what_was_given_back_and_what_was_never_fed():
    check(Line, [Orig(b"a\ngo\nrest"), Ssh(client="a"), Handover(b"restmore", b"other"), Orig(b"more"), Resp(b"other")])


@pytest.mark.parametrize("last", [OrigGap(4), Orig(b"?")])
def test_gap_and_parse_error_are_give_ups(last):
    check(Line, [Orig(b"a\n"), Ssh(client="a"), last, GiveUp])


@pytest.mark.parametrize(
    ("make", "script"),
    [
        (Line, [Orig(b"a\n")]),
        (Line, [Orig(b"a\n"), Orig(b"b"), Ssh(client="a")]),
        (Line, [Orig(b"a\n"), Ssh(client="b")]),
        (Line, [OrigEnd(), Ssh(client="")]),
        (Hasty, [Orig(b"a\n"), Ssh(client="a")]),
    ],
)
def test_a_wrong_table_or_reader_is_noticed(make, script):
    with pytest.raises(AssertionError):
        check(make, script)
