"""What a box, a television and whoever looks for them say by SSDP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import Events, GiveUp, Likeness
from sensor.wire.records_devices import Ssdp
from sensor.wire.ssdp import FIELDS, probe, read_datagram

NOTIFY = (
    b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: urn:schemas-upnp-org:device:MediaServer:1\r\n"
    b"NTS: ssdp:alive\r\nSERVER: Linux/5.10 UPnP/1.0 Toto/2\r\nUSN: uuid:2fac1234-31f8-11b4-a222-08002b34c003\r\n\r\n"
)
SEARCH = b'M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\nST: ssdp:all\r\nUSER-AGENT: Google Chrome/9 Windows\r\n\r\n'
ANSWER = b"HTTP/1.1 200 OK\r\nserver: Toto/1\r\nst: uuid:2fac1234\r\nusn: uuid:2fac1234\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (NOTIFY, Ssdp("NOTIFY", "Linux/5.10 UPnP/1.0 Toto/2", "urn:schemas-upnp-org:device:MediaServer:1")),
        (SEARCH, Ssdp("M-SEARCH", "Google Chrome/9 Windows", "ssdp:all")),
        (ANSWER, Ssdp("RESPONSE", "Toto/1", None)),
        (b"NOTIFY * HTTP/1.0\r\nSERVER: a\x1b[2J\r\n", Ssdp("NOTIFY", "a\\x1b[2J", None)),
        (b"NOTIFY * HTTP/1.1\r\nSERVER: " + b"x" * 9_000 + b"\r\n", Ssdp("NOTIFY", "x" * 255, None)),
        (b"NOTIFY * HTTP/1.1\r\n" + b"A: b\r\n" * FIELDS + b"SERVER: late\r\n", Ssdp("NOTIFY", None, None)),
    ],
)
def test_what_is_told(data, told):
    assert probe(data, b"") is probe(b"", data) is Likeness.YES
    assert read_datagram(data, from_orig=True) == Events((told,))


@pytest.mark.parametrize(
    "data", [b"", b"NOTIFY sip:a@b SIP/2.0\r\n", b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n", b"GET / HTTP/1.1\r\n"]
)
def test_what_is_refused(data):
    assert probe(data, b"") is not Likeness.YES
    assert isinstance(read_datagram(data, from_orig=True), GiveUp)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything(data):
    read_datagram(b"NOTIFY * HTTP/1.1\r\n" + data, from_orig=True)
    probe(data, b"HTTP/1.1 200 OK\r\n" + data)
