"""Recognising datagrams by their bytes, with a small protocol made up for the purpose."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from sensor.track import conversation as conversations
from sensor.track.conversation import Readers
from sensor.track.datagrams import DATAGRAMS_TRIED, REASONS, UdpConversation
from sensor.wire import MORE, DatagramEntry, Events, GiveUp, Likeness, ParseError, Rest
from sensor.wire.records_calls import Rtp


@dataclass(frozen=True)
class Line:
    service: ClassVar[str] = "lines"
    text: bytes
    from_orig: bool


def begins(word):
    def probe(orig, resp):
        data = orig or resp
        if data.startswith(b"?"):
            return Likeness.MAYBE
        return Likeness.YES if data.startswith(word) else Likeness.NO

    return probe


def read(data, from_orig):
    if data.startswith(b"?"):
        return GiveUp("a question mark")
    if data.endswith(b"!"):
        raise ParseError(f"{len(data)} bytes too loud")
    return Events((Line(data, from_orig),))


@pytest.fixture
def readers():
    return Readers((), (DatagramEntry("dgram", begins(b"D!"), read),))


def test_datagrams(readers):
    conversation = UdpConversation(readers)
    assert conversation.datagram(b"zz", from_orig=True) == []
    assert conversation.datagram(b"D!1", from_orig=False) == [Line(b"D!1", from_orig=False)]
    assert conversation.services == ("dgram",)


def test_datagrams_of_nobody_are_given_up_after_a_few(readers):
    conversation = UdpConversation(readers)
    for _ in range(DATAGRAMS_TRIED):
        assert conversation.hungry
        conversation.datagram(b"zz", from_orig=True)
    assert not conversation.hungry


def test_a_session_of_datagrams_remembers_and_is_one_a_flow():
    class Counting:
        def __init__(self):
            self.seen = 0

        def datagram(self, data, from_orig):
            self.seen += 1
            return Events((Line(b"%d" % self.seen, from_orig),), Rest.DONE if self.seen == 2 else Rest.MORE)

    entry = DatagramEntry("dgram", begins(b"D!"), lambda data, from_orig: GiveUp("not asked"), Counting)
    readers = Readers((), (entry,))
    for _ in range(2):
        conversation = UdpConversation(readers)
        told = [conversation.datagram(b"D!x", from_orig=True), conversation.datagram(b"y", from_orig=False)]
        assert [[record.text for record in records] for records in told] == [[b"1"], [b"2"]]
        assert not conversation.hungry


def test_what_nobody_knew_is_counted_when_the_flow_ends(readers):
    conversation = UdpConversation(readers)
    conversation.datagram(b"zz", from_orig=True)
    assert readers.given_up == {}
    conversation.finish()
    conversation.finish()
    assert readers.given_up == {"datagram: not recognised": 1}
    assert conversation.gave_up == ("datagram: not recognised",)


def test_what_looked_like_a_protocol_is_counted_with_its_own_reason(readers):
    conversation = UdpConversation(readers)
    for data in (b"?", b"zz"):
        conversation.datagram(data, from_orig=True)
    conversation.finish()
    assert readers.given_up == {"dgram: a question mark": 1}


def test_a_flow_that_said_nothing_gave_nothing_up(readers):
    UdpConversation(readers).finish()
    assert readers.given_up == {}


def test_a_bad_datagram_says_nothing_of_the_next_and_its_reason_is_counted_without_numbers(readers):
    conversation = UdpConversation(readers)
    for size in range(3):
        conversation.datagram(b"D!" + b"x" * size + b"!", from_orig=True)
    assert len(conversation.datagram(b"D!", from_orig=True)) == 0
    assert len(conversation.datagram(b"D!x", from_orig=True)) == 1
    assert readers.given_up == {"dgram: N bytes too loud": 4}
    assert conversation.gave_up == ("dgram: 3 bytes too loud",)


def test_reasons_are_bounded(readers, monkeypatch):
    monkeypatch.setattr(conversations, "REASONS", 3)
    for word in "abcdefg":
        readers.count("dgram", word)
    assert sum(readers.given_up.values()) == 7
    assert readers.given_up["dgram: other reasons"] == 4
    assert REASONS == 4


class Hoping:
    def datagram(self, data, from_orig):
        return MORE if data == b"D!1" else GiveUp("not mine")


HOPEFUL = DatagramEntry("hope", begins(b"D!"), lambda data, from_orig: MORE, Hoping, tentative=True)


def test_what_was_taken_up_tentatively_and_gives_up_is_left_to_others():
    conversation = UdpConversation(Readers((), (HOPEFUL, DatagramEntry("sure", begins(b"S!"), read))))
    assert conversation.datagram(b"D!1", from_orig=True) == []
    assert conversation.services == ()
    assert conversation.datagram(b"S!2", from_orig=False) == [Line(b"S!2", from_orig=False)]
    assert conversation.services == ("sure",)


def test_a_hope_that_came_to_nothing_is_not_recognised():
    conversation = UdpConversation(Readers((), (HOPEFUL,)))
    for _ in range(DATAGRAMS_TRIED):
        conversation.datagram(b"D!2", from_orig=True)
    assert not conversation.hungry
    assert conversation.services == ()
    assert conversation.gave_up


class _Media:
    def datagram(self, data, from_orig):
        del from_orig
        return Events((Rtp(111, 0),), Rest.DONE) if data == b"M!" else Events((Line(data, from_orig=True),))


@pytest.mark.parametrize(("service", "services"), [("stun", ("stun", "rtp")), ("rtp", ("rtp",))])
def test_media_behind_what_found_its_way_is_named_too(service, services):
    conversation = UdpConversation(Readers((), (DatagramEntry(service, begins(b"M"), read, _Media),)))
    conversation.datagram(b"M1", from_orig=True)
    assert conversation.services == (service,)
    assert conversation.datagram(b"M!", from_orig=False) == [Rtp(111, 0)]
    assert conversation.services == services
    assert not conversation.hungry
