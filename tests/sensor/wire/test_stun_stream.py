"""STUN on a stream: messages one behind the other, framed or not, until something else begins."""

import pytest

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.records import Stun
from sensor.wire.stun_stream import StunReader, probe
from tests.sensor.wire.dialogue import Orig, OrigEnd, Resp, check
from tests.sensor.wire.test_stun import attribute, message

ALLOCATE = message(0x0003, attribute(0x0019, b"\x11\0\0\0"))
REFUSED = message(0x0113, attribute(0x0014, b"signal.org"))


def framed(data):
    return len(data).to_bytes(2, "big") + data


@pytest.mark.parametrize("wrap", [bytes, framed])
def test_who_relays_a_call(wrap):
    check(
        StunReader,
        [
            Orig(wrap(ALLOCATE)),
            Stun("allocate"),
            Resp(wrap(REFUSED)),
            Stun("allocate", realm="signal.org", app="signal"),
            Rest.DONE,
        ],
    )
    assert probe(wrap(ALLOCATE), b"") is Likeness.YES


def test_channel_data_ends_it():
    check(StunReader, [Orig(ALLOCATE), Stun("allocate"), Orig(b"\x40\0\0\x20" + bytes(32)), Rest.DONE])


def test_what_ends_too_early():
    check(StunReader, [Orig(ALLOCATE[:19]), OrigEnd(), GiveUp])


@pytest.mark.parametrize(
    "data",
    [
        ALLOCATE[:4] + b"\x21\x12\xa4\x43" + ALLOCATE[8:],
        b"\0\x1d" + ALLOCATE,  # a length that is another
        b"\x80" + ALLOCATE[1:],
        b"\x16\3\1\0\xc8\1\0\0\xc4\3\3" + bytes(40),
        b"GET / HTTP/1.1\r\n",
    ],
)
def test_look_alikes(data):
    assert probe(data, b"") is Likeness.NO


def test_too_little_to_tell():
    assert probe(b"\0\3\0\x08", b"") is Likeness.MAYBE
