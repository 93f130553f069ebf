"""Every encapsulation carries the same packet to the same flow row; what only looks like one is the flow outside."""

import struct

import pytest
from scapy.contrib.geneve import GENEVE
from scapy.contrib.gtp import GTP_U_Header
from scapy.contrib.mpls import MPLS
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, GRE, Dot1Q, Ether
from scapy.layers.ppp import PPP, PPPoE
from scapy.layers.vxlan import VXLAN
from scapy.packet import Raw

from sensor.wire.kernel.layout import MAX_DEPTH, Tunnel
from tests.sensor.wire.kernel.made import Flow, frames_of, walk

FOUR = IP(src="10.0.0.1", dst="192.0.2.9") / TCP(sport=40000, dport=25, flags="PA", seq=9) / Raw(b"mail")
SIX = IPv6(src="2001:db8::1", dst="2001:db8::9") / TCP(sport=40000, dport=25, flags="PA", seq=9) / Raw(b"mail")
FRAME = Ether(src="02:00:00:00:00:0a", dst="02:00:00:00:00:0b") / FOUR
FOUR_FLOW = Flow(("10.0.0.1", 40000), ("192.0.2.9", 25), 6, (1, 0), (44, 0), (4, 0))
SIX_FLOW = Flow(("2001:db8::1", 40000), ("2001:db8::9", 25), 6, (1, 0), (64, 0), (4, 0))

OUTER = Ether() / IP(src="198.51.100.1", dst="198.51.100.2")
OUTER6 = Ether() / IPv6(src="2001:db8:f::1", dst="2001:db8:f::2")


def udp(dport, sport=50000):
    return OUTER / UDP(sport=sport, dport=dport)


def proto(number, head=b""):
    return Ether() / IP(src="198.51.100.1", dst="198.51.100.2", proto=number) / Raw(head)


def gre(flags, kind, rest=b""):
    return proto(47, struct.pack("!HH", flags, kind) + rest)


