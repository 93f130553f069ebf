"""Packets in, flow rows, counters and segments out."""

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6EchoRequest,
    ICMPv6ND_RA,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
)
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.layers.sctp import SCTP
from scapy.packet import Raw

from sensor.wire.kernel import Kernel
from sensor.wire.kernel.layout import FIRST_BUDGET, Kind, Mark, Stop, Want
from sensor.wire.kernel.walk import walk as compiled_walk
from tests.sensor.wire.kernel.made import (
    A6,
    B6,
    MAC_A,
    MAC_B,
    MS,
    START,
    A,
    B,
    Flow,
    down,
    frames_of,
    handshake,
    up,
    walk,
)


def test_tcp_connection():
    seen = walk(
        frames_of(
            [
                *handshake(),
                up(flags="PA", seq=1001, ack=5001) / Raw(b"hello"),
                down(flags="PA", seq=5001, ack=1006) / Raw(b"you too"),
                up(flags="FA", seq=1006, ack=5008),
                down(flags="FA", seq=5008, ack=1007),
                up(flags="A", seq=1007, ack=5009),
            ]
        )
    )
    assert seen.flows == [Flow((A, 40000), (B, 443), 6, (5, 3), (205, 127), (5, 7))]
    (row,) = seen.rows
    assert (row["orig_isn"], row["resp_isn"]) == (1001, 5001)
    assert (row["orig_next"], row["resp_next"]) == (1007, 5009)
    assert row["marks"] == Mark.ORIG_SYN | Mark.RESP_SYN | Mark.CLOSED
    assert (row["first_ts"], row["last_ts"]) == (START, START + 700 * MS)
    assert (int(row["orig_mac"]), int(row["resp_mac"])) == (0x0200_0000_000A, 0x0200_0000_000B)
    assert seen.counts["PACKETS"] == seen.counts["TCP"] == seen.counts["IPV4"] == 8
    assert seen.counts["TCP_GAPS"] == row["gap_bytes"] == 0
    assert seen.counts["IP_BYTES"] == 205 + 127
    assert seen.counts["BYTES"] == 205 + 127 + 8 * 14
    assert (seen.counts["FIRST_TS"], seen.counts["LAST_TS"]) == (START, START + 700 * MS)
    assert seen.unreadable == {}
    # segments: payloads, and empty ones with SYN or FIN; no bare acknowledgements
    assert [(int(s["flags"]), int(s["seq"]), int(s["from_orig"])) for s in seen.segments] == [
        (0x02, 1001, 1),
        (0x12, 5001, 0),
        (0x18, 1001, 1),
        (0x18, 5001, 0),
        (0x11, 1006, 1),
        (0x11, 5008, 0),
    ]
    assert seen.payloads == [b"", b"", b"hello", b"you too", b"", b""]


def test_udp_icmp_and_others_are_flows():
    def ip(src, dst):
        return Ether() / IP(src=src, dst=dst)

    seen = walk(
        frames_of(
            [
                ip(A, B) / UDP(sport=5000, dport=53) / Raw(b"question"),
                ip(B, A) / UDP(sport=53, dport=5000) / Raw(b"long answer"),
                ip(A, B) / ICMP() / Raw(b"ping"),
                ip(B, A) / ICMP(type=0) / Raw(b"ping"),
                ip(A, B) / SCTP(sport=7, dport=8) / Raw(b"x" * 4),
                Ether() / IP(src=A, dst=B, proto=2) / Raw(b"igmp"),
                Ether() / IP(src=A, dst=B, proto=136) / Raw(bytes(UDP(sport=1, dport=2)) + b"lite"),
                Ether() / IPv6(src=A6, dst=B6) / ICMPv6EchoRequest(data=b"six"),
            ]
        )
    )
    assert seen.flows == [
        Flow((A, 5000), (B, 53), 17, (1, 1), (36, 39), (8, 11)),
        Flow((A, 8), (B, 0), 1, (1, 1), (32, 32), (4, 4)),
        Flow((A, 7), (B, 8), 132, (1, 0), (36, 0), (4, 0)),
        Flow((A, 0), (B, 0), 2, (1, 0), (24, 0), (4, 0)),
        Flow((A, 1), (B, 2), 136, (1, 0), (32, 0), (4, 0)),
        Flow((A6, 128), (B6, 129), 58, (1, 0), (51, 0), (3, 0)),
    ]
    assert [int(row["want"]) for row in seen.rows] == [Want.UNDECIDED] + [Want.COUNT] * 5
    assert seen.payloads == [b"question", b"long answer"]
    expected = {"UDP": 2, "ICMP": 3, "SCTP": 1, "OTHER_IP": 1, "UDP_LITE": 1, "IPV4": 7, "IPV6": 1, "FLOWS": 6}
    assert {name: seen.counts[name] for name in expected} == expected


