"""The kernel beside Wireshark's dissection of the same packets: protocols, flows, bytes."""

import subprocess
from collections import Counter

from scapy.contrib.mpls import MPLS
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.layers.ppp import PPP, PPPoE
from scapy.packet import Raw

from tests.sensor.wire.kernel.made import frames_of, pcap, walk

A, B, A6, B6 = "10.0.0.1", "192.0.2.9", "2001:db8::1", "2001:db8::9"
FIELDS = ["frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "ip.len", "ipv6.plen", "tcp.len", "udp.length"]


def dissect(path):
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=|", "-E", "occurrence=l"]
    command += ["-o", "ip.check_checksum:FALSE"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [dict(zip(FIELDS, line.split("|"), strict=True)) for line in out.splitlines()]


def sample():
    four, six = IP(src=A, dst=B), IPv6(src=A6, dst=B6)
    back = IP(src=B, dst=A)
    return [
        Ether() / four / TCP(sport=40000, dport=443, flags="S", seq=1),
        Ether() / back / TCP(sport=443, dport=40000, flags="SA", seq=7, ack=2),
        Ether() / Dot1Q(vlan=9) / four / TCP(sport=40000, dport=443, flags="PA", seq=2) / Raw(b"x" * 700),
        Ether() / back / TCP(sport=443, dport=40000, flags="PA", seq=8, options=[("NOP", None)] * 8) / Raw(b"y" * 31),
        Ether() / six / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / UDP(sport=7, dport=8) / Raw(b"z" * 99),
        Ether() / PPPoE(sessionid=5) / PPP(proto=0x57) / six / TCP(sport=1, dport=2, flags="PA") / Raw(b"w" * 5),
        Ether() / MPLS(label=20, s=1) / four / UDP(sport=9, dport=10) / Raw(b"v" * 6),
        Ether() / four / ICMP() / Raw(b"u" * 20),
        Ether() / ARP(psrc=A, pdst=B),
    ]


def test_protocols_and_bytes(tmp_path):
    packets = sample()
    path = tmp_path / "sample.pcap"
    path.write_bytes(pcap(packets))
    theirs = dissect(path)
    seen = walk(frames_of(packets))
    protocols = Counter(word for packet in theirs for word in set(packet["frame.protocols"].split(":")))
    ours = seen.counts
    assert (ours["TCP"], ours["UDP"], ours["ICMP"], ours["ARP"]) == tuple(
        protocols[word] for word in ("tcp", "udp", "icmp", "arp")
    )
    # not by the word: within MPLS, Wireshark 4.4 leaves it out
    assert (ours["IPV4"], ours["IPV6"]) == tuple(sum(bool(p[word]) for p in theirs) for word in ("ip.len", "ipv6.plen"))
    assert ours["IP_BYTES"] == sum(
        int(packet["ip.len"] or 0) + (int(packet["ipv6.plen"]) + 40 if packet["ipv6.plen"] else 0) for packet in theirs
    )
    payload = sum(
        int(packet["tcp.len"] or 0) + (int(packet["udp.length"]) - 8 if packet["udp.length"] else 0)
        for packet in theirs
    )
    transport = [flow for flow in seen.flows if flow.proto in (6, 17)]
    assert sum(sum(flow.bytes) for flow in transport) == payload
    pairs = {frozenset((p["ip.src"] or p["ipv6.src"], p["ip.dst"] or p["ipv6.dst"])) for p in theirs} - {
        frozenset({""})
    }
    assert {frozenset((flow.orig[0], flow.resp[0])) for flow in seen.flows} == pairs
