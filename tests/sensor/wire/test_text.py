"""Names out of hostile bytes: one spelling, bounded, no control character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire.text import LIMIT, host_name, host_of, printable


@given(st.binary(max_size=600))
def test_whatever_comes_is_printable_and_bounded(data):
    text = printable(data)
    assert len(text) <= LIMIT
    assert all(" " <= char <= "~" for char in text)


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"plain text", "plain text"), (b"a\\b", "a\\\\b"), (b"\r\n\x7f\xe9", "\\x0d\\x0a\\x7f\\xe9"), (b"", "")],
)
def test_printable(data, text):
    assert printable(data) == text


@pytest.mark.parametrize(
    ("data", "name"),
    [(b" WWW.Example.FR. ", "www.example.fr"), (b"", None), (b".", None), (b"canary@Example.fr", "example.fr")],
)
def test_host_name(data, name):
    assert host_name(data) == name


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        (b"example.fr:8080", "example.fr"),
        (b"doctor:secret@example.fr", "example.fr"),
        (b"[2001:DB8::1]:443", "2001:db8::1"),
        (b"192.0.2.1", "192.0.2.1"),
        (b"", None),
    ],
)
def test_host_of(authority, host):
    assert host_of(authority) == host
