"""Recognising by bytes, reading, handing over: with two small protocols made up for the purpose."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from sensor.track.conversation import (
    HEAD_PIECES,
    LAYERS,
    Readers,
    Segment,
    TcpConversation,
)
from sensor.wire import (
    MORE,
    Events,
    GiveUp,
    Likeness,
    ParseError,
    Rest,
    StreamEntry,
)
from sensor.wire.readers import DATAGRAMS, STREAMS


@dataclass(frozen=True)
class Line:
    """What the made-up readers tell."""

    service: ClassVar[str] = "lines"
    text: bytes
    from_orig: bool


class LineReader:
    """ "L!" then lines; "up" hands over, "bye" is done, "bad" contradicts the protocol."""

    service = "lines"

    def __init__(self):
        self.rest = {True: b"", False: b""}
        self.gaps = 0

    def data(self, data, *, from_orig):
        self.rest[from_orig] += data
        told = []
        while b"\n" in self.rest[from_orig]:
            line, self.rest[from_orig] = self.rest[from_orig].split(b"\n", 1)
            told.append(Line(line, from_orig))
            if line == b"bad":
                raise ParseError("a bad line")
            if line == b"no":
                return GiveUp("not for me")
            if line == b"bye":
                return Events(tuple(told), Rest.DONE)
            if line == b"up":
                return Events(tuple(told), Rest.HANDOVER, self.rest[True], self.rest[False])
        return Events(tuple(told)) if told else MORE

    def gap(self, missing, *, from_orig):
        return Events((Line(b"gap %d" % missing, from_orig),))

    def end(self, *, from_orig):
        return Events((Line(b"end", from_orig),))


def begins(mark):
    def probe(orig, resp):
        for head in (orig, resp):
            if head.startswith(mark):
                return Likeness.YES
        if any(head and not mark.startswith(head[: len(mark)]) for head in (orig, resp)):
            return Likeness.NO
        return Likeness.MAYBE

    return probe


@pytest.fixture
def readers():
    return Readers(
        (StreamEntry("lines", begins(b"L!"), LineReader),),
        (),
    )


def talk(conversation, *said):
    """(from_orig, bytes) in turn, in sequence from 0."""
    seq = {True: 0, False: 0}
    told = []
    for from_orig, data in said:
        told += conversation.segment(Segment(seq[from_orig], data), from_orig=from_orig)
        seq[from_orig] += len(data)
    return [(record.text, record.from_orig) for record in told]


def test_recognised_byte_by_byte(readers):
    said = [(True, bytes([byte])) for byte in b"L!one\ntwo\n"]
    assert talk(TcpConversation(readers), *said) == [(b"L!one", True), (b"two", True)]


def test_what_the_other_side_said_before_recognition_is_read_too(readers):
    conversation = TcpConversation(readers)
    assert talk(conversation, (False, b"L"), (True, b"L!x\n"), (False, b"!y\n")) == [(b"L!x", True), (b"L!y", False)]
    assert conversation.services == ("lines",)


def test_not_recognised_is_counted_and_no_longer_wanted(readers):
    conversation = TcpConversation(readers)
    assert talk(conversation, (True, b"zzz")) == []
    assert not conversation.hungry
    assert readers.given_up == {"stream: not recognised": 1}


def test_a_flow_that_never_says_enough_is_given_up(readers):
    conversation = TcpConversation(readers)
    conversation.segment(Segment(0, b"L"), from_orig=True)
    for _ in range(HEAD_PIECES + 1):  # pieces that leave every probe undecided
        conversation._piece(b"", True, [])
        if not conversation.hungry:
            break
    assert not conversation.hungry


@pytest.mark.parametrize(("line", "reason"), [(b"no", "not for me"), (b"bad", "a bad line")])
def test_a_reader_that_gives_up_or_fails_ends_the_reading_and_is_counted(readers, line, reason):
    conversation = TcpConversation(readers)
    talk(conversation, (True, b"L!\n" + line + b"\nlost\n"))
    assert not conversation.hungry
    assert readers.given_up == {f"lines: {reason}": 1}


def test_done_is_no_longer_wanted(readers):
    conversation = TcpConversation(readers)
    assert talk(conversation, (True, b"L!\nbye\nmore\n")) == [(b"L!", True), (b"bye", True)]
    assert not conversation.hungry


@pytest.mark.parametrize("in_head", [True, False])
def test_after_a_handover_the_rest_is_recognised_anew(readers, in_head):
    conversation = TcpConversation(readers)
    said = [(True, b"L!\nup\nL!two\n")] if in_head else [(True, b"L!\nup\n"), (True, b"L!two\n")]
    assert talk(conversation, *said)[-1] == (b"L!two", True)
    assert conversation.services == ("lines", "lines")


def test_pieces_behind_a_handover_in_the_head_are_not_lost(readers):
    conversation = TcpConversation(readers)
    told = talk(conversation, (False, b"L"), (True, b"L!\nup\n"), (True, b"L!more\n"))
    assert (b"L!more", True) in told


def test_handovers_are_bounded(readers):
    conversation = TcpConversation(readers)
    talk(conversation, (True, b"L!\nup\n" * (LAYERS + 3)))
    assert not conversation.hungry
    assert len(conversation.services) == LAYERS


def test_a_fin_that_overtakes_the_last_bytes_waits_for_them(readers):
    conversation = TcpConversation(readers)
    talk(conversation, (True, b"L!\n"))
    assert conversation.segment(Segment(5, b"", fin=True), from_orig=True) == []
    told = conversation.segment(Segment(3, b"x\n"), from_orig=True)
    assert [record.text for record in told] == [b"x", b"end"]


def test_a_reset_ends_both_directions_at_once(readers):
    conversation = TcpConversation(readers)
    talk(conversation, (True, b"L!\n"))
    told = conversation.segment(Segment(0, b"", rst=True), from_orig=False)
    assert [record.text for record in told] == [b"end", b"end"]
    assert not conversation.hungry


def test_gaps_and_ends_reach_the_reader(readers):
    conversation = TcpConversation(readers)
    conversation.segment(Segment(0, b"L!\n"), from_orig=True)
    conversation.segment(Segment(10, b"x\n"), from_orig=True)
    told = conversation.segment(Segment(12, fin=True), from_orig=True)
    assert told == []  # the FIN came, the hole before it may still be filled
    told = conversation.finish()
    assert [record.text for record in told] == [b"gap 7", b"x", b"end", b"end"]


def test_an_acknowledgement_from_the_other_side_closes_a_hole(readers):
    conversation = TcpConversation(readers)
    conversation.segment(Segment(0, b"L!\n"), from_orig=True)
    conversation.segment(Segment(10, b"x\n"), from_orig=True)
    told = conversation.segment(Segment(0, ack=12), from_orig=False)
    assert [record.text for record in told] == [b"gap 7", b"x"]


def test_what_is_sent_again_with_other_content_is_counted_once_it_ends():
    readers = Readers(STREAMS, DATAGRAMS)
    talk = TcpConversation(readers)
    for data in (b"SSH-2.0-a", b"SSH-2.0-b"):
        talk.segment(Segment(1, data), from_orig=True)
    talk.finish()
    talk.finish()
    assert readers.conflicts == 1
