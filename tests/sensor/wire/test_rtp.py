"""Media of calls by how it behaves; and what counts, stays or is one way, but is no call."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import MORE, Events, GiveUp, Likeness, Rest
from sensor.wire.records_calls import Rtp
from sensor.wire.rtp import (
    FEW_DATAGRAMS,
    IN_ORDER,
    MOST_LOST,
    WHILE_IT_RINGS,
    RtpSession,
    RtpWatch,
    is_rtcp,
    is_rtp,
    probe,
    read_datagram,
)

ORIG, RESP = b"\1\2\3\4", b"\5\6\7\x08"
SAID = bytes(40)


def rtp(number, source=ORIG, kind=111, clock=None, said=SAID):
    clock = 960 * number if clock is None else clock
    return (
        b"\x80"
        + bytes((kind,))
        + (number & 0xFFFF).to_bytes(2, "big")
        + (clock & 0xFFFFFFFF).to_bytes(4, "big")
        + source
        + said
    )


def rtcp(kind=201, source=RESP, words=7):
    return b"\x81" + bytes((kind,)) + words.to_bytes(2, "big") + source + bytes(4 * words - 4) + bytes(14)


def call(first=100):
    """A call's datagrams: each side's media."""
    for number in range(first, first + IN_ORDER + 1):
        yield rtp(number), True
        yield rtp(number + 7_000, RESP, kind=0), False


def told(datagrams, watch=None):
    watch = watch or RtpWatch()
    return [said for data, from_orig in datagrams if (said := watch.heard(data, from_orig)) is not None]


def test_media_both_ways_is_a_call():
    assert told(call())[0] == Rtp(111, 0)


def test_numbers_turn_over_and_some_packets_are_lost():
    assert told(call(65_534))
    lossy = [(rtp(number), True) for number in (1, 4, 5, 5 + MOST_LOST)]
    assert told([*lossy, *((rtp(n, RESP), False) for n in range(4))])


def test_a_side_that_only_reports_is_enough():
    media = [(rtp(number), True) for number in range(4)]
    assert told([*media, (rtcp(), False), (rtcp(), False)])[0] == Rtp(111, None)
    assert told([*media, (rtcp(), False)]) == []
    assert told([(rtcp(), False), (rtcp(), True)] * 4) == []  # reports on nothing


def test_media_through_a_relays_channel():
    def channel(data):
        return b"\x40\0" + len(data).to_bytes(2, "big") + data + bytes(-len(data) % 4)

    assert told((channel(data), from_orig) for data, from_orig in call())[0] == Rtp(111, 0, relayed=True)
    assert told((b"\x40\0\0\x05" + data, from_orig) for data, from_orig in call()) == []


def other_way():
    return [(rtp(n, RESP), False) for n in range(6)]


@pytest.mark.parametrize(
    "datagrams",
    [
        [(rtp(n), True) for n in range(30)],  # one way: television, a camera
        [*other_way(), *((rtp(n, bytes((n,) * 4)), True) for n in range(30))],  # each its own source
        [*other_way(), *((rtp(5), True) for _ in range(30))],  # the number stays
        [*other_way(), *((rtp(n * (MOST_LOST + 1)), True) for n in range(30))],  # it jumps
        [*other_way(), *((rtp(n, clock=-960 * n), True) for n in range(30))],  # time runs back
        [*other_way(), *((rtp(n, kind=77), True) for n in range(30))],  # no payload's type
        [*other_way(), *((b"\x40" + rtp(n)[1:], True) for n in range(30))],  # another version
        [*other_way(), *((b"\x8f" + rtp(n)[1:], True) for n in range(30))],  # more sources than fit
        [(rtp(n, said=b"")[:11], n % 2 == 0) for n in range(40)],
    ],
)
def test_what_is_no_call(datagrams):
    assert told(datagrams) == []


def test_random_datagrams_are_no_call():
    chance = random.Random(5)
    for _ in range(2_000):
        assert told((b"\x80" + chance.randbytes(60), n % 2 == 0) for n in range(20)) == []


def test_a_session_ends_with_what_it_heard_or_gives_up():
    session = RtpSession()
    outcomes = [session.datagram(*datagram) for datagram in call()]
    assert outcomes[:-1] == [MORE] * (len(outcomes) - 1)
    assert outcomes[-1] == Events((Rtp(111, 0),), Rest.DONE)
    assert isinstance(RtpSession().datagram(b"\0\1\0\0" + bytes(16), True), GiveUp)  # STUN
    for most, source in ((FEW_DATAGRAMS, lambda n: bytes((n,) * 4)), (WHILE_IT_RINGS, lambda n: ORIG)):
        session = RtpSession()
        outcomes = [session.datagram(rtp(n, source(n)), True) for n in range(most)]
        assert outcomes[:-1] == [MORE] * (most - 1)
        assert isinstance(outcomes[-1], GiveUp)


def test_one_datagram_is_only_a_hope():
    assert probe(rtp(1), b"") is probe(b"", rtp(1)) is Likeness.YES
    assert probe(b"", b"") is Likeness.MAYBE
    assert probe(b"\x16\xfe\xfd" + bytes(40), b"") is Likeness.NO
    assert isinstance(read_datagram(rtp(1), True), GiveUp)
    assert is_rtcp(rtcp(200))
    assert not is_rtcp(rtcp(words=20)[:40])
    assert not is_rtp(rtcp())


@given(
    st.lists(
        st.tuples(st.binary(max_size=40).map(lambda b: b"\x80" + b) | st.binary(max_size=40), st.booleans()),
        max_size=20,
    )
)
def test_no_bytes_raise_anything(datagrams):
    session = RtpSession()
    for data, from_orig in datagrams:
        told([(data, from_orig)])
        session.datagram(data, from_orig)
        probe(data, b"")
