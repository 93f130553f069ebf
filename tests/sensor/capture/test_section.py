"""pcapng: sections, interfaces, times, and every way its blocks can lie."""

import struct

import pytest

from tests.sensor.capture.made import (
    FRACTION,
    NS,
    PACKETS,
    SECONDS,
    block,
    enhanced,
    interface,
    option,
    section,
    simple,
)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng(read, order):
    stamp = SECONDS * 1_000_000 + FRACTION
    content = (
        section(order=order)
        + block(10, b"secret" * 7, order=order)
        + interface(order=order)
        + b"".join(enhanced(packet, stamp=stamp, wirelen=3000, order=order) for packet in PACKETS)
        + block(5, b"\0" * 24, order=order)
        + block(0xBAD, b"custom", order=order)
        + simple(PACKETS[0], order=order)
        + block(2, struct.pack(order + "HHIIII", 0, 0, stamp >> 32, stamp & 0xFFFFFFFF, 4, 9) + b"abcd", order=order)
    )
    rows, flaws = read(content)
    assert flaws == ()
    assert [row["frame"] for row in rows] == [*PACKETS, PACKETS[0], b"abcd"]
    assert [row["ts"] for row in rows] == [NS + FRACTION * 1000] * 3 + [0, NS + FRACTION * 1000]
    assert [row["wirelen"] for row in rows] == [3000] * 3 + [60, 9]


@pytest.mark.parametrize(
    ("options", "stamp", "ts"),
    [
        pytest.param(b"", 1_700_000_000_000_001, 1_700_000_000_000_001_000, id="default: microseconds"),
        pytest.param(option(9, b"\x09"), NS + 1, NS + 1, id="nanoseconds"),
        pytest.param(option(9, b"\x00"), SECONDS, NS, id="seconds"),
        pytest.param(option(9, b"\x03"), SECONDS * 1000 + 7, NS + 7_000_000, id="milliseconds"),
        pytest.param(option(9, b"\x0a"), NS * 10 + 19, NS + 1, id="tenths of nanoseconds"),
        pytest.param(option(9, b"\x94"), (SECONDS << 20) + (1 << 19), NS + 500_000_000, id="2^-20"),
        pytest.param(option(9, b"\xa2"), (12 << 34) + (1 << 33), 12_500_000_000, id="2^-34"),
        pytest.param(option(14, struct.pack("<q", SECONDS)), 1, NS + 1000, id="offset"),
        pytest.param(option(14, struct.pack("<q", -5)), 6_000_000, 1_000_000_000, id="negative offset"),
        pytest.param(option(9, b"\xff"), 5, 0, id="no time at all"),
        pytest.param(option(14, struct.pack("<q", 2**62)), 5, 0, id="an offset beyond all years"),
        pytest.param(option(2, b"eth0") + option(9, b"\x09") + option(0, b""), NS, NS, id="other options around it"),
        pytest.param(option(0, b"") + option(9, b"\x09"), 1_000_000, 1_000_000_000, id="none after the end"),
        pytest.param(struct.pack("<HH", 9, 5000), 1_000_000, 1_000_000_000, id="an option that lies"),
    ],
)
def test_pcapng_time(read, options, stamp, ts):
    rows, flaws = read(section() + interface(options=options) + enhanced(b"abcd", stamp=stamp))
    assert ([row["ts"] for row in rows], flaws) == ([ts], ())


def test_pcapng_interfaces_and_sections(read):
    content = (
        section()
        + interface(link=1)
        + interface(link=113, options=option(9, b"\x09") + option(13, b"\x04"))
        + enhanced(b"a", number=0)
        + enhanced(b"b", number=1, stamp=NS)
        + section(order=">")
        + interface(link=276, snaplen=2, order=">")
        + enhanced(b"c", number=0, order=">")
        + simple(b"de", 9, order=">")
    )
    rows, flaws = read(content)
    assert flaws == ()
    assert [(row["frame"], row["link"], row["interface"], row["fcs"]) for row in rows] == [
        (b"a", 1, 0, 0),
        (b"b", 113, 1, 4),
        (b"c", 276, 0, 0),
        (b"de", 276, 0, 0),
    ]
    assert rows[3]["wirelen"] == 9


def test_pcapng_many_interfaces(read):
    content = section() + b"".join(interface(link=i) for i in range(300)) + enhanced(b"z", number=299)
    rows, _ = read(content)
    assert [(row["link"], row["interface"]) for row in rows] == [(299, 299)]


def test_pcapng_check_sequence_of_a_packet(read):
    flagged = enhanced(b"abcde", options=option(2, struct.pack("<I", 4 << 5)) + option(0, b""))
    rows, _ = read(section() + interface() + flagged)
    assert rows[0]["fcs"] == 4


def test_pcapng_cut_anywhere(read):
    good = section() + interface() + enhanced(b"first")
    bad = enhanced(b"second")
    for size in range(1, len(bad)):
        rows, flaws = read(good + bad[:size])
        assert [row["frame"] for row in rows] == [b"first"]
        assert [(flaw.offset, flaw.reason) for flaw in flaws] == [(len(good), "cut in mid-packet")]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (struct.pack("<III", 6, 13, 0), "a block claims an impossible length"),
        (struct.pack("<III", 6, 8, 0), "a block claims an impossible length"),
        (struct.pack("<III", 6, 0xFFFF_FFFC, 0), "a block claims an impossible length"),
        (enhanced(b"x", number=1), "a packet of an interface that was not described"),
        (block(6, b"\0" * 16), "a block is too short for its packet"),
        (block(6, struct.pack("<IIIII", 0, 0, 0, 99, 99) + b"abcd"), "a block is too short for its packet"),
        (block(1, b"\0" * 4), "an interface description is too short"),
        (section()[:8] + b"abcd" + section()[12:], "a section header without byte-order magic"),
    ],
)
def test_pcapng_lengths_that_lie(read, damage, reason):
    good = section() + interface() + enhanced(b"first")
    rows, flaws = read(good + damage + b"\0" * 64)
    assert [row["frame"] for row in rows] == [b"first"]
    assert [(flaw.offset, flaw.reason) for flaw in flaws] == [(len(good), reason)]


def test_simple_packets_before_any_interface(read):
    rows, flaws = read(section() + simple(b"abcd"))
    assert rows == []
    assert [flaw.reason for flaw in flaws] == ["a packet of an interface that was not described"]
