"""QUIC openings: a ClientHello in one Initial, in several, out of order, after a Retry, never."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import MORE, Events, GiveUp, Likeness, Rest
from sensor.wire.quic import LISTENS, MOST_DATAGRAMS, QuicSession, probe, read_datagram
from sensor.wire.records import Quic
from tests.sensor.wire.hellos import chrome
from tests.sensor.wire.initials import crypto, initial

HELLO = chrome(b"web.whatsapp.com")
JA4 = "q13d1516h2_8daaf6152771_e5627efa2ab1"
V2, DRAFT = 0x6B3343CF, 0xFF00001D
RETRY = b"\xf0\0\0\0\1\0\x08newsrcid" + bytes(20)


def told(version="1", rest=Rest.MORE):
    record = Quic(version, server_name="web.whatsapp.com", client_alpn=("h2", "http/1.1"), ja4=JA4)
    return Events((record,), rest)


def play(*datagrams):
    session = QuicSession()
    return [session.datagram(data, True) for data in datagrams]


@pytest.mark.parametrize(("version", "name"), [(1, "1"), (V2, "2"), (DRAFT, "draft-29")])
def test_a_hello_in_one_initial(version, name):
    assert read_datagram(initial(crypto(0, HELLO), version=version), True) == told(name, Rest.DONE)


def test_googles_own_crypto_frames():
    assert read_datagram(initial(b"\x08" + crypto(0, HELLO)[1:], version=0x54303531), True) == told(
        "54303531", Rest.DONE
    )


def test_pieces_out_of_order_over_two_initials():
    cuts = [0, 3, 40, 41, 200, len(HELLO)]
    pieces = [crypto(a, HELLO[a:b]) for a, b in pairwise(cuts)]
    random.Random(4).shuffle(pieces)
    first, second = initial(b"\0\1".join(pieces[:2])), initial(b"\2\1\0\0\0" + b"".join(pieces[2:]), number=1)
    assert play(first, second) == [MORE, told()]
    assert play(first, first, second) == [MORE, MORE, told()]


def test_later_initials_go_to_the_servers_id_under_the_first_keys():
    first, second = crypto(0, HELLO[:100]), crypto(100, HELLO[100:])
    dcid = b"clients8"
    datagrams = (
        initial(first, dcid=dcid),
        initial(b"\2\0\0\0\0", dcid=b"", scid=b"server", keyed=dcid, side=b"server in"),
        initial(second, dcid=b"server", keyed=dcid, number=1),
    )
    assert play(*datagrams) == [MORE, MORE, told()]


def test_after_a_retry_the_client_begins_anew():
    first = initial(crypto(0, HELLO[:100]))
    again = initial(crypto(0, HELLO), dcid=b"newsrcid", token=b"token", number=1)
    assert play(first, RETRY, again) == [MORE, MORE, told()]


def test_what_was_on_its_way_when_a_retry_came():
    first, second = initial(crypto(0, HELLO[:100])), initial(crypto(100, HELLO[100:]), number=1)
    assert play(first, RETRY, second) == [MORE, MORE, told()]


def test_the_server_answers_each_datagram_with_a_retry():
    first, second = initial(crypto(0, HELLO[:100])), initial(b"\1", number=1)
    anew = [
        initial(crypto(at, HELLO[at:stop]), dcid=dcid, keyed=b"newsrcid", token=b"token", number=number)
        for at, stop, dcid, number in ((0, 60, b"newsrcid", 2), (60, len(HELLO), b"serverid", 3))
    ]
    assert play(first, RETRY, anew[0], second, RETRY, anew[1]) == [*[MORE] * 5, told()]


OFFER = b"\xca\0\0\0\0\x08clientid\x08serverid" + b"\x0a\x1a\x2a\x3a" + b"\0\0\0\1"


def test_after_a_version_negotiation_the_client_begins_anew():
    assert probe(b"", OFFER) is Likeness.YES
    assert play(OFFER, initial(crypto(0, HELLO))) == [MORE, told()]


@pytest.mark.parametrize(
    "data",
    [
        b"\x4a" + OFFER[1:],  # no long header
        OFFER[:4] + b"\7" + OFFER[5:],  # a version
        OFFER[:-4],  # offers nothing that is known
        OFFER + b"\0",  # not whole versions
        OFFER[:20],
    ],
)
def test_what_offers_no_version(data):
    assert probe(b"", data) is not Likeness.YES


def test_coalesced_packets_are_all_looked_at():
    ping = initial(b"\1", size=40)
    assert read_datagram(ping + initial(crypto(0, HELLO), number=1), True) == told(rest=Rest.DONE)


def test_a_handshake_packet_says_the_hello_was_missed():
    handshake = b"\xe0\0\0\0\1\0\0\x40\x14" + bytes(20)
    assert play(handshake) == [Events((Quic("1", readable=False),), Rest.DONE)]


def test_what_stays_unreadable_is_told_once():
    outcomes = play(*[initial(b"\1", keyed=b"other")] * MOST_DATAGRAMS)
    assert outcomes[:-1] == [MORE] * (MOST_DATAGRAMS - 1)
    assert outcomes[-1] == Events((Quic("1", readable=False),), Rest.DONE)


@pytest.mark.parametrize(
    "frames",
    [crypto(16_000, bytes(600)), b"".join(crypto(n * 3, b"a") for n in range(100)), b"\6\xff", b"\x1c" + HELLO],
)
def test_hostile_frames_are_bounded(frames):
    session = QuicSession()
    assert session.datagram(initial(frames), True) is MORE
    assert sum(map(len, session._pieces.values())) <= 16_384


def test_without_a_session_one_datagram_is_all():
    assert read_datagram(initial(crypto(0, HELLO[:100])), True) == Events((), Rest.DONE)


def test_what_is_no_quic():
    assert isinstance(read_datagram(b"\xc0\0\0\0\7" + bytes(40), True), GiveUp)


@pytest.mark.parametrize(
    ("data", "likeness"),
    [
        (initial(b"\1"), Likeness.YES),
        (initial(b"\1")[:-1], Likeness.NO),
        (b"\x40" + bytes(60), Likeness.NO),
        (b"\xc0\0\0\0\0\x08" + bytes(60), Likeness.NO),
        (RETRY, Likeness.NO),
        (b"\xc0\0\0\0\1\xff" + bytes(300), Likeness.NO),
        (b"", Likeness.MAYBE),
    ],
)
def test_probe(data, likeness):
    assert probe(data, b"") is likeness


@settings(deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=60), st.tuples(st.integers(0, 1199), st.integers(0, 255))), max_size=6))
def test_no_bytes_raise_anything(changes):
    session = QuicSession()
    data = bytearray(initial(crypto(0, HELLO)))
    for change in changes:
        if isinstance(change, tuple):
            data[change[0]] = change[1]
        datagram = bytes(data) if isinstance(change, tuple) else change
        probe(datagram, b"")
        session.datagram(datagram, True)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_frames_raise_anything(frames):
    QuicSession().datagram(initial(frames), True)


SERVER = b"theirs-1"
SAID = initial(b"\2" + bytes(4), dcid=b"", scid=SERVER, side=b"server in")


@pytest.mark.parametrize(
    ("datagrams", "server_id"),
    [
        ((SAID,), SERVER),
        (
            (initial(crypto(0, HELLO[:9]), number=1), RETRY, SAID),
            SERVER,
        ),  # the client goes on; a Retry's id is not kept
        ((b"\x40" + bytes(40), SAID), SERVER),
        ((bytes([SAID[0] & ~0x40]) + SAID[1:],), SERVER),  # a bit that both sides may throw (RFC 9287)
        ((initial(b"\2" + bytes(4), dcid=b"another", scid=SERVER),), b""),
        ((b"\x40" + bytes(40),) * LISTENS, b""),
        ((b"\xc0\0\0\0\1\xff",) * LISTENS, b""),
    ],
)
def test_after_the_hello_the_server_is_listened_to_for_its_id(datagrams, server_id):
    session = QuicSession()
    assert session.datagram(initial(crypto(0, HELLO)), True) == told()
    said = [session.datagram(data, False) for data in datagrams]
    assert session.server_id == server_id
    assert (said[-1] == Events((), Rest.DONE)) == (server_id == SERVER or len(datagrams) == LISTENS)
    assert said[:-1] == [MORE] * (len(datagrams) - 1)
