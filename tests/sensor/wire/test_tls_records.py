"""Records cut into pieces, messages put together: bounds and odd lengths. Whole dialogues are in test_tls."""

import pytest

from sensor.wire import ParseError
from sensor.wire.tls_records import KEPT, Messages, Records, whole_hello
from tests.sensor.wire.hellos import record


def test_an_empty_record_is_passed_over():
    assert list(Records().feed(record(23, b"") + record(22, b"ab"))) == [(23, b"", True), (22, b"ab", True)]


def test_a_record_comes_in_pieces():
    records = Records()
    data = record(22, b"abcd")
    assert list(records.feed(data[:3])) == []
    assert list(records.feed(data[3:7])) == [(22, b"ab", True)]
    assert list(records.feed(data[7:] + data)) == [(22, b"cd", False), (22, b"abcd", True)]


@pytest.mark.parametrize(
    "header",
    [b"\x13\x03\x03\0\0", b"\x18\x03\x03\0\0", b"\x16\x02\x03\0\0", b"\x16\x03\x05\0\0", b"\x16\x03\x03\x48\x01"],
)
def test_what_is_no_record(header):
    with pytest.raises(ParseError):
        list(Records().feed(header))


def test_ssl2_only_comes_first():
    records = Records()
    assert list(records.feed(b"\x80\x02ab")) == [(2, b"ab", True)]
    with pytest.raises(ParseError):
        list(records.feed(b"\x80\x02abc"))


def test_messages_of_no_interest_are_passed_over():
    messages = Messages()
    assert list(messages.feed(b"\x0c\x00\x00\x03abc\x0e\x00\x00\x00\x02\x00\x00\x02hi")) == [
        (12, None),
        (14, None),
        (2, b"hi"),
    ]


def test_bytes_that_are_no_messages_are_encrypted_ones():
    messages = Messages()
    assert list(messages.feed(b"\xee\x01\x02\x03\x04")) == []
    assert messages.opaque


def test_only_the_first_certificate_is_kept():
    messages = Messages()
    size = KEPT[11] + 5_000
    (told,) = messages.feed(b"\x0b" + size.to_bytes(3, "big") + bytes(size) + b"\x02\x00\x00\x02h")
    assert told == (11, bytes(KEPT[11]))
    assert list(messages.feed(b"i")) == [(2, b"hi")]


def test_a_hello_that_announces_too_much_is_none():
    with pytest.raises(ParseError):
        list(Messages().feed(b"\x02\x00\x80\x00"))


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\x16\x03\x01\0\x08\x01\0\0\x04abcd", 13),
        (b"\x16\x03\x04\0\x06\x02\0\0\x02ab\x14\x03\x03\0\x01\x01", 11),  # the next record is left
        (b"\x16\x03\x01\0\x08\x01\0\0\x04abc", 0),  # not all there
        (b"\x16\x03\x01\0\x08\x01\0\0\x05abcd", 0),  # goes on in the next record
        (b"\x16\x03\x01\0\x08\x01\0\0\x02ab\0\0", 0),  # another message shares the record
        (b"\x16\x03\x01\0\x08\x0b\0\0\x04abcd", 0),  # a certificate
        (b"\x16\x04\x01\0\x08\x01\0\0\x04abcd", 0),
        (b"\x16\x03\x05\0\x08\x01\0\0\x04abcd", 0),
        (b"\x17\x03\x01\0\x08\x01\0\0\x04abcd", 0),
        (b"\x16\x03\x01\x40\x05\x02\0\x40\x01" + bytes(0x4001), 0),  # longer than any
        (b"\x16\x03\x01", 0),
    ],
)
def test_a_hello_that_fills_its_record(data, size):
    assert whole_hello(data) == size
