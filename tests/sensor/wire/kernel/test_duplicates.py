"""Copies of a packet that a mirror shows: dropped; packets sent anew, and honestly twice: kept."""

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import GRE, Dot1Q, Ether
from scapy.packet import Raw

from sensor.wire.kernel.duplicates import BARE_WINDOW, LIKELY, MOST, USUAL, WINDOW
from sensor.wire.kernel.layout import Want
from tests.sensor.wire.kernel.made import A6, B6, MS, START, A, B, frames_of, walk

MACS = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"
LAN = Ether(src=MACS[0], dst=MACS[1])
UNIT = 1 << 18


def four(number=77, ttl=64, tos=0, **tcp):
    ip = IP(src=A, dst=B, id=number, ttl=ttl, tos=tos)
    return ip / TCP(**{"sport": 40000, "dport": 25, "flags": "PA", "seq": 9, "ack": 5, **tcp}) / Raw(b"mail")


def six(hlim=64, seq=9):
    return IPv6(src=A6, dst=B6, hlim=hlim) / TCP(sport=40000, dport=25, flags="PA", seq=seq) / Raw(b"mail")


def pair(one, other, after):
    """(packets counted in the flow, copies) of two packets, `after` nanoseconds apart."""
    seen = walk(frames_of([one, other], step=after), decide=Want.ALL)
    assert seen.counts["PACKETS"] == 2
    assert seen.counts["TCP"] + seen.counts["UDP"] + seen.counts["ICMP"] == 2
    return sum(sum(flow.pkts) for flow in seen.flows), seen.counts["DUPLICATES"]


COPIES = [
    pytest.param(LAN / four(), LAN / four(), id="the same frame"),
    pytest.param(
        Ether(src=MACS[0], dst=MACS[2]) / four(ttl=64),
        Ether(src=MACS[1], dst=MACS[0]) / four(ttl=63),
        id="behind a router",
    ),
    pytest.param(LAN / Dot1Q(vlan=3) / four(), LAN / Dot1Q(vlan=4) / four(), id="other VLAN"),
    pytest.param(LAN / four(), LAN / Dot1Q(vlan=4) / four(), id="untagged and tagged"),
    pytest.param(LAN / four(tos=0), LAN / four(tos=8), id="other traffic class"),
    pytest.param(LAN / four(), LAN / IP(src="1.1.1.1", dst="2.2.2.2") / GRE() / four(), id="in a tunnel"),
    pytest.param(LAN / six(64), Ether(src=MACS[1], dst=MACS[2]) / six(63), id="IPv6 behind a router"),
    pytest.param(LAN / four(0, flags="S"), LAN / four(0, flags="S"), id="a SYN without identification"),
    pytest.param(LAN / IP(src=A, dst=B) / ICMP(seq=3), LAN / IP(src=A, dst=B) / ICMP(seq=3), id="ping"),
]
BARE_DATAGRAM = IP(src=A, dst=B, id=0) / UDP(sport=1, dport=2) / Raw(b"q" * 99)
EMPTY = IP(src=A, dst=B, id=0) / TCP(sport=40000, dport=25, flags="A", seq=9, ack=5)
HONEST = [
    pytest.param(EMPTY, id="an empty acknowledgement"),
    pytest.param(BARE_DATAGRAM, id="a datagram"),
    pytest.param(six(), id="IPv6"),
    pytest.param(four(0), id="a segment without identification"),
]


@pytest.mark.parametrize(("one", "other"), COPIES)
def test_a_copy_is_counted_and_dropped(one, other):
    assert pair(one, other, BARE_WINDOW - 2 * UNIT) == (1, 1)


@pytest.mark.parametrize("packet", HONEST)
def test_what_may_honestly_come_twice_does(packet):
    assert pair(LAN / packet, LAN / packet, MS) == (2, 0)


