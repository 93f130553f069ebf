"""Skimming counts what Python counts, at any length and place; the same with Numba's bounds checking is in `test_bulk_bounds`."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire.bulk import skim


def letters(data):
    return len(data.translate(None, bytes(range(33)) + b"="))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes(data):
    expected = -1 if b"-" in data or b"." in data else letters(data)
    assert skim(data) == expected


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 57, 4_096])
def test_base64(size):
    text = base64.encodebytes(bytes(range(256)) * 16)[:size].replace(b"\n", b"\r\n")
    assert skim(text) == letters(text)


@pytest.mark.parametrize("at", range(24))
@pytest.mark.parametrize("mark", [b"-", b"."])
def test_a_mark_anywhere(at, mark):
    assert skim(b"A" * at + mark + b"A" * (23 - at)) == -1
