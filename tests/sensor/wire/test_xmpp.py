"""XMPP openings, whole, byte by byte and in every cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.records import Xmpp
from sensor.wire.xmpp import LARGEST, XmppReader, probe
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, Resp, RespEnd, check, records

OPEN = (
    b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
    b" to='Example.org' version='1.0'>"
)
ANSWER = OPEN.replace(b" to=", b" id='1' from=")
OFFER = b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
MECHANISMS = b"<stream:features><mechanisms><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
STARTTLS = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
PROCEED = b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
AUTH = b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGR1cmFuZABzZWNyZXQ=</auth>"
TLS = b"\x16\x03\x01\0\5"


def test_tls_takes_over():
    check(
        XmppReader,
        [
            Orig(OPEN),
            Resp(ANSWER + OFFER),
            Orig(STARTTLS),
            Resp(PROCEED),
            Xmpp("example.org", "established"),
            Handover(TLS, b""),
            Orig(TLS),
        ],
    )


@pytest.mark.parametrize(
    "stanza",
    [
        b"<message to='anne@example.org' type='chat'><body>x</body></message>",
        b'<iq type="get" id="7" to="example.org"><ping xmlns="urn:xmpp:ping"/></iq>',
        b"<presence from='anne@example.org/x' to='paul@example.org'/>",
        b"\n<r xmlns='urn:xmpp:sm:3'/>",
    ],
)
def test_a_stream_under_way(stanza):
    check(XmppReader, [Resp(stanza), Xmpp(None, "none"), Rest.DONE], splits=False)
    assert probe(b"", stanza) is probe(stanza, b"") is Likeness.YES
    assert probe(stanza[:9], b"") is Likeness.MAYBE


@pytest.mark.parametrize(
    "data", [b"<message kind='chat'>x", b"<iq type='get'>x</iq>", b"<presence to='x'/>x", b"<r xmlns='urn:y'/>x"]
)
def test_xml_that_is_no_stanza(data):
    assert probe(data, b"") is Likeness.NO


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"</starttls>", b"</starttls>\n"])
def test_what_ends_the_line_of_starttls_is_no_part_of_tls(end):
    """go-sendxmpp ends its line, and the TLS behind was not read."""
    asks = STARTTLS.replace(b"/>", b">") if b"/" in end else STARTTLS
    record = Xmpp("example.org", "established")
    steps = [Orig(OPEN), Resp(ANSWER + OFFER), Orig(asks + end), Resp(PROCEED), record, Handover(TLS, b""), Orig(TLS)]
    check(XmppReader, steps)


@pytest.mark.parametrize(("answer", "success"), [(b"<success xmlns='x'/>", True), (b"<failure xmlns='x'>", False)])
def test_a_log_in_in_clear(answer, success):
    record = Xmpp("example.org", "none", "PLAIN", success)
    check(XmppReader, [Orig(OPEN), Resp(ANSWER + MECHANISMS), Orig(AUTH), Resp(answer), record, Rest.DONE])


@pytest.mark.parametrize("written", [b"canary", b"AGNhbmFyeQBjYW5hcnk=", b"Jean Dupont"])
def test_what_is_no_mechanism_is_told_as_another(written):
    auth = AUTH.replace(b"PLAIN", written)
    record = Xmpp("example.org", "none", "OTHER", True)
    check(
        XmppReader,
        [Orig(OPEN), Resp(ANSWER + MECHANISMS), Orig(auth), Resp(b"<success xmlns='x'/>"), record, Rest.DONE],
    )


def test_of_an_address_asked_for_only_the_domain_is_told():
    asked = OPEN.replace(b"Example.org", b"canary@Example.org")
    check(XmppReader, [Orig(asked), OrigEnd(), Xmpp("example.org"), Rest.DONE])


def test_what_else_may_come():
    check(
        XmppReader, [Orig(OPEN), Resp(ANSWER + OFFER), OrigEnd(), RespEnd(), Xmpp("example.org", "offered"), Rest.DONE]
    )
    check(XmppReader, [Resp(ANSWER), RespEnd(), Xmpp("example.org"), Rest.DONE])
    old = b"<iq type='set'><query xmlns='jabber:iq:auth'><username>durand</username></query></iq>"
    check(XmppReader, [Orig(OPEN + old), OrigEnd(), Xmpp("example.org", "none", "jabber:iq:auth"), Rest.DONE])
    check(XmppReader, [Orig(b"<?xml version='1.0'?><html>"), OrigEnd(), GiveUp])
    assert records(XmppReader, [Orig(OPEN + b"x" * LARGEST)]) == [Xmpp("example.org")]


@pytest.mark.parametrize("data", [OPEN, ANSWER, b"\n" + OPEN, OPEN.partition(b"?>")[2], OPEN.replace(b"'", b'"')])
def test_probe(data):
    assert probe(data, b"") is probe(b"", data) is Likeness.YES
    for size in range(len(data)):
        assert probe(data[:size], b"") is not Likeness.NO


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0'?><html>",
        b"<stream:stream>",
        b"<stream:stream to='x' xmlns='urn:other'>",
        b"<!doctype html>",
        b"<policy-file-request/>\0",
        b" GET /",
    ],
)
def test_look_alikes(data):
    assert probe(data, b"") is Likeness.NO


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([OPEN, ANSWER, OFFER, STARTTLS, PROCEED, AUTH]) | st.binary(max_size=30), st.booleans()
        )
    )
)
def test_no_bytes_raise_anything(steps):
    told = records(XmppReader, [Orig(data) if orig else Resp(data) for data, orig in steps])
    assert "AGR1" not in repr(told)
