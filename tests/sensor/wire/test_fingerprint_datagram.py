"""Datagrams that are a program's own, and their look-alikes."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import MORE, Events, GiveUp, Likeness, Rest
from sensor.wire.fingerprint_datagram import MOST_DATAGRAMS, FingerprintSession, probe, read_datagram
from sensor.wire.records import Fingerprint

TAG = bytes(range(16))
QUERY = bytes(range(8))
CLOCK = b"\x5a\x9a\2\0\0\0\0\0"
CALL = TAG + b"\xff" * 12
QQ_FILE = b"\x28\0\0\0\4\0\0\0\3\x0a\2ababc\x29"
MEETING = b"\x1f\2\1" + bytes(21) + b"\0\0\0\x0810.0.0.1" + b"\0\0\0\x10" + bytes(16) + bytes(4)
DISCO = b"TS\xf0\x9f\x92\xac" + bytes(range(32)) + bytes(24 + 44)
ZEROTIER = (
    bytes(8) + b"world" + b"\1\2\3\4\5" + b"\0" + bytes(8) + b"\1\x0b\1\x0e\0\0" + bytes(8) + b"\1\2\3\4\5" + bytes(80)
)


def told(*datagrams):
    """What a session says of (from_orig, data)."""
    session, records = FingerprintSession(), []
    for from_orig, data in datagrams:
        outcome = session.datagram(data, from_orig)
        if isinstance(outcome, Events):
            return [*records, *outcome.records]
    return records


SIGNS_OF_ONE = [
    ("teamviewer", bytes(11) + b"\x17\x24\0"),
    ("discord", b"\x13\x37\xca\xfe\xa9\1\0\0"),
    ("teamspeak", b"TS3INIT1\0\x65\0\0\x88" + bytes(21)),
    ("teamspeak", b"\xf4\xbe\3\0" + bytes(176)),
    ("teamspeak", b"\xf4\xbe\4\0" + bytes(432)),
    ("telegram", CALL + b"\xfe\xff\xff\xff" + QUERY),
    ("telegram", CALL + b"\xc7\x72\x15\xc0" + QUERY + bytes(24)),
    ("telegram", CALL + b"\x1c\x37\xd9\x27" + QUERY + bytes(24)),
    ("imo", b"\x09\2" + CLOCK),
    ("imo", b"\x09\3" + CLOCK),
    ("imo", b"\0\x09\3" + CLOCK),
    ("line", b"\xb6\x07\0\4" + bytes(4)),
    ("line", b"\xb6\x09\0\x0c" + bytes(12)),
    ("line", b"\xb6\x18\0\x6a" + bytes(106)),
    ("line", b"\xb6\x13\0\6" + bytes(31)),
    ("line", b"\xb6\x13\0\6" + bytes(42)),
    ("line", b"\xb6\x14\0\x27" + bytes(39)),
    ("qq", QQ_FILE),
    ("zoom", MEETING),
    ("tailscale", DISCO),
    ("zerotier", ZEROTIER),
]


@pytest.mark.parametrize(("app", "data"), SIGNS_OF_ONE)
def test_signs(app, data):
    assert read_datagram(data, True) == Events((Fingerprint(app),), Rest.DONE)
    assert probe(data, b"") is probe(b"", data) is Likeness.YES


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1" + bytes(10) + b"\x17\x24\0",
        bytes(11) + b"\x17\x24",  # nothing behind it
        b"\0\1\0\x46" + bytes(70),  # Discord's look for its address, which other makers' programs send too
        b"\x13\x37\xca\xfe\xa9\1\0\0\0",
        b"TS3INIT2\0\x65" + bytes(21),
        b"\xf4\xbe\3\0" + bytes(20),
        TAG + b"\xff" * 11 + b"\0\xfe\xff\xff\xff" + QUERY,
        CALL + b"\xfe\xff\xff\xff" + QUERY + b"x",
        CALL + b"\xff\xff\xff\xff" + QUERY,
        b"\xff" * 40,
        b"\x09\4" + CLOCK,
        b"\x09\2" + CLOCK[:7] + b"\1",
        b"\x09\2" + CLOCK + b"\0",
        b"\xb6\x07\0\5" + bytes(4),
        b"\xb6\x08\0\4" + bytes(4),
        b"\xb6\x13\0\6" + bytes(41),
        QQ_FILE[:-1] + b"x",
        QQ_FILE + b"\x29",
        MEETING[:-1] + b"\1",
        MEETING + bytes(4),
        DISCO[:70],
        ZEROTIER[:27] + b"\2" + ZEROTIER[28:],
        ZEROTIER[:18] + b"\x08" + ZEROTIER[19:],  # with a cipher
        ZEROTIER[:41] + b"other" + ZEROTIER[46:],
        b"\0\1\0\2\0\1\0",  # XDMCP: only asked who there is
        b"\0\1\0\x08\x21\x12\xa4\x42" + bytes(20),  # STUN
        b"\0\1pxelinux.0\0octet\0",  # TFTP
    ],
)
def test_look_alikes(data):
    assert isinstance(read_datagram(data, True), GiveUp)
    assert told((True, data)) == []


def test_random_datagrams_show_none():
    chance = random.Random(7)  # the same each time: what one run finds the next must find too
    for _ in range(3_000):
        assert told(*((index % 2 == 0, chance.randbytes(chance.randrange(80))) for index in range(16))) == []


def test_it_gives_up_after_some_datagrams():
    session = FingerprintSession()
    assert [session.datagram(b"x", True) for _ in range(MOST_DATAGRAMS - 1)] == [MORE] * (MOST_DATAGRAMS - 1)
    assert isinstance(session.datagram(b"x", True), GiveUp)


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=60)), max_size=6))
def test_no_bytes_raise_anything(datagrams):
    for _, data in datagrams:
        probe(data, b"")
        read_datagram(data, True)
    told(*datagrams)
