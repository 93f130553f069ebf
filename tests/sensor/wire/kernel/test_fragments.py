"""Fragments in, whole datagrams out: in any order, in tunnels, bounded; each packet and byte counted once."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment
from scapy.layers.l2 import GRE, Dot1Q, Ether
from scapy.packet import Raw

from sensor.wire.kernel import FRAGMENTS_WAIT, Kernel
from sensor.wire.kernel.layout import Control, Kind, Want
from sensor.wire.kernel.packet import HELD_CAP
from tests.sensor.wire.kernel.made import MS, START, Flow, frames_of, walk

LAN = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
A, B, A6, B6 = "10.0.0.1", "192.0.2.9", "2001:db8::1", "2001:db8::9"
TEXT = bytes(range(256)) * 4
TCP_FLOW = (A, 40000), (B, 25), 6


def cut(packet, places, number=7):
    """An IPv4 packet's payload cut at multiples of 8."""
    whole, carried = bytes(packet), bytes(packet)[20:]
    ends = [0, *sorted(places), len(carried)]
    return [
        IP(
            src=packet.src,
            dst=packet.dst,
            id=number,
            proto=whole[9],
            frag=a // 8,
            flags="MF" if b < len(carried) else 0,
        )
        / Raw(carried[a:b])
        for a, b in itertools.pairwise(ends)
    ]


def cut6(packet, places, before=None):
    whole = bytes(packet)
    carried, proto = whole[40:], whole[6]
    ends = [0, *sorted(places), len(carried)]
    head = IPv6(src=packet.src, dst=packet.dst)
    head = head / before if before is not None else head
    return [
        head / IPv6ExtHdrFragment(offset=a // 8, m=int(b < len(carried)), id=0x12345678, nh=proto) / Raw(carried[a:b])
        for a, b in itertools.pairwise(ends)
    ]


def mail(text=TEXT, **tcp):
    return IP(src=A, dst=B) / TCP(**{"sport": 40000, "dport": 25, "flags": "PA", "seq": 9, **tcp}) / Raw(text)


def mail6():
    return IPv6(src=A6, dst=B6) / TCP(sport=40000, dport=25, flags="PA", seq=9) / Raw(TEXT)


def payloads(seen):
    """What Python reads: of datagrams put together from where the kernel says."""
    out = []
    for segment, payload in zip(seen.segments, seen.payloads, strict=True):
        first = int(segment["offset"])
        whole = seen.kernel.tables.whole[first : first + int(segment["length"])].tobytes()
        out.append(whole if segment["kind"] == Kind.REASSEMBLED else payload)
    return out


def given_up(seen):
    """The walk at the input's end."""
    seen.kernel.give_up_fragments()
    return walk(frames_of([]), kernel=seen.kernel)


def fragments(seen):
    return tuple(seen.counts[f"FRAGMENTS_{word}"] for word in ("COMPLETE", "INCOMPLETE", "OVERLAPPING", "EVICTED"))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order(order):
    pieces = cut(mail(), [8, 512])
    seen = walk(frames_of([LAN / pieces[i] for i in order]))
    size = 3 * 20 + 20 + len(TEXT)
    assert seen.flows == [Flow(*TCP_FLOW, (3, 0), (size, 0), (len(TEXT), 0))]
    assert payloads(seen) == [TEXT]
    assert fragments(seen) == (1, 0, 0, 0)
    assert (seen.counts["IPV4"], seen.counts["TCP"], seen.counts["IP_BYTES"]) == (3, 1, size)
    assert (seen.unreadable, seen.kernel.tables.control[Control.HELD]) == ({}, 1)
    assert walk(frames_of([]), kernel=seen.kernel).kernel.tables.control[Control.HELD] == 0


@pytest.mark.parametrize("before", [None, IPv6ExtHdrDestOpt()])
def test_ipv6(before):
    pieces = cut6(mail6(), [512, 16], before)
    seen = walk(frames_of([LAN / piece for piece in pieces]))
    assert [(flow.orig, flow.resp, flow.pkts) for flow in seen.flows] == [((A6, 40000), (B6, 25), (3, 0))]
    assert seen.flows[0].ip_bytes == (sum(len(piece) for piece in pieces), 0)
    assert payloads(seen) == [TEXT]
    assert (seen.counts["IPV6"], seen.counts["TCP"], seen.counts["BAD_CHECKSUM"]) == (3, 1, 0)


def test_extension_headers_behind_the_fragment_header():
    packet = IPv6(src=A6, dst=B6) / IPv6ExtHdrDestOpt() / UDP(sport=1, dport=2) / Raw(TEXT)
    seen = walk(frames_of([LAN / piece for piece in cut6(packet, [8, 80])]))
    assert payloads(seen) == [TEXT]


SHELL = IP(src="198.51.100.1", dst="198.51.100.2", id=3)


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([LAN / Dot1Q(vlan=5) / piece for piece in cut(mail(), [80])], id="tagged"),
        pytest.param([LAN / SHELL / GRE() / piece for piece in cut(mail(), [80])], id="fragments inside"),
        pytest.param([LAN / piece for piece in cut(SHELL / GRE() / mail(), [80])], id="a tunnel in fragments"),
        pytest.param(
            [LAN / p for i, one in enumerate(cut(mail(), [80])) for p in cut(SHELL / one, [24], number=50 + i)],
            id="both",
        ),
    ],
)
def test_in_tunnels(frames):
    seen = walk(frames_of(frames))
    assert [(flow.orig, flow.resp, flow.bytes) for flow in seen.flows] == [(*TCP_FLOW[:2], (len(TEXT), 0))]
    assert payloads(seen) == [TEXT]
    assert (seen.counts["TCP"], seen.counts["IPV4"]) == (1, len(frames))
    assert seen.unreadable == {}


