"""Zoom's wrapping of RTP, and what only looks like it; the dialogues stand with the pairs."""

import random

import pytest

from sensor.wire.zoom import media


@pytest.mark.parametrize(
    ("data", "is_media"),
    [
        (b"\x0f" + bytes(18) + b"\x90\x70" + bytes(10), True),
        (b"\x10" + bytes(23) + b"\x80\xe2" + bytes(10), True),
        (b"\x0d" + bytes(26) + b"\x80\x63" + bytes(10), True),
        (b"\x21" + bytes(15) + b"\x80\xc8" + bytes(6), True),
        (b"\x0f" + bytes(18) + b"\x90\x70" + bytes(9), False),
        (b"\x0f" + bytes(18) + b"\x10\x70" + bytes(10), False),
        (b"\x21" + bytes(15) + b"\x80\xc7" + bytes(6), False),
        (b"\x0e" + bytes(60), False),
        (b"", False),
    ],
)
def test_media(data, is_media):
    assert media(data) is is_media


def test_chance_seldom_looks_so():
    chance = random.Random(7)  # the same each time: what one run finds the next must find too
    assert sum(media(chance.randbytes(60)) for _ in range(20_000)) < 40