CASES = [
    pytest.param(OUTER / FOUR, Tunnel.IPIP, FOUR_FLOW, id="IP in IP"),
    pytest.param(OUTER6 / FOUR, Tunnel.IPIP, FOUR_FLOW, id="IPv4 in IPv6"),
    pytest.param(OUTER / SIX, Tunnel.IPV6_IN_IP, SIX_FLOW, id="6in4"),
    pytest.param(OUTER / GRE() / FOUR, Tunnel.GRE, FOUR_FLOW, id="GRE"),
    pytest.param(
        OUTER / GRE(chksum_present=1, key_present=1, seqnum_present=1, key=7, sequence_number=8) / SIX,
        Tunnel.GRE,
        SIX_FLOW,
        id="GRE with checksum, key and sequence",
    ),
    pytest.param(OUTER / GRE(proto=0x6558) / FRAME, Tunnel.GRE, FOUR_FLOW, id="GRE, Ethernet"),
    pytest.param(
        gre(0x3081, 0x880B, b"\0\x30\0\x01" + b"\0\0\0\x05" * 2) / Raw(b"\xff\x03\x00\x21" + bytes(FOUR)),
        Tunnel.GRE,
        FOUR_FLOW,
        id="PPTP",
    ),
    pytest.param(gre(0, 0x883E) / FOUR, Tunnel.GRE, FOUR_FLOW, id="WCCP"),
    pytest.param(gre(0, 0x883E, b"\x05\x59\0\x48") / FOUR, Tunnel.GRE, FOUR_FLOW, id="WCCP 2"),
    pytest.param(
        gre(0, 0x8240, b"\x08\0\0\0" + b"\x02" * 18 + b"\0\0" + b"\xaa\xaa\x03\0\0\0\x08\0") / FOUR,
        Tunnel.GRE,
        FOUR_FLOW,
        id="Aruba",
    ),
    pytest.param(gre(0, 0x88BE) / FRAME, Tunnel.ERSPAN, FOUR_FLOW, id="ERSPAN I"),
    pytest.param(
        gre(0x1000, 0x88BE, b"\0\0\0\x01" + b"\x10\x0a" + b"\0" * 6) / FRAME, Tunnel.ERSPAN, FOUR_FLOW, id="ERSPAN II"
    ),
    pytest.param(
        gre(0x1000, 0x22EB, b"\0\0\0\x01" + b"\x20\x0a" + b"\0" * 10) / FRAME, Tunnel.ERSPAN, FOUR_FLOW, id="ERSPAN III"
    ),
    pytest.param(
        gre(0x1000, 0x22EB, b"\0\0\0\x01" + b"\x20\x0a" + b"\0" * 9 + b"\x01" + b"\0" * 8) / FRAME,
        Tunnel.ERSPAN,
        FOUR_FLOW,
        id="ERSPAN III with its platform header",
    ),
    pytest.param(proto(97, b"\x30\x00") / FRAME, Tunnel.ETHERIP, FOUR_FLOW, id="EtherIP"),
    pytest.param(proto(137, b"\0\x01\x01\x40") / FOUR, Tunnel.MPLS, FOUR_FLOW, id="MPLS in IP"),
    pytest.param(udp(4789) / VXLAN(vni=5) / FRAME, Tunnel.VXLAN, FOUR_FLOW, id="VXLAN"),
    pytest.param(udp(6081) / GENEVE(proto=0x6558) / FRAME, Tunnel.GENEVE, FOUR_FLOW, id="GENEVE"),
    pytest.param(
        udp(6081) / Raw(b"\x02\0\x08\0\0\0\x05\0" + b"\x01\x02\x80\x01" + b"\0" * 4) / FOUR,
        Tunnel.GENEVE,
        FOUR_FLOW,
        id="GENEVE with options, IP",
    ),
    pytest.param(udp(2152) / GTP_U_Header(teid=9) / FOUR, Tunnel.GTPU, FOUR_FLOW, id="GTP-U"),
    pytest.param(
        udp(2152) / Raw(b"\x34\xff\0\x3c\0\0\0\x09\0\0\0\x85" + b"\x01\x10\x05\x00") / SIX,
        Tunnel.GTPU,
        SIX_FLOW,
        id="GTP-U with an extension",
    ),
    pytest.param(udp(3544) / SIX, Tunnel.TEREDO, SIX_FLOW, id="Teredo"),
    pytest.param(
        udp(3544) / Raw(b"\0\x01\0\0" + b"\0" * 9 + b"\0\0\x12\x34\x01\x02\x03\x04") / SIX,
        Tunnel.TEREDO,
        SIX_FLOW,
        id="Teredo with authentication and origin",
    ),
    pytest.param(udp(1701, 1701) / Raw(b"\0\x02\0\x01\0\x02\xff\x03\0\x21") / FOUR, Tunnel.L2TP, FOUR_FLOW, id="L2TP"),
    pytest.param(
        udp(1701, 1701) / Raw(b"\x4a\x02\0\x40\0\x01\0\x02\0\0\0\0\0\x02ab\0\x21") / FOUR,
        Tunnel.L2TP,
        FOUR_FLOW,
        id="L2TP with length, sequence and offset",
    ),
    pytest.param(udp(37008) / Raw(b"\x01\0\0\x01\x0a\x01\x05\x00\x01") / FRAME, Tunnel.TZSP, FOUR_FLOW, id="TZSP"),
    pytest.param(Ether() / MPLS(s=1) / Raw(b"\0\0\0\0") / FRAME, Tunnel.MPLS, FOUR_FLOW, id="pseudowire, control word"),
    pytest.param(Ether() / MPLS(s=1) / FRAME, Tunnel.MPLS, FOUR_FLOW, id="pseudowire"),
    pytest.param(Ether() / PPPoE(sessionid=1) / PPP(proto=0x21) / FOUR, Tunnel.PPPOE, FOUR_FLOW, id="PPPoE"),
    pytest.param(Ether(type=0x88E7) / Raw(b"\0\0\0\x07") / FRAME, Tunnel.PBB, FOUR_FLOW, id="802.1ah"),
    pytest.param(
        Ether() / Dot1Q(vlan=3, type=0x88E7) / Raw(b"\0\0\0\x07") / FRAME, Tunnel.PBB, FOUR_FLOW, id="802.1ah, tagged"
    ),
]


