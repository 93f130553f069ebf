"""STUN and TURN: what messages say of who made them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import MORE, Events, GiveUp, Likeness, ParseError, Rest
from sensor.wire.records import Stun
from sensor.wire.records_calls import Rtp
from sensor.wire.rtp import MOST_DATAGRAMS
from sensor.wire.stun import StunSession, method_name, probe, read, read_datagram
from tests.sensor.wire.test_rtp import call


def attribute(kind, value):
    return kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value + bytes(-len(value) % 4)


def message(kind, *attributes):
    body = b"".join(attributes)
    return kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12) + body


def old(kind, *attributes):
    """As before the cookie came (RFC 3489)."""
    body = b"".join(attributes)
    return kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + bytes(range(16)) + body


def multiplexed(data):
    """As it is passed on by Microsoft's relays (MS-TURN 2.2.3)."""
    return b"\xff\x10" + (len(data) + 8).to_bytes(2, "big") + bytes(range(8)) + data


USER = attribute(6, b"durand:x")


@pytest.mark.parametrize(
    ("data", "record"),
    [
        (message(0x0001), Stun("binding")),
        (message(0x0101, USER), Stun("binding")),
        (message(0x0113, attribute(0x8022, b"Coturn-4.6"), attribute(0x14, b"example.org")),
         Stun("allocate", "Coturn-4.6", "example.org")),
        (message(0x0003, attribute(0x4000, b"x" * 102)), Stun("allocate", app="whatsapp")),
        (message(0x0800), Stun("0800", app="whatsapp")),
        (message(0x0113, attribute(0x14, b"turn.signal.org\0")), Stun("allocate", realm="turn.signal.org", app="signal")),
        (message(0x0113, attribute(0x14, b"facebook")), Stun("allocate", realm="facebook", app="messenger")),
        (message(0x0113, attribute(0x14, b"turner.facebook")), Stun("allocate", realm="turner.facebook", app="messenger")),
        (message(0x0113, attribute(0x14, b"turn.viber.com")), Stun("allocate", realm="turn.viber.com", app="viber")),
        (message(0x0804, attribute(0x4003, b"x")), Stun("0804", app="whatsapp")),
        (message(0x0805), Stun("0805", app="whatsapp")),
        (message(0x0001, attribute(0x8055, b"\0\1\0\2")), Stun("binding", app="teams-work")),
        (multiplexed(message(0x0001, USER)), Stun("binding", app="teams-work")),
        (message(0x0113, attribute(0x14, b"facebook.example.org")), Stun("allocate", realm="facebook.example.org")),
        (message(0x0113, attribute(0x14, b"notsignal.org")), Stun("allocate", realm="notsignal.org")),
        (message(0x0113, attribute(0x14, b"telegram.example.org")), Stun("allocate", realm="telegram.example.org")),
        (message(0x0001, attribute(0x4005, b"")), Stun("binding")),
        (message(0x0803), Stun("0803")),
        (message(0x0001, attribute(0xFF04, b"")), Stun("binding")),
        (message(0x0001, attribute(0xFF03, b"")), Stun("binding", app="google-chat")),
        (message(0x0113, attribute(0x14, b"google.com")), Stun("allocate", realm="google.com", app="google-chat")),
        (message(0x0001, attribute(0x0103, b"\0\0\0\1")), Stun("binding", app="zoom")),
        (message(0x0001, attribute(0x24DF, b"")), Stun("binding", app="skype")),
        (message(0x0001, attribute(0x8054, b"1\0\0\0")), Stun("binding", app="teams-work")),
        (message(0x0001, attribute(0x8054, b"1\0\0\1")), Stun("binding")),
        (message(0x0001, attribute(0x8070, b"\0\0\0\2")), Stun("binding", app="teams-work")),
        (message(0x0001, attribute(0x8070, b"\0\0\0\4")), Stun("binding")),
        (old(0x0001), Stun("binding")),
        (old(0x0101, attribute(1, b"\0\1\x1f\x90\xc0\0\2\1"), attribute(0x8020, bytes(8))), Stun("binding")),
    ],
)  # fmt: skip
def test_read(data, record):
    assert read(data) == record
    assert read_datagram(data, True) == Events((record,), Rest.DONE)
    assert probe(data, b"") is probe(b"", data) is Likeness.YES


@pytest.mark.parametrize(("kind", "name"), [(0x0016, "send"), (0x0118, "create-permission"), (0x0FFF, "0fff")])
def test_methods(kind, name):
    assert method_name(kind) == name


@pytest.mark.parametrize(
    "data",
    [
        b"",
        message(1)[:19],
        message(1) + b"x",
        message(0x8001),
        message(1).replace(b"\x21\x12", b"\x21\x13"),
        multiplexed(message(1)) + b"x",
        multiplexed(b"\x80\x60" + bytes(40)),
        b"\xff\x10\0",
        old(0x0004),
        old(0x0001, attribute(0x4000, b"x")),  # WhatsApp came with the cookie
        old(0x0001, attribute(0x0001, bytes(8))[:-4]),
        b"\0\1\0\0" + bytes(16),  # before RFC 5389: nothing tells it from others
    ],
)
def test_look_alikes(data):
    assert probe(data, b"") is not Likeness.YES
    assert isinstance(read_datagram(data, True), GiveUp)


def test_an_attribute_beyond_the_end():
    with pytest.raises(ParseError):
        read(message(1, b"\x80\x22\0\x09abcd"))


def test_a_flow_is_told_once_and_again_when_more_is_known():
    session = StunSession()
    ask, media, answer = message(3), b"\x80" + bytes(40), message(0x0113, attribute(0x14, b"viber"))
    assert session.datagram(ask, True) == Events((Stun("allocate"),))
    assert session.datagram(ask, True) is MORE
    assert session.datagram(media, True) is MORE
    told = Stun("allocate", realm="viber", app="viber")
    assert session.datagram(answer, False) == Events((told,), Rest.DONE)


def test_the_dtls_of_a_call_that_names_its_maker():
    session = StunSession()
    assert session.datagram(message(1), True) == Events((Stun("binding"),))
    assert session.datagram(b"\x16\xfe\xfd" + bytes(40), True) is MORE
    shown = b"\x16\xfe\xfd" + bytes(40) + b"Snapchat Inc." + bytes(8)
    assert session.datagram(shown, True) == Events((Stun("binding", app="snapchat"),), Rest.DONE)


def test_media_behind_the_messages():
    session = StunSession()
    session.datagram(message(1), True)
    outcomes = [session.datagram(data, from_orig) for data, from_orig in call()]
    assert outcomes[-1] == Events((Rtp(111, 0),), Rest.DONE)


@pytest.mark.parametrize("data", [message(1), b"\x80" + bytes(40)])
def test_patience_ends(data):
    session = StunSession()
    outcomes = [session.datagram(data, True) for _ in range(MOST_DATAGRAMS)]
    assert outcomes[-1] == Events((), Rest.DONE)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything(data):
    session = StunSession()
    session.datagram(data, True)
    session.datagram(message(1, data[: len(data) // 4 * 4]), False)
    read_datagram(data, False)
