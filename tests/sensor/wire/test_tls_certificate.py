"""Whom a certificate names; what cannot be read is not told, and is no error."""

import pytest

from sensor.wire.tls_certificate import LARGEST, Names, read_names
from tests.sensor.wire.hellos import certificate
from tests.sensor.wire.made import self_signed


@pytest.mark.parametrize(
    ("der", "names"),
    [
        (self_signed("pacs.example.fr", "ACME"), Names("pacs.example.fr", "ACME")),
        (self_signed("pacs.example.fr", None), Names("pacs.example.fr", "pacs.example.fr")),
        (self_signed(None, "ACME", "b.example", "a.example"), Names("b.example", "ACME")),
        (self_signed("MeshCentralRoot-862710", "unknown"), Names("MeshCentralRoot-862710", "MeshCentralRoot-862710")),
        (self_signed(None, "Unknown"), Names(None, "Unknown")),
        (self_signed(None, None), Names(None, None)),
        (self_signed("caf\u00e9\x1b", None), Names("caf\\xc3\\xa9\\x1b", "caf\\xc3\\xa9\\x1b")),
    ],
)
def test_names(der, names):
    assert read_names(certificate(der)[4:]) == names


@pytest.mark.parametrize(
    "body",
    [b"", b"\0\0\0", b"\0\0\x05\0\0\x02\x30\x80", bytes(3) + (LARGEST + 1).to_bytes(3, "big") + bytes(LARGEST + 1)],
)
def test_what_cannot_be_read_is_not_told(body):
    assert read_names(body) == Names()


def test_a_version_that_does_not_exist_is_not_told():
    whole = certificate(self_signed("pacs.example.fr", "ACME"))[4:]
    spoilt = whole.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x70", 1)
    assert spoilt != whole
    assert read_names(spoilt) == Names()


@pytest.mark.parametrize("at", range(0, 300, 3))
def test_no_changed_byte_raises(at):
    body = bytearray(certificate(self_signed("pacs.example.fr", "ACME", "a.example"))[4:])
    body[at] ^= 0xFF
    read_names(bytes(body))
