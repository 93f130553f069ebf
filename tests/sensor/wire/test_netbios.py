"""NetBIOS datagrams: whose name the head tells, and whose it does not."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import Events, GiveUp, Likeness
from sensor.wire.netbios import probe, read_datagram
from sensor.wire.records_devices import Netbios


def encoded(name, kind=0):
    """First-level encoding (RFC 1001, 14.1)."""
    letters = "".join(chr(0x41 + (b >> 4)) + chr(0x41 + (b & 15)) for b in name.encode().ljust(15) + bytes([kind]))
    return letters.encode()


def wire(name, kind=0):
    return b"\x20" + encoded(name, kind) + b"\0"


def datagram(source, *, kind=0x11, flags=0x02, behind=b"\xffSMB%"):
    body = source + wire("CABINET", 0x1D) + behind
    return struct.pack(">BBH4sHHH", kind, flags, 7, bytes((192, 168, 1, 31)), 138, len(body), 0) + body


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (datagram(wire("PC-ACCUEIL")), "pc-accueil"),
        (datagram(wire("PC-ACCUEIL", 0x20), kind=0x10), "pc-accueil"),
        (datagram(wire("MARIE.DURAND", 0x03)), None),
        (datagram(wire("CABINET", 0x1E), kind=0x12), None),
        (datagram(wire("A\x1bB")), "a\\x1bb"),
    ],
)
def test_what_is_told(data, name):
    assert probe(data, b"") is probe(b"", data) is Likeness.YES
    assert read_datagram(data, from_orig=True) == Events((Netbios(name),))


GOOD = datagram(wire("A"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:-1],
        GOOD + b"x",
        datagram(wire("A"), kind=0x13),
        datagram(wire("A"), flags=0x12),
        datagram(b"\x01A\x00"),
        datagram(b"\xc0\x0e"),
        datagram(b"\x3f" * 300),
    ],
)
def test_what_is_refused(data):
    assert probe(data, b"") is not Likeness.YES
    assert isinstance(read_datagram(data, from_orig=True), GiveUp)


@given(st.binary(max_size=80))
def test_no_bytes_raise_anything(data):
    read_datagram(datagram(data), from_orig=True)
    read_datagram(data, from_orig=True)
