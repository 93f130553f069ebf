"""The registrable part of a name."""

import pytest

from sensor.detect.names import registrable


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("example.org", "example.org"),
        ("a.b.example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("cabinet.asso.fr", "cabinet.asso.fr"),
        ("x.y.blob.core.windows.net", "y.blob.core.windows.net"),
        ("bucket.s3.amazonaws.com", "s3.amazonaws.com"),
        ("nas.synology.me", "nas.synology.me"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1.2.3", "2001:db8::1.2.3"),
        ("", ""),
    ],
)
def test_registrable(host, owner):
    assert registrable(host) == owner
