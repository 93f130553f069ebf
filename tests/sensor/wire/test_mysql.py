"""MySQL's opening: the greeting, and whether TLS begins behind it. User, proof and database never come out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.mysql import FIRST_BYTES, HELD, LARGEST, REQUEST, SSL, MysqlReader, probe
from sensor.wire.records_dialogues import Mysql
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, Resp, RespEnd, RespGap, check, play

HELLO = b"\x16\x03\1\2\0"


def packet(number, payload):
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload


def greeting(version=b"11.4.2-MariaDB"):
    return packet(
        0, b"\x0a" + version + b"\0" + bytes(range(1, 13)) + b"\0\xff\xf7\x2d\2\0\xff\x81\x15" + bytes(10) + b"nonce\0"
    )


def asks(abilities, *more):
    return packet(1, abilities.to_bytes(4, "little") + b"\0\0\0\1\x2d" + bytes(23) + b"".join(more))


GREETING = greeting()
ASKS = asks(0x0200 | SSL)
CLEAR = asks(0x0200, b"canary\0\x14secretproof\0")
TLS, NONE = Mysql("established", "11.4.2-MariaDB"), Mysql("none", "11.4.2-MariaDB")


@pytest.mark.parametrize(
    "script",
    [
        [Resp(GREETING), Orig(ASKS), TLS, Handover(HELLO, b"\x16"), Orig(HELLO), Resp(b"\x16")],
        [Resp(GREETING), Orig(CLEAR), NONE, Rest.DONE],
        [Resp(GREETING), Orig(asks(0x0200)), NONE, Rest.DONE],
        [Resp(GREETING), Orig(asks(SSL, b"canary\0")), NONE, Rest.DONE],
        [Resp(GREETING), OrigEnd(), RespEnd(), NONE, Rest.DONE],
        [Resp(GREETING), RespGap(9), NONE, Rest.DONE],
        [Resp(GREETING[:30]), RespGap(9), GiveUp],
        [Resp(GREETING[:30]), RespEnd(), GiveUp],
    ],
)
def test_dialogue(script):
    check(MysqlReader, script)


def test_a_client_that_never_ends_its_packet_is_not_held():
    steps = [Resp(GREETING), Orig(b"\xff\xff\xff\1"), Orig(bytes(HELD + 1))]
    assert [what for _, what in play(MysqlReader(), steps)] == [NONE, Rest.DONE]


YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


@pytest.mark.parametrize(
    ("orig", "resp", "expected"),
    [
        (b"", GREETING, YES),
        (b"", greeting(b"8.0.36-0ubuntu0.22.04.1"), YES),
        (b"", GREETING[:4], MAYBE),
        (b"", GREETING[:5], MAYBE),
        (b"", GREETING[:9], MAYBE),
        (b"", greeting(b"x.1"), NO),
        (b"", greeting(b"8"), NO),
        (b"", greeting(b"8.0 \xff"), NO),
        (b"", greeting(b"8." + b"0" * FIRST_BYTES), NO),
        (b"", packet(0, b"\x0a8.0\0" + bytes(LARGEST)), NO),
        (b"", packet(1, GREETING[4:]), NO),
        (b"", packet(0, b"\xff" + GREETING[5:]), NO),
        (ASKS, b"", MAYBE),
        (b"GET / HTTP/1.1\r\n", b"", NO),
        (HELLO, b"", NO),
    ],
)
def test_probe(orig, resp, expected):
    assert probe(orig, resp) is expected


def test_a_request_is_as_long_as_the_protocol_says():
    assert len(ASKS) == 4 + REQUEST


PIECES = st.sampled_from([GREETING, ASKS, CLEAR, HELLO, GREETING[:7], ASKS[:9]]) | st.binary(max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.builds(Orig, PIECES) | st.builds(Resp, PIECES), max_size=12))
def test_anything_may_be_said(steps):
    told = list(play(MysqlReader(), [*steps, OrigEnd(), RespEnd()]))
    assert "canary" not in repr([what for _, what in told if isinstance(what, Mysql)])
