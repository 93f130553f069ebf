"""RDP over UDP: the opening, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import MORE, Events, Likeness, Rest
from sensor.wire.rdp_udp import MOST_DATAGRAMS, RdpUdpSession, probe, read_datagram
from sensor.wire.records import Rdp

NUMBER = b"\xbb\xff\x56\x87"


def syn(seen=b"\xff\xff\xff\xff", flags=0x1801, number=NUMBER, up=1232, down=1232):
    words = (0x40, flags), (up, down)
    head, tail = (a.to_bytes(2, "big") + b.to_bytes(2, "big") for a, b in words)
    return (seen + head + number + tail).ljust(1232, b"\0")


ASK = syn()
ANSWER = syn(seen=NUMBER, flags=0x1005, number=b"abcd")
DATA = b"\0\x14\xc1\1\xf4\1\x64\xe0" + b"\x16\3\2" + bytes(60)
CONFIRMED = Events((Rdp(("udp",), "udp", "confirmed"),), Rest.DONE)
ASKED = Events((Rdp(("udp",)),), Rest.DONE)


def play(*steps):
    session = RdpUdpSession()
    return [session.datagram(data, from_orig) for data, from_orig in steps]


def test_an_opening():
    assert play((ASK, True), (ANSWER, False), (DATA, True), (DATA, False)) == [MORE, MORE, MORE, CONFIRMED]


def test_an_opening_whose_client_was_taken_for_the_server():
    assert play((ASK, False), (ANSWER, True), (DATA, False), (DATA, True))[-1] == CONFIRMED


@pytest.mark.parametrize(
    "steps",
    [
        [(ASK, True), (ASK, True)],  # nobody answers
        [(ASK, True), (ANSWER, False), (DATA, False)],  # the client never goes on
        [(ASK, True), (DATA, True), (DATA, False)],  # not an answer
        [(ASK, True), (syn(seen=b"wxyz", flags=5), False), (DATA, True), (DATA, False)],  # an answer to another
        [(ANSWER, False), (DATA, True), (DATA, False)],  # the opening was not seen
    ],
)
def test_what_does_not_come_about(steps):
    assert play(*steps) == [MORE] * len(steps)


def test_patience_ends():
    assert play(*[(ASK, True)] * MOST_DATAGRAMS)[-1] == ASKED
    assert read_datagram(ASK, True) == ASKED


def test_probe():
    assert probe(ASK, b"") is probe(b"", ASK) is Likeness.YES
    assert probe(syn(up=1132, down=1132, flags=0x0201), b"") is Likeness.YES
    assert probe(b"", b"") is Likeness.MAYBE


@pytest.mark.parametrize(
    "data",
    [
        ANSWER,
        DATA,
        syn(flags=0x1800),
        syn(flags=0x1805),
        syn(flags=0x8001),
        syn(up=1233),
        syn(down=1131),
        ASK[:15],
        b"\xff\xff\xff\xffgetstatus\n",  # Quake's
        b"\xff" * 1232,
    ],
)
def test_look_alikes(data):
    assert probe(data, b"") is Likeness.NO


@given(st.lists(st.tuples(st.sampled_from([ASK, ANSWER, DATA]) | st.binary(max_size=40), st.booleans()), max_size=12))
def test_any_datagrams_only_ever_tell_an_opening(steps):
    for outcome in play(*steps):
        assert outcome in (MORE, CONFIRMED)
