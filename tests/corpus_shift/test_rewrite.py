"""The rewriting itself: what changes, what stays, and that checksums stay right."""

import pytest
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption
from scapy.layers.inet6 import ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, IPv6, IPv6ExtHdrHopByHop
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Raw

from tests.corpus.in_memory import Frame
from tests.corpus_shift.rewrite import SHIFT, Rewriter

A, B = "192.168.1.20", "93.184.216.34"
ANSWER = DNS(id=1, qr=1, qd=DNSQR(qname="x.example"), an=[DNSRR(rrname="x.example", type="A", rdata=B)])
ETHER = Ether(src="02:00:00:00:00:11", dst="02:00:00:00:00:01")


def rewritten(*packets):
    frames = [Frame(5, 1, bytes(packet), len(bytes(packet))) for packet in packets]
    rewriter = Rewriter(frames)
    return [rewriter.frame(frame) for frame in frames], rewriter


def without_sums(packet):
    """The same packet built anew, checksums counted by scapy."""
    for layer in packet.layers():
        for field in ("chksum", "cksum"):
            if field in packet[layer].fields:
                packet[layer].delfieldval(field)
    return bytes(packet)


@pytest.mark.parametrize(
    "packet",
    [
        ETHER / IP(src=A, dst=B) / TCP(sport=51000, dport=443, flags="S"),
        ETHER / Dot1Q(vlan=5) / IP(src=A, dst=B) / TCP(sport=51000, dport=443, flags="PA") / Raw(b"odd"),
        ETHER / IP(src=A, dst=B, options=IPOption(bytes(4))) / UDP(sport=51000, dport=443) / Raw(b"x"),
        ETHER / IP(src=B, dst=A) / UDP(sport=53, dport=51000) / ANSWER,
        ETHER / IP(src=B, dst=A) / ICMP() / Raw(b"x"),
        ETHER / IPv6(src="2a00:1::5", dst="2a00:2::9") / TCP(sport=51000, dport=443, flags="S"),
        ETHER / IPv6(src="fe80::1", dst="2a00:2::9") / IPv6ExtHdrHopByHop() / UDP(sport=51000, dport=443) / Raw(b"x"),
        ETHER / IPv6(src="fe80::1", dst="ff02::1") / ICMPv6ND_RA() / ICMPv6NDOptPrefixInfo(prefix="2a00:1::"),
        ETHER / IPv6(src="fe80::1", dst="ff02::1") / ICMPv6ND_NS(tgt="2a00:1::5"),
        ETHER
        / IP(src="10.1.1.1", dst="10.1.1.2")
        / UDP(dport=4789)
        / VXLAN()
        / ETHER
        / IP(src=A, dst=B)
        / TCP(dport=22),
    ],
)
def test_checksums_stay_right(packet):
    (after,), rewriter = rewritten(packet)
    assert after.data != bytes(packet)
    assert after.data == without_sums(Ether(after.data))
    assert not rewriter.untouched


def test_a_wrong_checksum_stays_wrong():
    (after,), _ = rewritten(ETHER / IP(src=A, dst=B, chksum=1) / TCP(sport=51000, dport=443, flags="S"))
    assert after.data != without_sums(Ether(after.data))


def test_what_changes_and_what_stays():
    (syn, answer, arp), _ = rewritten(
        ETHER / IP(src=A, dst=B) / TCP(sport=51000, dport=2525, flags="S") / Raw(b"payload"),
        ETHER / IP(src=B, dst=A) / TCP(sport=2525, dport=51000, flags="SA"),
        ETHER / ARP(psrc=A, pdst="192.168.1.255"),
    )
    there, back, arp = Ether(syn.data), Ether(answer.data), Ether(arp.data)
    assert (there[IP].src, there[IP].dst, there.sport) == (back[IP].dst, back[IP].src, back.dport)
    assert (there.dport, back.sport, bytes(there[Raw])) == (2525, 2525, b"payload")
    assert {there[IP].src, there[IP].dst, there.sport, there.src} & {A, B, 51000, ETHER.src} == set()
    assert there[IP].src.startswith("192.168.")
    assert (arp.psrc, arp.pdst.rpartition(".")[2]) == (there[IP].src, "255")
    assert syn.ts == 5 + SHIFT


def test_an_answer_names_the_address_that_follows():
    (dns, syn), _ = rewritten(
        ETHER / IP(src="9.9.9.9", dst=A) / UDP(sport=53, dport=51000) / ANSWER,
        ETHER / IP(src=A, dst=B) / TCP(flags="S"),
    )
    assert Ether(dns.data)[DNS].an[0].rdata == Ether(syn.data)[IP].dst != B
