"""Damaged and hostile bytes: cut at every byte, bits flipped, random. Nothing is read out of bounds, every packet is counted.

`CORE` is run again by test_bounds.py with Numba's bounds checking on.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.contrib.mpls import MPLS
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop
from scapy.layers.l2 import ARP, LLC, SNAP, Dot1Q, Dot3, Ether
from scapy.layers.ppp import PPP, PPPoE
from scapy.packet import Raw

from sensor.wire.kernel.layout import Want
from tests.sensor.wire.kernel.made import check, frames_of, walk

FOUR = (
    IP(src="10.0.0.1", dst="192.0.2.9") / TCP(sport=1, dport=2, flags="PA", options=[("NOP", None)] * 4) / Raw(b"abc")
)
SIX = IPv6(src="2001:db8::1", dst="2001:db8::9")
PACKETS = [
    bytes(packet)
    for packet in (
        Ether() / FOUR,
        Ether() / Dot1Q(vlan=3) / Dot1Q(vlan=4) / FOUR,
        Ether() / IP() / UDP() / Raw(b"abcdef"),
        Ether() / IP() / ICMP() / Raw(b"abcdef"),
        Ether() / IP(options=[b"\x01" * 8]) / UDP() / Raw(b"x"),
        Ether() / SIX / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / IPv6ExtHdrFragment() / UDP() / Raw(b"x"),
        Ether() / IPv6(nh=51) / Raw(b"\x06\x04" + b"\0" * 22) / TCP(),
        Ether() / PPPoE() / PPP(proto=0x21) / FOUR,
        Ether() / MPLS(s=0) / MPLS(s=1) / FOUR,
        Ether() / ARP(),
        Dot3() / LLC() / SNAP(code=0x800) / FOUR,
    )
]
LINKS = (0, 1, 12, 101, 108, 113, 147, 228, 229, 276)


@pytest.mark.parametrize("link", LINKS)
def test_cut_at_every_byte(link):
    """Both as a snapped packet (the wire length stays) and as one that never was longer."""
    for packet in PACKETS:
        for snapped in (True, False):
            frames = frames_of([packet[:size] for size in range(len(packet) + 1)], link=link)
            if snapped:
                frames.table["wirelen"] = len(packet)
            seen = walk(frames, cap=16, decide=Want.ALL)
            assert seen.counts["PACKETS"] == len(packet) + 1
            for segment in seen.segments:
                assert segment["length"] <= segment["wire_length"]
            check(seen.kernel)


def test_an_exact_buffer():
    """The last packet ends with the buffer: one byte too far would be another's memory."""
    for packet in PACKETS:
        for size in range(len(packet) + 1):
            seen = walk(frames_of([packet[:size]]), cap=16, decide=Want.ALL)
            assert seen.counts["PACKETS"] == 1


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.binary(max_size=120), st.sampled_from(LINKS), st.integers(0, 70_000)), min_size=1, max_size=12
    )
)
def test_random_bytes(packets):
    frames = frames_of([data for data, _, _ in packets])
    frames.table["link"] = [link for _, link, _ in packets]
    frames.table["wirelen"] = [wirelen for _, _, wirelen in packets]
    seen = walk(frames, cap=4, decide=Want.ALL)
    assert seen.counts["PACKETS"] == len(packets)
    inside(seen, frames)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(PACKETS),
    st.lists(st.tuples(st.integers(0, 119), st.integers(0, 255)), min_size=1, max_size=6),
    st.sampled_from([1, 12, 113]),
)
def test_changed_bytes(packet, changes, link):
    changed = bytearray(packet)
    for place, value in changes:
        changed[place % len(changed)] = value
    frames = frames_of([packet, bytes(changed), packet], link=link)
    seen = walk(frames, cap=4, decide=Want.ALL)
    assert seen.counts["PACKETS"] == 3
    inside(seen, frames)
    check(seen.kernel)


def inside(seen, frames):
    """What is handed up lies within one frame."""
    starts = frames.table["offset"]
    ends = starts + frames.table["caplen"]
    for segment in seen.segments:
        first, last = int(segment["offset"]), int(segment["offset"]) + int(segment["length"])
        assert any(a <= first and last <= b for a, b in zip(starts, ends, strict=True))


def test_lengths_that_lie():
    """Headers that claim more, less or nothing: no payload beyond the capture, no negative count."""
    for claimed in (0, 1, 19, 20, 39, 40, 44, 65535):
        packet = IP(src="10.0.0.1", dst="192.0.2.9", len=claimed) / TCP(flags="PA") / Raw(b"data")
        for row in walk(frames_of([packet], link=228)).rows:
            assert 0 <= int(row["orig_bytes"]) <= 65535
    for claimed in (0, 1, 7, 8, 9, 12, 65535):
        packet = IP(src="10.0.0.1", dst="192.0.2.9") / UDP(len=claimed) / Raw(b"data")
        for row in walk(frames_of([packet], link=228)).rows:
            assert 0 <= int(row["orig_bytes"]) <= 4
    for words in range(16):
        packet = IP(src="10.0.0.1", dst="192.0.2.9") / TCP(flags="PA", dataofs=words) / Raw(b"data")
        seen = walk(frames_of([packet], link=228))
        assert (seen.unreadable == {"TRANSPORT_HEADER": 1}) == (words not in (5, 6))


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (13, "LINK_TRUNCATED"),
        (33, "IP_TRUNCATED"),
        (41, "IP_TRUNCATED"),
        (42, "TRANSPORT_TRUNCATED"),
        (49, "TRANSPORT_TRUNCATED"),
        (50, "SNAPPED"),
    ],
)
def test_what_is_cut_is_named(size, reason):
    packet = Ether() / IP(options=[b"\x01" * 8]) / UDP() / Raw(b"data")
    assert walk(frames_of([packet], snap=size)).unreadable == {reason: 1}
