"""VNC openings, whole, byte by byte and in every cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, ParseError, Rest
from sensor.wire.records import Rfb
from sensor.wire.rfb import RfbReader, probe
from tests.sensor.wire.dialogue import Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, feed

V38, V37, V33 = b"RFB 003.008\n", b"RFB 003.007\n", b"RFB 003.003\n"
CHALLENGE, RESPONSE = bytes(range(16)), bytes(range(16, 32))
GRANTED, REFUSED = bytes(4), b"\0\0\0\1"


def rfb(server="003.008", client="003.008", kind=None, **more):
    return Rfb(client, server, kind, **more)


@pytest.mark.parametrize(
    ("result", "rest"),
    [
        (GRANTED, [Orig(b"\1"), rfb(kind=2, authenticated=True, share_flag_seen=True), Rest.DONE]),
        (REFUSED, [rfb(kind=2, authenticated=False), Rest.DONE]),
    ],
)
def test_with_a_password(result, rest):
    check(
        RfbReader,
        [
            Resp(V38),
            Orig(V38),
            Resp(b"\x02\x02\x10"),
            Orig(b"\x02"),
            Resp(CHALLENGE),
            Orig(RESPONSE),
            Resp(result),
            *rest,
        ],
    )


def test_without_a_password():
    told = rfb(kind=1, authenticated=True, share_flag_seen=True)
    check(RfbReader, [Resp(V38), Orig(V38), Resp(b"\1\1"), Orig(b"\1"), Resp(GRANTED), Orig(b"\0"), told, Rest.DONE])
    told = rfb("003.008", "003.007", 1, share_flag_seen=True)
    check(RfbReader, [Resp(V38), Orig(V37), Resp(b"\1\1"), Orig(b"\1\0"), told, Rest.DONE])


def test_version_33():
    told = rfb("003.003", "003.003", 2, authenticated=True, share_flag_seen=True)
    word = b"\0\0\0\2"
    check(
        RfbReader,
        [Resp(V33), Orig(V33), Resp(word + CHALLENGE), Orig(RESPONSE), Resp(GRANTED), Orig(b"\1"), told, Rest.DONE],
    )
    told = rfb("003.889", "003.003", 1, share_flag_seen=True)
    check(RfbReader, [Resp(b"RFB 003.889\n"), Orig(V33), Resp(b"\0\0\0\1"), Orig(b"\1"), told, Rest.DONE])


@pytest.mark.parametrize(("version", "refusal"), [(V38, b"\0\0\0\0\4busy"), (V33, b"\0\0\0\0\0\0\0\4busy")])
def test_a_server_that_refuses(version, refusal):
    name = version[4:11].decode()
    check(RfbReader, [Resp(version), Orig(version), Resp(refusal), rfb(name, name), Rest.DONE])


@pytest.mark.parametrize("kind", [5, 16, 19, 30])
def test_other_ways_of_security_end_the_reading(kind):
    script = [
        Resp(b"RFB 005.000\n"),
        Orig(V38),
        Resp(bytes([2, 2, kind])),
        Orig(bytes([kind])),
        rfb("005.000", kind=kind),
        Rest.DONE,
    ]
    check(RfbReader, script)


def test_a_repeater_stands_before_the_server():
    told = rfb(kind=1, authenticated=True, share_flag_seen=True)
    identity = b"ID:1234".ljust(250, b"\0")
    check(
        RfbReader,
        [
            Resp(b"RFB 000.000\n"),
            Orig(identity),
            Resp(V38),
            Orig(V38),
            Resp(b"\1\1"),
            Orig(b"\1"),
            Resp(GRANTED),
            Orig(b"\1"),
            told,
            Rest.DONE,
        ],
    )


def test_the_server_alone():
    told = rfb(client=None, kind=2, authenticated=True)
    check(RfbReader, [Resp(V38), Resp(b"\1\2"), Resp(CHALLENGE), Resp(GRANTED), RespEnd(), told, Rest.DONE])
    check(RfbReader, [Resp(V38), RespEnd(), rfb(client=None), Rest.DONE])


def test_the_client_alone():
    told = rfb(server=None, kind=2, share_flag_seen=True)
    check(RfbReader, [Orig(V38), Orig(b"\2"), Orig(RESPONSE), Orig(b"\1"), OrigEnd(), told, Rest.DONE])
    check(RfbReader, [Orig(V38 + b"\2" + RESPONSE + b"\1" + bytes(64)), told, Rest.DONE], splits=False)


def test_the_side_that_speaks_first_is_the_server():
    told = rfb("003.008", "003.007", 1, share_flag_seen=True)
    check(RfbReader, [Orig(V38), Resp(V37), Orig(b"\1\1"), Resp(b"\1\0"), told, Rest.DONE])


def test_a_lost_side_does_not_lose_the_other():
    told = rfb(kind=2, share_flag_seen=True)
    check(RfbReader, [Resp(V38), Orig(V38), RespGap(99), Orig(b"\2" + RESPONSE + b"\1"), told, Rest.DONE])
    check(RfbReader, [Resp(V38), Orig(V38), OrigGap(1), RespGap(1), rfb(), Rest.DONE])


def test_a_session_that_runs_on_is_bounded():
    check(RfbReader, [Resp(V33), Resp(bytes(3)), Resp(b"\7" * 5_000), rfb("003.003", None, 7), Rest.DONE], splits=False)
    flood = [Resp(b"\xff" + bytes(3_000)), Resp(bytes(3_000)), Resp(bytes(3_000))]
    check(RfbReader, [Resp(V38), Orig(V38), *flood, rfb(), Rest.DONE], splits=False)


def test_garbage_from_one_side_does_not_lose_the_other():
    check(RfbReader, [Resp(V38), Orig(b"GET / HTTP/1.1\r\n"), rfb(client=None), Rest.DONE])


def test_what_is_no_rfb():
    check(RfbReader, [Resp(b"RFB 003.00x\n"), GiveUp])
    check(RfbReader, [Resp(b"RFB 0"), RespEnd(), GiveUp])


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (b"", V38, Likeness.YES),
        (V38, b"", Likeness.YES),
        (b"", V38[:7], Likeness.MAYBE),
        (b"", b"RFB 3.8\n", Likeness.NO),
        (b"", b"RFB 003-008\n", Likeness.NO),
        (b"", b"0FB 003.008\n", Likeness.NO),
        (b"GET / HTTP", b"", Likeness.NO),
    ],
)
def test_probe(orig, resp, likeness):
    assert probe(orig, resp) is likeness


PIECES = st.one_of(
    st.sampled_from([V38, V33, b"RFB 000.000\n", b"\1\1", b"\1", CHALLENGE, GRANTED]), st.binary(max_size=20)
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), PIECES), max_size=12))
def test_no_bytes_raise_anything_else(steps):
    reader = RfbReader()
    for from_orig, data in steps:
        probe(data, data)
        try:
            reader.data(data, from_orig=from_orig)
        except ParseError:
            reader = RfbReader()
    feed(reader, OrigGap(1))
    feed(reader, RespEnd())