def test_a_fragment_that_comes_again_changes_nothing():
    one, two, three = cut(mail(), [8, 512])
    seen = walk(frames_of([LAN / p for p in (one, one, three, two, two)]))
    assert payloads(seen) == [TEXT]
    assert (fragments(seen)[0], fragments(seen)[2]) == (1, 0)


@pytest.mark.parametrize("late", [False, True])
def test_fragments_that_overlap_spoil_the_datagram(late):
    """As Linux and RFC 5722: neither the first nor the last word counts."""
    one, two, three = cut(mail(), [64, 512])
    other = IP(src=A, dst=B, id=7, proto=6, frag=63 if late else 4, flags="MF") / Raw(b"?" * 64)
    order = (one, two, other, three) if late else (other, one, two, three)
    seen = walk(frames_of([LAN / p for p in order]))
    assert payloads(seen) == []
    done = given_up(seen)
    assert fragments(done) == (0, 1, 1, 0)
    assert done.unreadable == {"IP_FRAGMENT": 4}


@pytest.mark.parametrize(
    ("frag", "flags", "size"),
    [
        pytest.param(100, 0, 8, id="two ends"),
        pytest.param(200, "MF", 8, id="beyond the end"),
        pytest.param(8191, 0, 64, id="beyond 65,535"),
    ],
)
def test_ends_that_contradict(frag, flags, size):
    one, two = cut(mail(), [64])
    bad = IP(src=A, dst=B, id=7, proto=6, frag=frag, flags=flags) / Raw(b"?" * size)
    seen = given_up(walk(frames_of([LAN / p for p in (two, bad, one)])))
    assert fragments(seen) == (0, 1, 0, 0)


def test_what_never_is_whole_is_read_as_far_as_it_came():
    one, two, three = cut(mail(), [64, 512])
    kernel = Kernel(seed=1, cap=8)
    seen = walk(frames_of([LAN / one, LAN / two]), kernel=kernel)
    assert seen.flows == []
    assert kernel.give_up_fragments(START + FRAGMENTS_WAIT - 1)
    assert walk(frames_of([]), kernel=kernel).flows == []
    done = given_up(seen)
    assert done.flows == [Flow(*TCP_FLOW, (2, 0), (40 + 512, 0), (492, 0))]
    assert payloads(done) == [TEXT[:492]]
    assert (done.unreadable, done.counts["TCP"], done.counts["IPV4"]) == ({"IP_FRAGMENT": 2}, 0, 2)
    late = given_up(walk(frames_of([LAN / three], start=START + 900 * MS), kernel=kernel))
    assert late.flows[0].pkts == (2, 0)
    assert fragments(late) == (0, 2, 0, 0)


def test_a_flood_is_bounded_and_the_newest_are_kept():
    first = [LAN / IP(src=A, dst=B, id=i + 1, proto=17, flags="MF") / Raw(bytes(8)) for i in range(9 * HELD_CAP)]
    kernel = Kernel(seed=1, cap=8)
    walk(frames_of(first), kernel=kernel)
    last = walk(frames_of([LAN / p for p in cut(mail(), [64], number=60000)], start=START + 90_000 * MS), kernel=kernel)
    assert payloads(last) == [TEXT]
    complete, incomplete, _, evicted = fragments(given_up(last))
    assert (complete, incomplete) == (1, 9 * HELD_CAP)
    assert 8 * HELD_CAP <= evicted < 9 * HELD_CAP


def test_cut_by_the_snap_length():
    one, two = cut(mail(), [512])
    frames = frames_of([LAN / one, LAN / two], snap=300)
    seen = walk(frames)
    (segment,) = seen.segments
    assert (segment["length"], segment["wire_length"]) == (300 - 14 - 20 - 20, len(TEXT))
    assert payloads(seen) == [TEXT[:246]]
    assert seen.unreadable == {"SNAPPED": 1}


def test_a_decision_at_a_datagram_in_fragments():
    """The walk goes on with that datagram: nothing is lost, nothing twice."""
    packets = []
    for i in range(20):
        packets += [LAN / p for p in cut(mail(TEXT[:80], seq=9 + 80 * i), [24], number=100 + i)]
    for decide, read in ((Want.COUNT, 8), (Want.ALL, 20)):
        seen = walk(frames_of(packets), decide=decide)
        assert len(seen.decisions) == 1
        assert seen.flows == [Flow(*TCP_FLOW, (40, 0), (20 * 140, 0), (1600, 0))]
        assert len(seen.segments) == read
        assert fragments(seen) == (20, 0, 0, 0)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 90), st.booleans(), st.booleans()), max_size=60
    )
)
def test_any_fragments(pieces):
    """Whatever comes: every packet is counted, every datagram ends once, what is handed up is inside its datagram."""
    packets = [
        LAN
        / IP(src=A, dst=B, id=i + 1, proto=6 if tcp else 17, frag=frag, flags="MF" if more else 0)
        / Raw(b"x" * size)
        for i, frag, size, more, tcp in pieces
    ]
    seen = given_up(walk(frames_of(packets)))
    atoms = sum(frag == 0 and not more for _, frag, _, more, _ in pieces)
    assert seen.counts["PACKETS"] == len(pieces)
    complete, incomplete, overlapping, evicted = fragments(seen)
    assert complete + incomplete <= len(pieces) - atoms
    assert overlapping + evicted <= incomplete
    assert seen.counts["IPV4"] == len(pieces)