def copied(start=START):
    """A connection that opens, each packet shown twice: what tells that this mirror copies."""
    opens = [four(0, flags="S"), IP(src=B, dst=A, id=0) / TCP(sport=25, dport=40000, flags="SA", seq=4, ack=10)]
    return frames_of([LAN / packet for packet in opens for _ in (1, 2)], start=start, step=MS // 2)


@pytest.mark.parametrize("packet", HONEST)
def test_where_the_mirror_copies_it_is_a_copy(packet):
    kernel = walk(copied()).kernel
    seen = walk(frames_of([LAN / packet] * 2, start=START + 9 * MS, step=MS // 2), kernel=kernel)
    assert seen.counts["DUPLICATES"] == 3


def test_a_mirror_that_stops_copying_is_believed():
    kernel = walk(copied()).kernel
    others = [LAN / four(i + 1, seq=i) for i in range(USUAL)]
    kernel = walk(frames_of(others), kernel=kernel).kernel
    seen = walk(frames_of([LAN / EMPTY] * 2, start=START + 20_000 * MS, step=MS), kernel=kernel)
    assert seen.counts["DUPLICATES"] == 2
    assert MOST < 10_000  # however long it copied: it is forgotten within a second of a busy wire


def test_a_mirror_that_copies_is_known_without_a_beginning():
    """IPv6 from the middle: nothing is sure, but half of all segments come twice."""
    segments = [LAN / six(seq=i) for i in range(USUAL) for _ in (1, 2)]
    seen = walk(frames_of(segments, step=MS // 2))
    late = USUAL // (LIKELY - 2)  # each pair adds LIKELY and is two frames
    assert seen.counts["DUPLICATES"] == pytest.approx(USUAL - late, abs=3)


def test_many_empty_acknowledgements_show_no_copying_mirror():
    """A receiver that misses one of many segments says so with each that comes (RFC 5681, 3.2)."""
    sent = [
        LAN / IP(src=B, dst=A, id=0) / TCP(sport=25, dport=40000, flags="A", seq=5 + i) / Raw(b"x") for i in range(300)
    ]
    seen = walk(frames_of([packet for one in sent for packet in (one, LAN / EMPTY)], step=MS // 4))
    assert seen.counts["DUPLICATES"] == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(four(1), four(2), id="sent anew: another identification"),
        pytest.param(four(), four(seq=10), id="other sequence number"),
        pytest.param(four(), four(ack=6), id="other acknowledgement"),
        pytest.param(four(), four(flags="FPA"), id="other flags"),
        pytest.param(four(), four(window=99), id="other window"),
        pytest.param(four(), four(chksum=99), id="other payload, by its checksum"),
        pytest.param(four(), IP(src=A, dst=B, id=77) / TCP(sport=40000, dport=25, seq=9, ack=5), id="other length"),
        pytest.param(
            IP(src=A, dst=B, id=0) / UDP(sport=9, dport=9, chksum=7) / Raw(b"q" * 9),
            IP(src=B, dst=A, id=0) / UDP(sport=9, dport=9, chksum=7) / Raw(b"q" * 9),
            id="echoed",
        ),
        pytest.param(
            IP(src=A, dst=B, id=0) / UDP(sport=9, dport=9, chksum=7) / Raw(b"q" * 16 + b"x"),
            IP(src=A, dst=B, id=0) / UDP(sport=9, dport=9, chksum=7) / Raw(b"q" * 16 + b"y"),
            id="other datagram",
        ),
        pytest.param(IP(src=A, dst=B) / ICMP(seq=3), IP(src=A, dst=B) / ICMP(seq=4), id="next ping"),
    ],
)
def test_what_differs_is_no_copy(one, other):
    assert pair(LAN / one, LAN / other, MS) == (2, 0)


@pytest.mark.parametrize(
    ("packet", "window"),
    [
        pytest.param(four(77), WINDOW, id="with an identification"),
        pytest.param(four(0, flags="S"), BARE_WINDOW, id="identification 0"),
    ],
)
def test_the_window(packet, window):
    assert pair(LAN / packet, LAN / packet, window - 2 * UNIT) == (1, 1)
    assert pair(LAN / packet, LAN / packet, window + 2 * UNIT) == (2, 0)


def test_the_window_of_ipv6():
    near, far = Ether(src=MACS[1], dst=MACS[2]) / six(63), LAN / six(64)
    assert pair(far, near, BARE_WINDOW - 2 * UNIT) == (1, 1)
    assert pair(far, near, BARE_WINDOW + 2 * UNIT) == (2, 0)


def test_the_copy_may_have_the_earlier_time():
    frames = frames_of([LAN / four(), LAN / four()])
    frames.table["ts"][1] = frames.table["ts"][0] - MS
    assert walk(frames).counts["DUPLICATES"] == 1


def test_without_times_nothing_is_a_copy():
    assert walk(frames_of([LAN / four()] * 3, start=0, step=0)).counts["DUPLICATES"] == 0


def test_the_packet_that_waits_for_a_decision_is_no_copy_of_itself():
    packets = [LAN / four(number=i + 1, seq=9 + 4 * i) for i in range(20)]
    seen = walk(frames_of([packet for packet in packets for _ in (1, 2)], step=1000), decide=Want.COUNT)
    assert len(seen.decisions) == 1
    assert seen.counts["DUPLICATES"] == 20
    assert seen.flows[0].pkts == (20, 0)
