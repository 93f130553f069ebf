"""RDP openings, whole, byte by byte and in every cut. The cookie's user never comes out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, ParseError, Rest
from sensor.wire.rdp import RdpReader, probe
from sensor.wire.records import Rdp
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check


def tpkt(kind, variable=b"", source=b"\0\0"):
    x224 = bytes([6 + len(variable), kind, 0, 0]) + source + b"\0" + variable
    return b"\x03\x00" + (len(x224) + 4).to_bytes(2, "big") + x224


def negotiation(kind, value, flags=0):
    return bytes([kind, flags, 8, 0]) + value.to_bytes(4, "little")


COOKIE = b"Cookie: mstshash=durand\r\n"
ASK = tpkt(0xE0, COOKIE + negotiation(1, 0x0B))
PLAIN_ASK = tpkt(0xE0, COOKIE)
TLS = b"\x16\x03\x01\x02\x00\x01"
ASKED = ("ssl", "hybrid", "hybrid_ex")


@pytest.mark.parametrize(
    ("selected", "word"),
    [(1, "ssl"), (2, "hybrid"), (4, "rdstls"), (8, "hybrid_ex"), (16, "rdsaad"), (32, "unknown-32")],
)
def test_tls_follows_a_negotiation(selected, word):
    check(
        RdpReader,
        [
            Orig(ASK),
            Resp(tpkt(0xD0, negotiation(2, selected, 0x1F), b"\x12\x34")),
            Rdp(ASKED, word, "confirmed"),
            Handover(TLS, b""),
            Orig(TLS),
        ],
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (tpkt(0xD0), Rdp(ASKED, None, "confirmed")),
        (tpkt(0xD0, negotiation(2, 0)), Rdp(ASKED, "rdp", "confirmed")),
        (tpkt(0xD0, negotiation(3, 5)), Rdp(ASKED, None, "failed", 5)),
    ],
)
def test_other_answers(answer, told):
    check(RdpReader, [Orig(ASK), Resp(answer), told, Rest.DONE])


@pytest.mark.parametrize(
    ("ask", "requested"),
    [
        (PLAIN_ASK, ()),
        (tpkt(0xE0), ()),
        (tpkt(0xE0, negotiation(1, 0)), ("rdp",)),
        (tpkt(0xE0, negotiation(1, 3)), ("ssl", "hybrid")),
        (tpkt(0xE0, negotiation(1, 3, 8) + b"\x06\x00\x24\x00" + bytes(32)), ("ssl", "hybrid")),
        (tpkt(0xE0, b"Cookie: msts=3640205228.15629.0000\r\n" + negotiation(1, 1)), ("ssl",)),
    ],
)
def test_requests(ask, requested):
    check(RdpReader, [Orig(ask), OrigEnd(), Rdp(requested), Rest.DONE])
    check(RdpReader, [Resp(ask), Orig(tpkt(0xD0)), Rdp(requested, None, "confirmed"), Rest.DONE])


def test_the_client_alone():
    check(RdpReader, [Orig(ASK), Orig(TLS), Rdp(ASKED, "ssl", "confirmed"), Handover(TLS)])
    mcs = b"\x03\x00\x01\x9a\x02\xf0\x80\x7f\x65"
    check(RdpReader, [Orig(PLAIN_ASK), Orig(mcs), Rdp((), None, "confirmed"), Rest.DONE])


def test_the_server_alone():
    check(RdpReader, [Resp(tpkt(0xD0, negotiation(2, 1))), Rdp((), "ssl", "confirmed"), Handover()])


def test_a_server_that_speaks_something_else_did_not_answer():
    check(RdpReader, [Orig(ASK), Resp(b"HTTP/1.0 400\r\n"), Rdp(ASKED), Rest.DONE])


def test_gaps():
    check(RdpReader, [Orig(ASK), RespGap(19), Orig(TLS), Rdp(ASKED, "ssl", "confirmed"), Handover(TLS)])
    check(RdpReader, [Orig(ASK), OrigGap(9), RespEnd(), Rdp(ASKED), Rest.DONE])
    check(RdpReader, [Orig(ASK[:9]), OrigGap(9), RespEnd(), GiveUp])


OTHERS = [
    bytes.fromhex("0300001611e00000000100c1020100c2020102c0010a"),  # S7: parameters where RDP has none
    bytes.fromhex("0300001611d00001000100c0010ac1020100c2020102"),
    bytes.fromhex("0300004f080200011c05"),  # H.225 call signalling
    b"\x03\x00\x00\x0b\x06\xf0\x00\x00\x00\x00\x00",
    b"\x03\x00\x00\x0b\x07\xe0\x00\x00\x00\x00\x00",
    b"\x03\x00\x00\x0b\x06\xe0\x00\x01\x00\x00\x00",
    b"\x03\x00\x10\x0b\x06\xe0\x00\x00\x00\x00\x00",
    tpkt(0xE0, b"Cook: x\r\n"),
    tpkt(0xD0, b"\x04\0\x08\0\0\0\0\0"),
    TLS,
    b"GET / HTTP/1.1\r\n",
]


@pytest.mark.parametrize("data", OTHERS)
def test_what_is_no_rdp(data):
    assert probe(data, b"") is Likeness.NO
    assert probe(b"", data) is Likeness.NO
    check(RdpReader, [Orig(data), GiveUp])


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (ASK, b"", Likeness.YES),
        (ASK[:10], b"", Likeness.MAYBE),
        (ASK[:17], b"", Likeness.YES),
        (b"", tpkt(0xD0), Likeness.YES),
        (tpkt(0xD0, negotiation(2, 1)), b"", Likeness.YES),
        (b"\x03", b"", Likeness.MAYBE),
        (tpkt(0xE0), b"\xff", Likeness.YES),
    ],
)
def test_probe(orig, resp, likeness):
    assert probe(orig, resp) is likeness


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([ASK, PLAIN_ASK, tpkt(0xD0), TLS, *OTHERS]), st.binary(max_size=9)),
        max_size=5,
    )
)
def test_no_bytes_raise_anything_else(steps):
    reader = RdpReader()
    for from_orig, data, more in steps:
        probe(data + more, more)
        try:
            reader.data(data + more, from_orig=from_orig)
        except ParseError:
            reader = RdpReader()
    reader.end(from_orig=True)
    reader.end(from_orig=False)