def test_icmp_pairs_question_and_answer_and_keeps_the_rest_apart():
    """As Zeek and Community ID: an answer is of the question's flow; what has no answer is known by its code too."""

    def icmp(src, dst, **kind):
        return Ether() / IP(src=src, dst=dst) / ICMP(**kind)

    unreachable = [icmp(B, A, type=3, code=1), icmp(B, A, type=3, code=3), icmp(A, B, type=3, code=3)]
    seen = walk(frames_of([icmp(A, B, type=13), icmp(B, A, type=14), *unreachable]))
    ends = [(flow.orig, flow.resp, flow.pkts) for flow in seen.flows]
    assert ends == [
        ((A, 13), (B, 14), (1, 1)),
        ((B, 3), (A, 1), (1, 0)),
        ((B, 3), (A, 3), (1, 1)),
    ]
    cut = walk(frames_of([icmp(A, B, type=13)], snap=35))
    assert (cut.flows[0].orig, cut.flows[0].resp) == ((A, 0), (B, 0))


def test_a_late_udp_answer_is_from_the_server():
    seen = walk(frames_of([Ether() / IP(src=B, dst=A) / UDP(sport=53, dport=5000) / Raw(b"answer")]))
    assert seen.flows[0].orig == (A, 5000)
    assert seen.rows[0]["marks"] == Mark.MIDSTREAM | Mark.FLIPPED


V6 = {"src": A6, "dst": B6}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(IPv6(**V6), id="plain"),
        pytest.param(IPv6(**V6) / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / IPv6ExtHdrRouting(), id="three"),
        pytest.param(IPv6(**V6) / IPv6ExtHdrFragment(offset=0, m=0), id="atomic fragment"),
        pytest.param(IPv6(**V6, nh=51) / Raw(b"\x06\x04" + b"\0" * 22), id="authentication header"),
    ],
)
def test_ipv6_extension_headers(headers):
    packet = Ether() / headers / TCP(sport=40000, dport=25, flags="PA", seq=9) / Raw(b"mail")
    seen = walk(frames_of([packet]))
    size = len(packet) - 14
    assert seen.flows == [Flow((A6, 40000), (B6, 25), 6, (1, 0), (size, 0), (4, 0))]
    assert seen.payloads == [b"mail"]


def test_ethernet_padding_is_no_payload():
    frame = bytes(up(flags="A")) + b"\xee" * 6
    seen = walk(frames_of([frame]))
    assert seen.flows[0].bytes == (0, 0)
    assert seen.segments == []


def test_bytes_come_from_ip_lengths_not_captured_ones():
    seen = walk(frames_of([up(flags="PA", seq=1) / Raw(b"z" * 1000)], snap=60))
    assert seen.flows[0].ip_bytes == (1040, 0)
    assert seen.flows[0].bytes == (1000, 0)
    assert (seen.segments[0]["length"], seen.segments[0]["wire_length"]) == (6, 1000)
    assert seen.unreadable == {"SNAPPED": 1}
    assert seen.counts["BYTES"] == 1054


def test_a_length_of_zero_means_the_rest_of_the_frame():
    seen = walk(frames_of([Ether() / IP(src=A, dst=B, len=0) / TCP(flags="PA", seq=1) / Raw(b"z" * 5000)]))
    assert seen.flows[0].bytes == (5000, 0)


def test_decide_stops_before_the_packet_and_counts_nothing_of_it():
    packets = [up(flags="PA", seq=1001 + i) / Raw(b"x") for i in range(FIRST_BUDGET + 2)]
    frames = frames_of(packets)
    kernel = Kernel(seed=1, cap=8)
    step = kernel.walk(frames, 0)
    assert (step.next, step.stop, step.slot) == (FIRST_BUDGET, Stop.DECIDE, 0)
    assert len(step.segments) == FIRST_BUDGET
    counts, row = kernel.tables.counts.copy(), kernel.tables.flows[0].copy()
    again = kernel.walk(frames, step.next)
    assert (again.next, again.stop, len(again.segments)) == (FIRST_BUDGET, Stop.DECIDE, 0)
    assert (kernel.tables.counts == counts).all()
    assert kernel.tables.flows[0] == row
    kernel.tables.flows["budget"][0] = 1
    step = kernel.walk(frames, again.next)
    assert (step.next, step.stop, len(step.segments)) == (FIRST_BUDGET + 1, Stop.DECIDE, 1)
    kernel.tables.flows["want"][0] = Want.ALL
    step = kernel.walk(frames, step.next)
    assert (step.next, step.stop, step.slot, len(step.segments)) == (len(packets), Stop.END, -1, 1)
    assert kernel.tables.flows["orig_pkts"][0] == len(packets)


def test_empty_packets_spend_no_budget_and_ask_nothing():
    packets = [up(flags="PA", seq=1001 + i) / Raw(b"x") for i in range(FIRST_BUDGET)]
    seen = walk(frames_of([*packets, up(flags="A", seq=1009), down(flags="A"), up(flags="FA", seq=1009)]))
    assert seen.decisions == []
    assert len(seen.segments) == FIRST_BUDGET + 1
    assert seen.flows[0].pkts == (FIRST_BUDGET + 2, 1)


