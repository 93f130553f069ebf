"""What is packed comes out exactly, and nothing else does."""

import struct
import threading
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.store import packed
from sensor.store.codec import plain
from sensor.store.packed import MOST, NEWEST, pack, unpack


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_goes_in_comes_out(text):
    assert unpack(pack(text)) == text


@pytest.mark.parametrize("text", ["", "x", "é" * 100_000, "\0", '{"n":1}' * 3])
def test_short_long_and_odd_ones(text):
    assert unpack(pack(text)) == text


def test_an_alert_takes_a_fraction(sample):
    assert len(pack(plain(sample))) < len(plain(sample)) / 3


@pytest.mark.parametrize("number", range(1, NEWEST + 1))
def test_what_an_earlier_dictionary_packed_is_read_for_ever(sample, monkeypatch, number):
    monkeypatch.setattr(packed, "NEWEST", number)
    monkeypatch.setattr(packed._tools, "packer", None)
    body = pack(plain(sample))
    assert body[0] == number
    monkeypatch.undo()
    assert unpack(body) == plain(sample)


def test_too_long_is_said():
    with pytest.raises(ValueError, match="bytes"):
        pack("x" * (MOST + 1))


@given(st.binary(max_size=64))
def test_any_bytes_are_an_error_and_nothing_else(data):
    with pytest.raises(ValueError):  # noqa: PT011  (its text varies with what is wrong)
        unpack(data)


def sealed(word, data):
    """With a checksum that fits: an attacker makes one too."""
    return struct.pack(">II", word, zlib.crc32(data, zlib.crc32(word.to_bytes(4)))) + data


@pytest.mark.parametrize(
    ("word", "data"),
    [
        (1 << 24 | 5, b""),
        (1 << 24 | 5, b"\xff" * 20),
        (NEWEST << 24 | 10, pack("a body that is longer than it says " * 4)[8:]),
        (NEWEST << 24 | 200, pack("a body that is shorter than it says")[8:]),
        (3, b"four"),
        (2, b"\xff\xfe"),
        (9 << 24 | 1, b"x"),
    ],
)
def test_a_frame_that_lies_is_an_error(word, data):
    with pytest.raises(ValueError):  # noqa: PT011  (the same)
        unpack(sealed(word, data))


def test_every_dictionary_that_was_released_is_here():
    for number in range(1, packed.NEWEST + 1):
        assert packed._dictionary(number).as_bytes()


def test_threads_do_not_meet(sample):
    text = plain(sample)
    wrong = []

    def work(n):
        wrong.extend(n for _ in range(200) if unpack(pack(text + str(n))) != text + str(n))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
