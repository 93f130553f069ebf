"""What comes in fragments is judged as what comes whole: a clear mail, and the DNS answer that names a peer."""

from pathlib import Path as FilePath

import pytest
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment, fragment6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from sensor.chain import Chain
from sensor.settings import load
from tests.corpus.in_memory import Frame, InMemory, read

RECORDINGS = FilePath(__file__).parents[1] / "recordings"
ETHERNET = 1
MS = 1_000_000
START = 1_790_000_000_000_000_000
POST, SERVER, RESOLVER = "192.168.1.10", "198.51.100.7", "192.0.2.53"
POST6, RESOLVER6 = "fd00::10", "2001:db8::53"
NAME = "mail.labo.example"


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


def heard(frames, settings, watcher=None):
    """(what is judged of each alert, the run's figures)."""
    chain = Chain(settings, seed=1, watcher=watcher)
    found = {alert.id: alert for batch in chain.run(InMemory(frames)) for alert in batch}
    told = {
        (a.rule, a.app, a.device.ip, a.peer.ip, a.peer.host, a.bytes_out, a.count, a.evidence) for a in found.values()
    }
    return told, chain.stats()


def cut(frame, number, size, order):
    """The frame's IPv4 packet in fragments of `size` bytes."""
    whole = Ether(frame.data)
    if IP not in whole or len(whole[IP].payload) <= size:
        return [frame]
    whole[IP].flags, whole[IP].id = 0, number
    pieces = [frame.data[:14] + bytes(piece) for piece in fragment(whole[IP], fragsize=size)]
    return [Frame(frame.ts + at, frame.link, piece, len(piece)) for at, piece in enumerate(order(pieces))]


@pytest.mark.parametrize("order", [list, lambda pieces: pieces[::-1]], ids=["in order", "the last one first"])
@pytest.mark.parametrize("size", [64, 512])
def test_a_clear_mail_in_fragments(settings, size, order):
    frames = read(RECORDINGS / "mail_clear_pdf.pcap")
    whole, _ = heard(frames, settings)
    assert any(rule.startswith("mail") for rule, *_ in whole)
    pieces = [piece for number, frame in enumerate(frames, 1) for piece in cut(frame, number, size, order)]
    assert len(pieces) > len(frames)
    told, stats = heard(pieces, settings)
    assert told == whole
    assert stats.fragments["complete"] > 0
    assert stats.fragments["incomplete"] == 0


def answer(six):
    """A DNS answer of some kilobytes, in fragments of 1,280 bytes at most."""
    question = DNSQR(qname=NAME)
    records = [DNSRR(rrname=NAME, type="A", ttl=300, rdata=f"198.51.100.{n}") for n in range(1, 120)]
    dns = DNS(id=7, qr=1, qd=question, an=records)
    ask = DNS(id=7, qd=question)
    ports, back = UDP(sport=40000, dport=53), UDP(sport=53, dport=40000)
    if six:
        asked = IPv6(src=POST6, dst=RESOLVER6) / ports / ask
        said = IPv6(bytes(IPv6(src=RESOLVER6, dst=POST6) / IPv6ExtHdrFragment(id=9) / back / dns))
        return [asked, *fragment6(said, 1280)]
    asked = IP(src=POST, dst=RESOLVER) / ports / ask
    return [asked, *fragment(IP(src=RESOLVER, dst=POST, id=9) / back / dns, fragsize=1240)]


def conversation(one):
    """Bytes that nobody knows, to an address of the answer."""
    there, here = IP(src=one, dst=SERVER), IP(src=SERVER, dst=one)
    return [
        there / TCP(sport=50000, dport=9999, flags="S", seq=1),
        here / TCP(sport=9999, dport=50000, flags="SA", seq=1, ack=2),
        there / TCP(sport=50000, dport=9999, flags="PA", seq=2, ack=2) / Raw(b"\x07" * 40),
    ]


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "the last one first"])
@pytest.mark.parametrize("six", [False, True], ids=["IPv4", "IPv6"])
def test_a_dns_answer_in_fragments_names_the_peer(settings, six, order):
    asked, *pieces = answer(six)
    assert len(pieces) > 1
    packets = [asked, *pieces[::order], *([] if six else conversation(POST))]
    frames = [
        Frame(START + n * MS, ETHERNET, raw, len(raw)) for n, raw in enumerate(bytes(Ether() / p) for p in packets)
    ]
    seen = []
    _, stats = heard(frames, settings, seen.append)
    assert stats.fragments["complete"] == 1
    answers = [len(o.record.answers) for o in seen if o.record.service == "dns" and o.record.is_response]
    assert len(answers) == 1
    assert answers[0] > 20  # past the first fragment
    if not six:
        named = {(o.peer.host, o.peer.host_source) for o in seen if o.conn.resp.port == 9999}
        assert (NAME, "dns") in named
