"""SOCKS dialogues, whole, byte by byte and in every cut. User and password never come out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, ParseError, Rest
from sensor.wire.records import Socks
from sensor.wire.socks import SocksReader, probe
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, check

HELLO, CHOSEN = b"\5\1\0", b"\5\0"
NAME = b"\5\1\0\3\x0bRDP.example\x0d\x3d"
GRANTED = b"\5\0\0\1\xc0\0\2\1\x04\x38"


@pytest.mark.parametrize(
    ("address", "host"),
    [(b"\3\x0bRDP.example", "rdp.example"), (b"\1\xc0\0\2\7", "192.0.2.7"), (b"\4" + bytes(15) + b"\1", "::1")],
)
def test_another_protocol_begins_behind_a_connect(address, host):
    check(
        SocksReader,
        [
            Orig(HELLO),
            Resp(CHOSEN),
            Orig(b"\5\1\0" + address + b"\x0d\x3d"),
            Resp(GRANTED + b"banner"),
            Socks(5, host, 3389, granted=True),
            Handover(b"\3\0", b"banner"),
            Orig(b"\3\0"),
        ],
    )


def test_a_password_is_skipped():
    check(
        SocksReader,
        [
            Orig(b"\5\2\0\2"),
            Resp(b"\5\2"),
            Orig(b"\1\6durand\6secret"),
            Resp(b"\1\0"),
            Orig(NAME),
            Resp(GRANTED),
            Socks(5, "rdp.example", 3389, granted=True),
            Handover(),
        ],
    )


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ([Orig(HELLO), Resp(b"\5\xff")], Socks(5)),
        ([Orig(b"\5\1\2"), Resp(b"\5\2"), Orig(b"\1\1a\1b"), Resp(b"\1\1")], Socks(5)),
        (
            [Orig(HELLO), Resp(CHOSEN), Orig(NAME), Resp(b"\5\5\0\1" + bytes(6))],
            Socks(5, "rdp.example", 3389, granted=False),
        ),
        ([Orig(HELLO), Resp(CHOSEN), Orig(NAME), OrigEnd(), RespEnd()], Socks(5, "rdp.example", 3389)),
        ([Orig(HELLO), Resp(CHOSEN), OrigGap(4)], Socks(5)),
        (
            [Orig(b"\5\1\0"), Resp(CHOSEN), Orig(b"\5\3\0\1" + bytes(6)), Resp(GRANTED)],
            Socks(5, "0.0.0.0", 0, granted=True),
        ),
    ],
)
def test_what_ends_there(script, told):
    check(SocksReader, [*script, told, Rest.DONE])


@pytest.mark.parametrize(
    ("request_", "host"),
    [(b"\4\1\0\x50\xc0\0\2\7durand\0", "192.0.2.7"), (b"\4\1\0\x50\0\0\0\1durand\0WWW.example\0", "www.example")],
)
def test_socks4(request_, host):
    check(SocksReader, [Orig(request_), Resp(b"\0\x5a" + bytes(6)), Socks(4, host, 80, granted=True), Handover()])
    check(SocksReader, [Orig(request_), Resp(b"\0\x5b" + bytes(6)), Socks(4, host, 80, granted=False), Rest.DONE])


@pytest.mark.parametrize(
    "script",
    [[Orig(b"GET /")], [Orig(HELLO), Resp(b"HT")], [Orig(HELLO), Resp(CHOSEN), Orig(b"\5\1\0\7")], [OrigEnd()]],
)
def test_what_is_no_socks(script):
    check(SocksReader, [*script, GiveUp])


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (HELLO, CHOSEN, Likeness.YES),
        (HELLO + NAME, CHOSEN, Likeness.YES),
        (HELLO, b"", Likeness.MAYBE),
        (b"\5", b"", Likeness.MAYBE),
        (HELLO, b"\5\2", Likeness.NO),
        (HELLO, b"OK", Likeness.NO),
        (b"\5\0", b"", Likeness.NO),
        (b"\4\1\0\x50\xc0\0\2\7\0", b"\0\x5a" + bytes(6), Likeness.YES),
        (b"\4\7", b"", Likeness.NO),
        (b"\4\1\0\x50\xc0\0\2\7\0", b"\0\x11" + bytes(6), Likeness.NO),
        (b"GET /", b"", Likeness.NO),
        (b"", b"220 x", Likeness.NO),
    ],
)
def test_probe(orig, resp, likeness):
    assert probe(orig, resp) is likeness


PIECES = st.one_of(st.sampled_from([HELLO, CHOSEN, NAME, GRANTED, b"\5\2\0\2", b"\1\1a\1b"]), st.binary(max_size=20))


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), PIECES), max_size=10))
def test_no_bytes_raise_anything_else(steps):
    reader = SocksReader()
    for from_orig, data in steps:
        probe(data, data[1:])
        try:
            reader.data(data, from_orig=from_orig)
        except ParseError:
            reader = SocksReader()
    reader.end(from_orig=True)
    reader.end(from_orig=False)
