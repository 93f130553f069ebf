"""Every link type carries the same packet to the same flow row."""

import struct

import pytest
from scapy.contrib.mpls import MPLS
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import LLC, SNAP, STP, Dot3, Ether
from scapy.layers.ppp import HDLC, PPP, PPPoE
from scapy.packet import Raw

from sensor.wire.kernel.layout import Tunnel
from tests.sensor.wire.kernel.made import Flow, frames_of, walk

FOUR = IP(src="10.0.0.1", dst="192.0.2.9") / TCP(sport=40000, dport=25, flags="PA", seq=9) / Raw(b"mail")
SIX = IPv6(src="2001:db8::1", dst="2001:db8::9") / TCP(sport=40000, dport=25, flags="PA", seq=9) / Raw(b"mail")
FOUR_FLOW = Flow(("10.0.0.1", 40000), ("192.0.2.9", 25), 6, (1, 0), (44, 0), (4, 0))
SIX_FLOW = Flow(("2001:db8::1", 40000), ("2001:db8::9", 25), 6, (1, 0), (64, 0), (4, 0))
MAC = bytes.fromhex("02000000000a")


def cooked(proto, hardware=1):
    return struct.pack("!HHH", 0, hardware, 6) + MAC + b"\0\0" + struct.pack("!H", proto)


def cooked2(proto):
    return struct.pack("!HHIHBB", proto, 0, 3, 1, 0, 6) + MAC + b"\0\0"


def erf(kind):
    return b"\0" * 8 + bytes([kind]) + b"\x04\0\0\0\0\0\0"


LINKS = [
    pytest.param(1, Ether() / FOUR, FOUR_FLOW, id="ethernet"),
    pytest.param(1, Ether() / SIX, SIX_FLOW, id="ethernet, IPv6"),
    pytest.param(1, Dot3() / LLC() / SNAP(code=0x800) / FOUR, FOUR_FLOW, id="802.3, SNAP"),
    pytest.param(1, bytes(Dot3() / LLC(dsap=6, ssap=6, ctrl=3) / FOUR) + b"pad", FOUR_FLOW, id="802.3, LLC, padded"),
    pytest.param(12, FOUR, FOUR_FLOW, id="raw 12"),
    pytest.param(101, SIX, SIX_FLOW, id="raw 101"),
    pytest.param(228, FOUR, FOUR_FLOW, id="IPv4"),
    pytest.param(229, SIX, SIX_FLOW, id="IPv6"),
    pytest.param(0, struct.pack("<I", 2) + bytes(FOUR), FOUR_FLOW, id="null, little"),
    pytest.param(0, struct.pack(">I", 2) + bytes(FOUR), FOUR_FLOW, id="null, big"),
    *(
        pytest.param(0, struct.pack("<I", family) + bytes(SIX), SIX_FLOW, id=f"null, IPv6 as {family}")
        for family in (10, 23, 24, 28, 30)
    ),
    pytest.param(108, struct.pack(">I", 2) + bytes(FOUR), FOUR_FLOW, id="loop"),
    pytest.param(113, cooked(0x0800) + bytes(FOUR), FOUR_FLOW, id="cooked"),
    pytest.param(113, cooked(0x86DD) + bytes(SIX), SIX_FLOW, id="cooked, IPv6"),
    pytest.param(113, cooked(0x8100) + b"\0\x07\x08\0" + bytes(FOUR), FOUR_FLOW, id="cooked, VLAN"),
    pytest.param(113, cooked(4) + b"\xaa\xaa\x03\0\0\0\x08\0" + bytes(FOUR), FOUR_FLOW, id="cooked, LLC"),
    pytest.param(9, PPP(proto=0x21) / FOUR, FOUR_FLOW, id="PPP"),
    pytest.param(9, HDLC() / PPP(proto=0x21) / FOUR, FOUR_FLOW, id="PPP with address and control"),
    pytest.param(50, HDLC() / PPP(proto=0x21) / FOUR, FOUR_FLOW, id="PPP, serial"),
    pytest.param(51, b"\x11\0\0\x01\0\x2e\0\x21" + bytes(FOUR), FOUR_FLOW, id="PPPoE without Ethernet"),
    pytest.param(104, b"\x0f\0\x08\0" + bytes(FOUR), FOUR_FLOW, id="Cisco HDLC"),
    pytest.param(107, b"\x18\x41\x03\xcc" + bytes(FOUR), FOUR_FLOW, id="frame relay"),
    pytest.param(107, b"\x18\x41\x03\0\x80\0\0\0\x08\0" + bytes(FOUR), FOUR_FLOW, id="frame relay, SNAP"),
    pytest.param(107, b"\x18\x41\x08\0" + bytes(FOUR), FOUR_FLOW, id="frame relay, Cisco"),
    pytest.param(239, b"\x02\0\0\x05" + b"\x06\0\x0a\0ab\0\0" + b"\x30\0\x09\0" + bytes(FOUR), FOUR_FLOW, id="nflog"),
    pytest.param(192, b"\0\0\x08\0\x01\0\0\0" + bytes(Ether() / FOUR), FOUR_FLOW, id="PPI, Ethernet"),
    pytest.param(14, FOUR, FOUR_FLOW, id="raw 14"),
    pytest.param(276, cooked2(0x0800) + bytes(FOUR), FOUR_FLOW, id="cooked 2"),
    pytest.param(197, erf(2) + b"\0\0" + bytes(Ether() / FOUR), FOUR_FLOW, id="ERF, Ethernet"),
    pytest.param(
        197,
        erf(0x82) + b"\x84" + b"\0" * 7 + b"\x04" + b"\0" * 9 + bytes(Ether() / FOUR),
        FOUR_FLOW,
        id="ERF, two more headers",
    ),
    pytest.param(197, erf(22) + bytes(FOUR), FOUR_FLOW, id="ERF, IPv4"),
    pytest.param(197, erf(23) + bytes(SIX), SIX_FLOW, id="ERF, IPv6"),
    pytest.param(197, erf(1) + b"\xff\x03\0\x21" + bytes(FOUR), FOUR_FLOW, id="ERF, PPP"),
    pytest.param(197, erf(1) + b"\x0f\0\x08\0" + bytes(FOUR), FOUR_FLOW, id="ERF, Cisco HDLC"),
]


