"""DTLS ClientHellos, whole and in fragments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import MORE, Events, GiveUp, Likeness, Rest
from sensor.wire.dtls import MOST_DATAGRAMS, DtlsSession, maker, probe, read_datagram
from sensor.wire.records import Ssl
from tests.sensor.wire.hellos import CHROME_CIPHERS, alpn, sni, u16s, v8, v16

EXTENSIONS = sni(b"turn.example.org") + alpn(b"webrtc")
BODY = b"\xfe\xfd" + bytes(32) + v8(b"") + v8(b"a cookie") + v16(u16s(CHROME_CIPHERS)) + v8(b"\0") + v16(EXTENSIONS)


def fragment(offset=0, size=None, *, message=0, kind=1, body=BODY):
    part = body[offset : None if size is None else offset + size]
    return (
        bytes([kind]) + len(body).to_bytes(3, "big") + message.to_bytes(2, "big")
        + offset.to_bytes(3, "big") + len(part).to_bytes(3, "big") + part
    )  # fmt: skip


def record(*fragments, version=b"\xfe\xfd", epoch=b"\0\0", kind=22):
    return bytes([kind]) + version + epoch + bytes(6) + v16(b"".join(fragments))


WHOLE = record(fragment())


def told(outcome, rest=Rest.MORE):
    assert outcome.rest is rest
    (ssl,) = outcome.records
    assert (ssl.server_name, ssl.client_alpn, ssl.client_version) == ("turn.example.org", ("webrtc",), "DTLSv12")
    assert ssl.ja4.startswith("dd2d")
    return True


def test_a_hello_in_one_datagram():
    assert told(read_datagram(WHOLE, True), Rest.DONE)
    assert probe(WHOLE, b"") is probe(b"", WHOLE) is Likeness.YES


@pytest.mark.parametrize(
    "datagrams",
    [
        [record(fragment(0, 60)), record(fragment(60))],
        [record(fragment(0, 60), fragment(60))],
        [record(fragment(0, 60)) + record(fragment(60))],
        [record(fragment(60)), record(fragment(0, 60)), record(fragment(60))],  # overtaken, then repeated
        [record(fragment(0, 60)), record(fragment(message=1))],  # begun anew, after a HelloVerifyRequest
        [record(b"x" * 30, epoch=b"\0\1"), record(fragment(kind=3, body=b"\xfe\xff\4abcd")), WHOLE],
    ],
)
def test_a_hello_in_pieces(datagrams):
    session = DtlsSession()
    *before, last = [session.datagram(data, True) for data in datagrams]
    assert all(outcome is MORE for outcome in before)
    assert told(last)


def test_a_certificate_that_names_a_maker():
    session = DtlsSession()
    assert told(session.datagram(WHOLE, True))
    assert session.datagram(WHOLE, True) is MORE  # sent again, it says nothing new
    shown = record(fragment(kind=11, body=bytes(20) + b"\x0c\x0dSnapchat Inc." + bytes(90)))
    assert session.datagram(shown, False) == Events((Ssl(subject="Snapchat Inc."),), Rest.DONE)
    assert maker(shown) == "Snapchat Inc."
    assert maker(shown[:1] + b"\3\3" + shown[3:]) is maker(b"Snapchat Inc.") is maker(WHOLE) is None


def test_patience_ends():
    session = DtlsSession()
    outcomes = [session.datagram(record(fragment(0, 60)), True) for _ in range(MOST_DATAGRAMS)]
    assert outcomes[-1] == Events((), Rest.DONE)


def test_a_broken_hello():
    assert isinstance(read_datagram(record(fragment(body=BODY[:40])), True), GiveUp)
    assert read_datagram(record(fragment(0, 60)), True) == Events((), Rest.DONE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        WHOLE[:24],
        record(fragment(), version=b"\3\3"),
        record(fragment(), epoch=b"\0\1"),
        record(fragment(), kind=23),
        record(fragment(kind=11)),
        WHOLE[:-1],
        record(fragment()[:-1]),
    ],
)
def test_look_alikes(data):
    assert probe(data, b"") is not Likeness.YES


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_bytes_raise_anything(first, second):
    session = DtlsSession()
    session.datagram(record(first), True)
    session.datagram(second, True)
    session.datagram(record(fragment(body=first)), True)
    probe(first, second)
