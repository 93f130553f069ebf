"""Every read checks what is left."""

import pytest

from sensor.wire import ParseError
from sensor.wire.cursor import Cursor


def test_numbers_and_vectors():
    cursor = Cursor(b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x02hi\x00\x01x.")
    assert (cursor.u8(), cursor.u16(), cursor.u24(), cursor.u32()) == (1, 0x0203, 0x040506, 0x0708090A)
    assert (cursor.vector8(), cursor.vector16(), cursor.left) == (b"hi", b"x", 1)


@pytest.mark.parametrize("read", ["u8", "u16", "u24", "u32", "vector8", "vector16"])
@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xff"])
def test_past_the_end_is_a_parse_error(read, data):
    cursor = Cursor(data + b"more", stop=len(data))
    try:
        getattr(cursor, read)()
    except ParseError:
        return
    assert (read, len(data)) in {("u8", 1), ("u8", 2), ("u16", 2)}
