"""PostgreSQL's opening: what is asked, what is answered, where TLS begins. User and database never come out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.postgresql import ASK_GSS, ASK_TLS, HELD, PostgresqlReader, probe
from sensor.wire.records_dialogues import Postgresql
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, check, play

START = b"\0\0\0\x24\0\3\0\0user\0canary\0database\0canary\0\0"
HELLO = b"\x16\x03\1\2\0"
CLEAR, REFUSED, TLS = Postgresql(), Postgresql("refused"), Postgresql("established")


@pytest.mark.parametrize(
    "script",
    [
        [Orig(ASK_TLS), Resp(b"S"), TLS, Handover(HELLO, b"\x16"), Orig(HELLO), Resp(b"\x16")],
        [Orig(ASK_GSS), Resp(b"N"), Orig(ASK_TLS), Resp(b"S"), TLS, Handover(HELLO), Orig(HELLO)],
        [Orig(ASK_TLS), Resp(b"N"), Orig(START), REFUSED, Rest.DONE],
        [Orig(ASK_TLS), Resp(b"N"), OrigEnd(), RespEnd(), REFUSED, Rest.DONE],
        [Orig(ASK_TLS), Resp(b"E"), REFUSED, Rest.DONE],
        [Orig(ASK_GSS), Resp(b"G"), CLEAR, Rest.DONE],
        [Orig(START[:8]), CLEAR, Rest.DONE],
        [Orig(ASK_TLS), OrigGap(3), CLEAR, Rest.DONE],
        [Orig(ASK_TLS), OrigEnd(), CLEAR, Rest.DONE],
        [Orig(ASK_TLS[:7]), OrigEnd(), GiveUp],
    ],
)
def test_dialogue(script):
    check(PostgresqlReader, script)


def test_of_a_client_alone_its_hello_tells():
    check(PostgresqlReader, [Orig(ASK_TLS + HELLO[:2]), TLS, Handover(HELLO), Orig(HELLO[2:])], splits=False)


def test_what_nobody_answers_is_not_held():
    assert [what for _, what in play(PostgresqlReader(), [Orig(ASK_TLS), Orig(bytes(HELD + 1))])] == [CLEAR, Rest.DONE]


YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


@pytest.mark.parametrize(
    ("orig", "resp", "expected"),
    [
        (ASK_TLS, b"", YES),
        (ASK_GSS, b"N", YES),
        (ASK_TLS[:7], b"", MAYBE),
        (b"", b"S", MAYBE),
        (b"", b"SSH-2.0", NO),
        (START, b"", YES),
        (START[:10], b"", MAYBE),
        (START[:8], b"", MAYBE),
        (START[:8] + b"database\0", b"", NO),
        (b"\0\0\0\x08\4\xd2\x16\x2e", b"", NO),
        (b"\0\0\0\x10" + START[4:], b"", YES),
        (b"\0\0\0\x08" + START[4:], b"", NO),
        (b"\1" + START[1:], b"", NO),
        (b"\0\0\0\x24\0\2\0\0user\0", b"", NO),
        (b"GET / HTTP/1.1\r\n", b"", NO),
    ],
)
def test_probe(orig, resp, expected):
    assert probe(orig, resp) is expected


PIECES = st.sampled_from([ASK_TLS, ASK_GSS, START, HELLO, b"S", b"N", b"E", b"\0"]) | st.binary(max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.builds(Orig, PIECES) | st.builds(Resp, PIECES), max_size=12))
def test_anything_may_be_said(steps):
    told = list(play(PostgresqlReader(), [*steps, OrigEnd(), RespEnd()]))
    assert "canary" not in repr([what for _, what in told if isinstance(what, Postgresql)])
