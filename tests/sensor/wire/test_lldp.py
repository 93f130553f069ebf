"""LLDP frames of a switch and a telephone, and broken ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import ParseError
from sensor.wire.lldp import Neighbour, read_frame


def element(kind, value):
    return (kind << 9 | len(value)).to_bytes(2, "big") + value


def frame(*elements):
    return b"".join(elements)


PORT, TIME = element(2, b"\x05g1"), element(3, b"\0\x78")
START = (element(1, b"\x04\x00\x11\x22\x33\x44\x55"), PORT, TIME)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            frame(
                *START,
                element(5, b"commutateur"),
                element(6, b"Acme OS 3"),
                element(8, b"\x05\x01" + bytes((192, 168, 1, 2)) + b"\x02\0\0\0\1\0"),
                element(0, b""),
                b"padding",
            ),
            Neighbour("00:11:22:33:44:55", "192.168.1.2", "commutateur", "Acme OS 3"),
        ),
        (
            frame(element(1, b"\x05\x01" + bytes((192, 168, 1, 60))), *START[1:]),
            Neighbour(None, "192.168.1.60", None, None),
        ),
        (
            frame(*START, element(8, b"\x11\x02" + bytes(15) + b"\1\0")),
            Neighbour("00:11:22:33:44:55", "::1", None, None),
        ),
        (frame(*START, b"\x0a\x06a\x1b[31m"), Neighbour("00:11:22:33:44:55", None, "a\\x1b[31m", None)),
    ],
)
def test_what_is_told(data, told):
    assert read_frame(data) == told


@pytest.mark.parametrize("data", [b"", b"\x02", frame(*START[:2]), frame(*START[1:]), frame(*START)[:-1], b"\x03\xff"])
def test_what_is_refused(data):
    with pytest.raises(ParseError):
        read_frame(data)


@given(st.binary(max_size=100))
def test_no_bytes_raise_anything_else(data):
    for start in (b"", frame(*START)):
        try:
            read_frame(start + data)
        except ParseError:
            continue