@pytest.mark.parametrize(("packet", "tunnel", "flow"), CASES)
def test_encapsulations(packet, tunnel, flow):
    seen = walk(frames_of([packet]))
    assert seen.flows == [flow]
    assert seen.payloads == [b"mail"]
    assert (seen.rows[0]["tunnel"], seen.rows[0]["depth"]) == (tunnel, 1)
    assert seen.unreadable == {}
    assert seen.counts["TCP"] == seen.counts["IPV4"] + seen.counts["IPV6"] == 1
    assert seen.counts["UDP"] == 0


@pytest.mark.parametrize(("packet", "tunnel", "flow"), CASES)
def test_cut_anywhere(packet, tunnel, flow):
    del tunnel, flow
    whole = bytes(packet)
    frames = frames_of([whole[:size] for size in range(len(whole))])
    seen = walk(frames)
    assert seen.counts["PACKETS"] == len(whole)


def test_tunnels_in_tunnels():
    seen = walk(frames_of([OUTER / UDP(dport=4789) / VXLAN() / OUTER / GRE() / OUTER6 / FOUR]))
    assert seen.flows == [FOUR_FLOW]
    assert (seen.rows[0]["tunnel"], seen.rows[0]["depth"]) == (Tunnel.IPIP, 3)


@pytest.mark.parametrize("levels", [MAX_DEPTH, MAX_DEPTH + 1])
def test_the_stated_depth(levels):
    shell = IP(src="198.51.100.1", dst="198.51.100.2")
    packet = FOUR
    for _ in range(levels):
        packet = shell / packet
    seen = walk(frames_of([Ether() / packet]))
    if levels > MAX_DEPTH:
        assert seen.unreadable == {"ENCAPSULATION_DEPTH": 1}
        assert [flow.proto for flow in seen.flows] == [4]
    else:
        assert seen.flows == [FOUR_FLOW]


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(udp(4789) / Raw(b"\x08" + b"\0" * 30), id="VXLAN's port and flags, no Ethernet"),
        pytest.param(udp(4789) / Raw(b"just a game's packet"), id="VXLAN's port only"),
        pytest.param(udp(4789) / VXLAN() / Ether() / ARP(), id="VXLAN with ARP inside"),
        pytest.param(udp(2152) / Raw(b"\x30\xff\0\x08\0\0\0\x01" + b"\x45" * 8), id="GTP-U with a cut packet"),
        pytest.param(udp(3544) / Raw(b"\x60" + b"\xff" * 20), id="Teredo's port"),
        pytest.param(udp(1701) / Raw(b"\xc8\x02\0\x14" + b"\0" * 16), id="L2TP control"),
    ],
)
def test_what_is_none_is_the_flow_outside(packet):
    seen = walk(frames_of([packet]))
    (flow,) = seen.flows
    assert (flow.orig[0], flow.resp[0], flow.proto) == ("198.51.100.1", "198.51.100.2", 17)
    assert flow.bytes == (len(packet) - 42, 0)
    assert (seen.rows[0]["tunnel"], seen.rows[0]["depth"]) == (Tunnel.NONE, 0)
    assert seen.unreadable == {}
    assert seen.counts["UDP"] == 1


def test_a_bad_inside_is_told():
    seen = walk(frames_of([OUTER / GRE(proto=0x800) / Raw(b"\x99" * 40)]))
    assert seen.unreadable == {"IP_HEADER": 1}
    assert [flow.proto for flow in seen.flows] == [47]


LLC = b"\xaa\xaa\x03\0\0\0\x08\0"


def wlan(*, control=0x08, flags=0x01, qos=b"", body=LLC + bytes(FOUR)):
    addresses = b"\x02\0\0\0\0\xaa" + b"\x02\0\0\0\0\x0a" + b"\x02\0\0\0\0\x0b"
    fourth = b"\x02\0\0\0\0\x0c" if flags & 3 == 3 else b""
    return bytes([control, flags, 0, 0]) + addresses + b"\0\0" + fourth + qos + body


