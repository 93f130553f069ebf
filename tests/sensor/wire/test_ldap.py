"""LDAP's opening: whether StartTLS is asked for and granted. Names and passwords of a bind never come out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.ldap import LARGEST, MESSAGES, START_TLS, LdapReader, probe
from sensor.wire.records_dialogues import Ldap
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, check, play


def part(tag, *content, long=False):
    inside = b"".join(content)
    size = bytes([0x84]) + len(inside).to_bytes(4, "big") if long or len(inside) > 127 else bytes([len(inside)])
    return bytes([tag]) + size + inside


def message(number, tag, *content, long=False):
    return part(0x30, part(2, bytes([number])), part(tag, *content, long=long), long=long)


HELLO = b"\x16\x03\1\2\0"
ASKS = message(1, 0x77, part(0x80, START_TLS))
GRANTED = message(1, 0x78, part(0x0A, b"\0"), part(4), part(4), part(0x8A, START_TLS))
REFUSAL = message(1, 0x78, part(0x0A, b"\x34"), part(4), part(4))
BIND = message(1, 0x60, part(2, b"\3"), part(4, b"cn=canary"), part(0x80, b"canarysecret"))
SEARCH = message(3, 0x63, part(4), part(0x0A, b"\0"))
FOUND = message(3, 0x64, part(4), part(0x30, b"x" * 300), long=True)
TLS, REFUSED, CLEAR = Ldap("established"), Ldap("refused"), Ldap()


@pytest.mark.parametrize(
    "script",
    [
        [Orig(ASKS), Resp(GRANTED), TLS, Handover(HELLO, b"\x16"), Orig(HELLO), Resp(b"\x16")],
        [Orig(message(1, 0x77, part(0x80, START_TLS), long=True)), Resp(GRANTED), TLS, Handover()],
        [Orig(SEARCH), Resp(FOUND), Orig(ASKS), Resp(GRANTED), TLS, Handover(HELLO), Orig(HELLO)],
        [Orig(ASKS), Resp(REFUSAL), REFUSED, Rest.DONE],
        [Orig(BIND), CLEAR, Rest.DONE],
        [Orig(SEARCH), Orig(message(4, 0x42)), CLEAR, Rest.DONE],
        [*[Orig(SEARCH)] * MESSAGES, CLEAR, Rest.DONE],
        [
            Orig(message(1, 0x77, part(0x80, b"1.3.6.1.4.1.4203.1.11.3"))),
            Resp(GRANTED),
            OrigEnd(),
            RespEnd(),
            CLEAR,
            Rest.DONE,
        ],
        [Orig(ASKS), Resp(message(2, 0x78, part(0x0A, b"\0"))), OrigEnd(), RespEnd(), CLEAR, Rest.DONE],
        [Orig(ASKS), OrigGap(5), CLEAR, Rest.DONE],
        [Orig(ASKS[:9]), OrigEnd(), GiveUp],
        [Orig(b"\x31"), GiveUp],
        [Orig(b"\x30\x80"), GiveUp],
        [Orig(b"\x30\x84\x7f\0\0\0"), GiveUp],
        [Orig(part(0x30, part(4, b"x"))), GiveUp],
    ],
)
def test_dialogue(script):
    check(LdapReader, script)


def test_of_a_client_alone_its_hello_tells():
    check(LdapReader, [Orig(ASKS + HELLO[:2]), TLS, Handover(HELLO), Orig(HELLO[2:])], splits=False)


def test_what_nobody_answers_is_not_held():
    assert [what for _, what in play(LdapReader(), [Orig(ASKS), Orig(bytes(LARGEST + 1))])] == [CLEAR, Rest.DONE]


YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


@pytest.mark.parametrize(
    ("orig", "resp", "expected"),
    [
        (ASKS, b"", YES),
        (BIND, GRANTED, YES),
        (SEARCH, b"", YES),
        (message(1, 0x63, part(4), b"x" * 300, long=True), b"", YES),
        (ASKS[:6], b"", MAYBE),
        (b"", GRANTED, MAYBE),
        (b"", b"220 mail", NO),
        (message(1, 0x42), b"", NO),
        (message(1, 0x60, part(4, b"\3")), b"", NO),
        (b"\x30\x80\2\1\1\x77\2\x80\0" + bytes(32), b"", NO),
        (b"\x30\x29\2\1\0\4\6public" + bytes(32), b"", NO),  # SNMP
        (part(0x30, part(2, bytes(5)), part(0x60, part(2, b"\3"))), b"", NO),
        (HELLO, b"", NO),
    ],
)
def test_probe(orig, resp, expected):
    assert probe(orig, resp) is expected


PIECES = st.sampled_from([ASKS, GRANTED, REFUSAL, BIND, SEARCH, FOUND, HELLO, ASKS[:7]]) | st.binary(max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.builds(Orig, PIECES) | st.builds(Resp, PIECES), max_size=12))
def test_anything_may_be_said(steps):
    told = list(play(LdapReader(), [*steps, OrigEnd(), RespEnd()]))
    assert "canary" not in repr([what for _, what in told if isinstance(what, Ldap)])
