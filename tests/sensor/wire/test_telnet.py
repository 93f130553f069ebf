"""Telnet and rlogin, whole, byte by byte and in every cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.records import Fingerprint
from sensor.wire.telnet import RloginReader, TelnetReader, probe, probe_rlogin
from tests.sensor.wire.dialogue import Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, records

ASK = Resp(b"\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01")
ANSWER = Orig(b"\xff\xfb\x18\xff\xfc\x20\xff\xfa\x18\x00xterm\xff\xf0")
LET_IN = [
    Resp(b"login: "),
    Orig(b"durand\r\n"),
    Resp(b"Password: "),
    Orig(b"secret\r\0"),
    Resp(b"\r\nLast login: Monday\r\n$ "),
]
RLOGIN = b"\0durand\0root\0xterm/38400\0"
SESSION = Fingerprint("telnet", established=True)


def test_a_session():
    check(TelnetReader, [ASK, ANSWER, *LET_IN, Orig(b"ls\r\n"), Resp(b"ls"), SESSION, Rest.DONE], splits=False)
    steps = [ASK, ANSWER, *LET_IN, Orig(b"ls\r\n"), Resp(b"ls")]
    assert records(TelnetReader, [type(s)(bytes([b])) for s in steps for b in s]) == [SESSION]


def test_a_log_in_refused_is_no_session():
    wrong = [
        Resp(b"login: "),
        Orig(b"durand\r"),
        Resp(b"Password: "),
        Orig(b"wrong\r"),
        Resp(b"\r\nLogin incorrect\r\nlogin: "),
    ]
    check(TelnetReader, [ASK, ANSWER, *wrong, *wrong, *wrong, OrigEnd(), RespEnd(), Fingerprint("telnet"), Rest.DONE])


def test_negotiation_that_nobody_answers():
    check(TelnetReader, [ASK, RespEnd(), Rest.DONE])
    check(TelnetReader, [ASK, ANSWER, OrigGap(3), RespGap(3), Fingerprint("telnet"), Rest.DONE])
    check(TelnetReader, [Resp(b"login: "), RespEnd(), GiveUp])


def test_rlogin():
    told = Fingerprint("rlogin", established=True)
    check(
        RloginReader,
        [Orig(RLOGIN), Resp(b"\0Password: "), Orig(b"a\rb\rc\r"), Resp(b"$ "), told, Rest.DONE],
        splits=False,
    )
    check(RloginReader, [Orig(RLOGIN), Resp(b"\0"), OrigEnd(), RespEnd(), Fingerprint("rlogin"), Rest.DONE])
    check(RloginReader, [Orig(RLOGIN), OrigEnd(), GiveUp])


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (b"", bytes(ASK), Likeness.YES),
        (bytes(ANSWER), b"", Likeness.YES),
        (b"x", bytes(ASK), Likeness.YES),
        (b"", b"\xff\xfd\x18", Likeness.MAYBE),
        (b"", b"\xff\xfd\x18login", Likeness.NO),
        (b"", b"\xff\xd8\xff\xe0", Likeness.NO),
        (b"", b"\xff\xfd\x40\xff\xfd\x40", Likeness.NO),
        (b"GET", b"", Likeness.NO),
        (b"", b"", Likeness.MAYBE),
    ],
)
def test_probe(orig, resp, likeness):
    assert probe(orig, resp) is likeness


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (RLOGIN, b"\0", Likeness.YES),
        (RLOGIN, b"", Likeness.MAYBE),
        (RLOGIN, b"\1no", Likeness.NO),
        (b"\0\0\0\x2a\x16\3", b"\0", Likeness.NO),
        (b"\0durand\0", b"", Likeness.MAYBE),
        (b"<13>Jan 1", b"", Likeness.NO),
        (b"", b"", Likeness.MAYBE),
    ],
)
def test_probe_of_rlogin(orig, resp, likeness):
    assert probe_rlogin(orig, resp) is likeness


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from([bytes(ASK), bytes(ANSWER), RLOGIN]) | st.binary(max_size=30), st.booleans()))
)
def test_no_bytes_raise_anything(steps):
    script = [Orig(data) if orig else Resp(data) for data, orig in steps]
    records(TelnetReader, script)
    records(RloginReader, script)