RADIOTAP = b"\0\0\x09\0\x02\0\0\0"


WLAN_CASES = [
    pytest.param(105, wlan(), (0x0A, 0x0B), id="to the access point"),
    pytest.param(105, wlan(flags=2), (0x0B, 0xAA), id="from the access point"),
    pytest.param(105, wlan(flags=0), (0x0A, 0xAA), id="direct"),
    pytest.param(105, wlan(flags=3), (0x0C, 0x0B), id="between access points"),
    pytest.param(105, wlan(control=0x88, qos=b"\0\0"), (0x0A, 0x0B), id="QoS"),
    pytest.param(105, wlan(control=0x88, flags=0x81, qos=b"\0\0" + b"\0" * 4), (0x0A, 0x0B), id="QoS, HT control"),
    pytest.param(127, RADIOTAP + b"\0" + wlan(), (0x0A, 0x0B), id="radiotap"),
    pytest.param(127, RADIOTAP + b"\x10" + wlan() + b"FCS4", (0x0A, 0x0B), id="radiotap, check sequence"),
    pytest.param(
        127,
        b"\0\0\x1a\0\x03\0\0\x80\0\0\0\0" + b"\0" * 12 + b"\x20\0" + wlan(control=0x88, qos=b"\0\0pd"),
        (0x0A, 0x0B),
        id="radiotap, time, second word, padded header",
    ),
    pytest.param(192, b"\0\0\x08\0\x69\0\0\0" + wlan(), (0x0A, 0x0B), id="PPI"),
]


@pytest.mark.parametrize(("link", "frame", "macs"), WLAN_CASES)
def test_wlan(link, frame, macs):
    seen = walk(frames_of([frame], link=link))
    assert seen.flows == [FOUR_FLOW]
    assert (int(seen.rows[0]["orig_mac"]) & 0xFF, int(seen.rows[0]["resp_mac"]) & 0xFF) == macs


def test_wlan_that_is_encrypted_or_no_data():
    frames = [wlan(flags=0x41), wlan(control=0x48), wlan(control=0x80), b"\xd4\0\0\0" + b"\x02" * 6, wlan()[:20]]
    seen = walk(frames_of(frames, link=105))
    assert seen.flows == []
    assert seen.unreadable == {"WLAN_ENCRYPTED": 1, "LINK_TRUNCATED": 1}
    assert seen.counts["OTHER_LINK"] == 3


def aggregate(packets):
    body = b""
    for packet in packets:
        inner = LLC + bytes(packet)
        body += (
            b"\0" * (-len(body) % 4) + b"\x02\0\0\0\0\x0b" + b"\x02\0\0\0\0\x0a" + struct.pack("!H", len(inner)) + inner
        )
    return wlan(control=0x88, qos=b"\x80\0", body=body)


def numbered(count):
    return [
        IP(src="10.0.0.1", dst="192.0.2.9") / TCP(sport=40000, dport=25, flags="PA", seq=9 + i) / Raw(bytes([i]))
        for i in range(count)
    ]


def test_an_aggregate_holds_many_packets():
    seen = walk(frames_of([aggregate(numbered(3)), aggregate(numbered(1))], link=105))
    assert seen.payloads == [b"\0", b"\1", b"\2", b"\0"]
    assert seen.counts["PACKETS"] == 2
    assert seen.counts["TCP"] == 4
    assert seen.flows[0].pkts == (4, 0)


def test_a_decision_in_the_middle_of_an_aggregate():
    """The walk goes on at the packet that asked, not at the frame's first: nothing is counted twice."""
    seen = walk(frames_of([aggregate(numbered(20)), aggregate(numbered(20))], link=105))
    assert len(seen.decisions) == 1
    assert seen.flows[0].pkts == (40, 0)
    assert seen.counts["TCP"] == 40
    assert seen.counts["PACKETS"] == 2
