"""Only what is a mechanism's name is ever told as one."""

import pytest

from sensor.wire.sasl import mechanism


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (b"PLAIN", "PLAIN"),
        (b"scram-sha-256", "SCRAM-SHA-256"),
        (b"XOAUTH2", "XOAUTH2"),
        (b"canary", "OTHER"),
        (b"AGNhbmFyeQBjYW5hcnk=", "OTHER"),
        (b"\xff\xfe", "OTHER"),
        (b"", None),
    ],
)
def test_mechanism(word, expected):
    assert mechanism(word) == expected