@pytest.mark.parametrize(("want", "handed_up"), [(Want.COUNT, FIRST_BUDGET), (Want.ALL, 30)])
def test_wants(want, handed_up):
    packets = [up(flags="PA", seq=1001 + i) / Raw(b"x") for i in range(30)]
    seen = walk(frames_of(packets), decide=want)
    assert len(seen.decisions) == 1
    assert len(seen.segments) == handed_up
    assert seen.flows[0].pkts == (30, 0)


def test_full_segments_go_on_where_they_stopped():
    packets = [Ether() / ARP(psrc=A, pdst=B)] * 5000
    frames = frames_of(packets)
    kernel = Kernel(seed=1, cap=8)
    step = kernel.walk(frames, 0)
    assert (step.next, step.stop) == (4096, Stop.FULL)
    step = kernel.walk(frames, step.next)
    assert (step.next, step.stop, len(step.segments)) == (5000, Stop.END, 5000 - 4096)
    assert kernel.tables.counts[11] == 5000


def test_arp_lldp_and_router_advertisements_are_handed_up():
    arp = Ether() / Dot1Q(vlan=7) / ARP(psrc=A, pdst=B)
    advertisement = Ether() / IPv6(src="fe80::1", dst="ff02::1") / ICMPv6ND_RA()
    elements = b"\x02\x07\x04\x02\0\0\0\0\x0b\x04\x02\x07\x31\x06\x02\0\x78\0\0"
    lldp = Ether(dst="01:80:c2:00:00:0e", type=0x88CC) / Raw(elements)
    seen = walk(frames_of([arp, advertisement, lldp]))
    assert [(int(s["kind"]), int(s["slot"]), int(s["uid"])) for s in seen.segments] == [(Kind.FRAME, -1, 0)] * 3
    assert [(int(s["seq"]), int(s["ack"])) for s in seen.segments] == [(0x0806, 7), (0x86DD, 0), (0x88CC, 0)]
    assert seen.payloads == [bytes(arp[ARP]), bytes(advertisement[IPv6]), elements]
    assert (seen.counts["ARP"], seen.counts["ICMP"], seen.counts["OTHER_LINK"], seen.counts["FLOWS"]) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("tags", "in_ring", "vlan"),
    [
        pytest.param([], None, 0, id="none"),
        pytest.param([Dot1Q(vlan=12)], None, 12, id="tag"),
        pytest.param([], 0x2014, 20, id="in the ring's header, with priority"),
        pytest.param([Dot1Q(vlan=12)], 20, 12, id="both: the frame's is the inner one"),
        pytest.param([Dot1Q(type=0x88A8, vlan=5), Dot1Q(vlan=12)], None, 12, id="two"),
        pytest.param([Dot1Q(vlan=1), Dot1Q(vlan=2), Dot1Q(vlan=3)], None, 3, id="three"),
    ],
)
def test_vlan(tags, in_ring, vlan):
    packet = Ether(src=MAC_A, dst=MAC_B)
    for tag in tags:
        packet /= tag
    packet = packet / IP(src=A, dst=B) / TCP(flags="S", sport=40000, dport=443)
    frames = frames_of([packet])
    if in_ring is not None:
        frames.table["vlan"], frames.table["vlan_valid"] = in_ring, 1
    seen = walk(frames)
    assert seen.flows == [Flow((A, 40000), (B, 443), 6, (1, 0), (40, 0), (0, 0))]
    assert seen.rows[0]["vlan"] == vlan


def test_frame_check_sequence_is_no_payload():
    frames = frames_of(
        [bytes(Ether() / IP(src=A, dst=B, len=0) / UDP(sport=1, dport=2, len=0) / Raw(b"abc")) + b"FCS4"]
    )
    frames.table["fcs"] = 4
    assert walk(frames).flows[0].bytes == (3, 0)


def test_a_row_outside_its_buffer_is_counted_not_read():
    frames = frames_of([up(flags="S")] * 3)
    frames.table["offset"] = [-1, 2**62, 109]
    seen = walk(frames)
    assert seen.flows == []
    assert seen.unreadable == {"LINK_TRUNCATED": 3}
    assert seen.counts["PACKETS"] == 3


def test_time_may_step_back():
    frames = frames_of([up(flags="S", seq=1), up(flags="A", seq=2)], step=-MS)
    seen = walk(frames)
    assert (seen.rows[0]["first_ts"], seen.rows[0]["last_ts"]) == (START - MS, START)
    assert (seen.counts["FIRST_TS"], seen.counts["LAST_TS"]) == (START - MS, START)


def test_one_compilation_serves_all():
    """Buffers that may be written (the ring) and that may not (a file): another signature would compile for seconds, live."""
    frames = frames_of([up(flags="S")])
    assert not frames.data.flags.writeable
    walk(frames)
    walk(frames._replace(data=frames.data.copy()))
    assert len(compiled_walk.signatures) == 1