@pytest.mark.parametrize(("link", "frame", "flow"), LINKS)
def test_link_types(link, frame, flow):
    seen = walk(frames_of([frame], link=link))
    assert seen.flows == [flow]
    assert seen.payloads == [b"mail"]
    assert seen.unreadable == {}
    if link in (113, 276):
        assert int(seen.rows[0]["orig_mac"]) == int.from_bytes(MAC, "big")


@pytest.mark.parametrize(
    ("frame", "tunnel", "depth"),
    [
        pytest.param(Ether() / PPPoE(sessionid=1) / PPP(proto=0x21) / FOUR, Tunnel.PPPOE, 1, id="PPPoE"),
        pytest.param(
            bytes(Ether(type=0x8864)) + b"\x11\0\0\x01" + struct.pack("!H", len(FOUR) + 1) + b"\x21" + bytes(FOUR),
            Tunnel.PPPOE,
            1,
            id="PPPoE, protocol compressed to one byte",
        ),
        pytest.param(Ether() / MPLS(label=16, s=0) / MPLS(label=17, s=1) / FOUR, Tunnel.MPLS, 1, id="MPLS, two labels"),
    ],
)
def test_encapsulations(frame, tunnel, depth):
    seen = walk(frames_of([frame]))
    assert seen.flows == [FOUR_FLOW]
    assert (seen.rows[0]["tunnel"], seen.rows[0]["depth"]) == (tunnel, depth)


@pytest.mark.parametrize(
    ("frame", "link"),
    [
        pytest.param(Dot3() / LLC() / STP(), 1, id="spanning tree"),
        pytest.param(erf(21) + b"\0" * 40, 197, id="ERF, InfiniBand"),
        pytest.param(Ether(type=0x8863) / Raw(b"\x11\x09" + b"\0" * 30), 1, id="PPPoE discovery"),
        pytest.param(Ether() / PPPoE() / PPP(proto=0xC021) / Raw(b"\x01\x01\0\x04"), 1, id="LCP"),
        pytest.param(cooked(0, hardware=824) + b"\0" * 40, 113, id="netlink"),
    ],
)
def test_other_protocols_are_counted(frame, link):
    seen = walk(frames_of([frame], link=link))
    assert (seen.counts["OTHER_LINK"], seen.flows, seen.unreadable) == (1, [], {})


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(bytes(Ether(type=0x8903)) + b"\x40\x20" + bytes(Ether() / FOUR), id="FabricPath"),
        pytest.param(bytes(Ether(type=0x8926)) + b"\0\x01\0\x02\x08\0" + bytes(FOUR), id="VN-tag"),
        pytest.param(
            bytes(Ether(type=0x88E5)) + b"\0\0" + b"\0" * 4 + b"\x08\0" + bytes(FOUR) + b"\xcc" * 16, id="MACsec"
        ),
        pytest.param(
            bytes(Ether(type=0x88E5)) + b"\x20\0" + b"\0" * 12 + b"\x08\0" + bytes(FOUR) + b"\xcc" * 16,
            id="MACsec, station's number",
        ),
    ],
)
def test_what_switches_put_between(frame):
    seen = walk(frames_of([frame, *(frame[:size] for size in range(len(frame)))]))
    assert seen.flows[0].orig == FOUR_FLOW.orig
    assert seen.payloads[0] == b"mail"


def test_macsec_that_is_encrypted_says_so():
    frame = bytes(Ether(type=0x88E5)) + b"\x0c\0" + b"\0" * 60
    assert walk(frames_of([frame])).unreadable == {"MACSEC": 1}


def test_an_ip_version_that_the_frame_denies_is_neither():
    wrong = bytes(Ether(type=0x0800)) + bytes(SIX)
    seen = walk(frames_of([wrong]))
    assert (seen.unreadable, seen.counts["IPV4"], seen.counts["IPV6"]) == ({"IP_HEADER": 1}, 0, 0)


def test_an_unknown_link_type_says_so():
    assert walk(frames_of([b"\0" * 60], link=147)).unreadable == {"LINK_TYPE": 1}


def test_layers_are_bounded():
    tags = b"\x81\x00\x00\x05" * 200
    seen = walk(frames_of([b"\0" * 12 + tags + b"\x08\x00" + bytes(FOUR)]))
    assert seen.unreadable == {"ENCAPSULATION_DEPTH": 1}
    assert seen.flows == []
    frame = Ether() / Raw(b"")
    frame.type = 0x8864
    pppoe_in_mpls = b"\x11\0\0\x01\0\0\x02\x81" + b"\0\0\x01\0"
    assert walk(frames_of([bytes(frame) + pppoe_in_mpls * 30])).flows == []
