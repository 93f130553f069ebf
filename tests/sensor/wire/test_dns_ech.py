"""Keys of Encrypted Client Hello in DNS: their outer names, and nothing of what is not as the format says."""

import struct

import pytest

from sensor.wire.dns import read_message
from sensor.wire.dns_ech import MOST, outer_names
from tests.sensor.wire.hellos import v8, v16
from tests.sensor.wire.test_dns import POINTER, answer, message, question


def config(name, *, version=0xFE0D):
    return struct.pack(">H", version) + v16(
        b"\7\0\x20" + v16(bytes(32)) + v16(b"\0\1\0\1") + b"\0" + v8(name) + v16(b"")
    )


def data(*configs, key=5):
    return b"\0\1\0" + struct.pack(">H", 1) + v16(b"\2h2") + struct.pack(">H", key) + v16(v16(b"".join(configs)))


@pytest.mark.parametrize(
    ("record", "names"),
    [
        (data(config(b"Outer.Example")), ("outer.example",)),
        (data(config(b"a.example", version=0xFE0A), config(b"b.example"), config(b"b.example")), ("b.example",)),
        (data(*(config(b"%d.example" % n) for n in range(9))), tuple(f"{n}.example" for n in range(MOST))),
        (data(config(b"a.example"), key=4), ()),
        (data(config(b"")), ()),
        (data(config(b"a.example"))[:-3], ()),
        (data(config(b"a.example")[:-3]), ()),
        (b"\0\1\0", ()),
    ],
)
def test_outer_names(record, names):
    assert outer_names(record, 0, len(record)) == names


def test_they_come_with_the_answer():
    told = read_message(
        message(question(b"\6secret\7example\0", 65), answer(POINTER, 65, data(config(b"outer.example"))))
    )
    assert [(a.type_name, a.ech) for a in told.answers] == [("HTTPS", ("outer.example",))]


@pytest.mark.parametrize("at", range(len(data(config(b"outer.example")))))
def test_no_changed_byte_raises(at):
    spoilt = bytearray(data(config(b"outer.example")))
    spoilt[at] ^= 0xFF
    outer_names(bytes(spoilt), 0, len(spoilt))
