"""Copies of a packet that two mirrored ports show: dropped; packets sent anew: kept."""

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import GRE, Dot1Q, Ether
from scapy.packet import Raw

from sensor.wire.kernel.duplicates import BARE_WINDOW, WINDOW
from sensor.wire.kernel.layout import Want
from tests.sensor.wire.kernel.made import MS, frames_of, walk

MACS = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"
LAN = Ether(src=MACS[0], dst=MACS[1])
A, B, A6, B6 = "10.0.0.1", "192.0.2.9", "2001:db8::1", "2001:db8::9"
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
    pytest.param(LAN / six(64), LAN / six(63), id="IPv6"),
    pytest.param(
        LAN / IP(src=A, dst=B, id=0) / UDP(sport=1, dport=2) / Raw(b"q" * 99),
        LAN / IP(src=A, dst=B, id=0) / UDP(sport=1, dport=2) / Raw(b"q" * 99),
        id="UDP",
    ),
    pytest.param(LAN / IP(src=A, dst=B) / ICMP(seq=3), LAN / IP(src=A, dst=B) / ICMP(seq=3), id="ping"),
]


@pytest.mark.parametrize(("one", "other"), COPIES)
def test_a_copy_is_counted_and_dropped(one, other):
    assert pair(one, other, BARE_WINDOW - 2 * UNIT) == (1, 1)


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
        pytest.param(four(0), BARE_WINDOW, id="identification 0"),
        pytest.param(six(), BARE_WINDOW, id="IPv6"),
    ],
)
def test_the_window(packet, window):
    assert pair(LAN / packet, LAN / packet, window - 2 * UNIT) == (1, 1)
    assert pair(LAN / packet, LAN / packet, window + 2 * UNIT) == (2, 0)


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
