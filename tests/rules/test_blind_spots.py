"""Each blind spot, from packets through the whole chain: told once a device and day with what it hides, in both languages."""

import struct
import zlib

import pytest
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from sensor.chain import Chain
from sensor.settings import load
from tests.sensor.test_chain import Batches
from tests.sensor.track.frames import frames_of
from tests.sensor.wire.hellos import (
    alpn,
    certificate,
    client_hello,
    extension,
    handshake,
    record,
    server_hello,
    server_hello_13,
    sni,
    v8,
    v16,
    versions,
)
from tests.sensor.wire.initials import crypto, initial
from tests.sensor.wire.made import self_signed
from tests.sensor.wire.test_dns import POINTER, answer, message, question
from tests.sensor.wire.test_fingerprint_pairs import MET
from tests.sensor.wire.test_fingerprint_vpn import ANSWERED, ASKED, OURS, THEIRS, data

POSTS = ("192.168.1.20", "192.168.1.21")
PEER, RESOLVER = "203.0.113.9", "192.168.1.1"
DAY = 86_400
MUCH = bytes(23_000)


def udp(*datagrams, port=443):
    """(from the post, bytes) in order, as packets of one flow."""

    def packets(post, sport):
        for mine, payload in datagrams:
            ends = (post, PEER, sport, port) if mine else (PEER, post, port, sport)
            yield Ether() / IP(src=ends[0], dst=ends[1]) / UDP(sport=ends[2], dport=ends[3]) / Raw(payload)

    return packets


def tcp(*said, port=443, opened=True, lost=()):
    """(from the post, bytes) in order; `opened`: its beginning is seen; `lost`: the numbers of what the mirror missed."""

    def packets(post, sport):
        seq = {True: 1_000, False: 9_000}

        def one(mine, flags, payload=b""):
            ends = (post, PEER, sport, port) if mine else (PEER, post, port, sport)
            head = TCP(sport=ends[2], dport=ends[3], flags=flags, seq=seq[mine], ack=seq[not mine])
            seq[mine] += len(payload) + ("S" in flags)
            return Ether() / IP(src=ends[0], dst=ends[1]) / head / Raw(payload)

        if opened:
            yield from (one(True, "S"), one(False, "SA"), one(True, "A"))
        for number, (mine, payload) in enumerate(said):
            for at in range(0, len(payload), 1_400):
                packet = one(mine, "PA", payload[at : at + 1_400])
                if number not in lost:
                    yield packet

    return packets


def tls(*extensions, port=443):
    hello = client_hello(*extensions, versions(0x0304))
    sealed = record(23, bytes(400))
    return tcp((True, record(22, hello)), (False, record(22, server_hello_13()) + sealed), (True, sealed), port=port)


def quic(*extensions, port=443):
    return udp((True, initial(crypto(0, client_hello(*extensions)))), (False, bytes((0xE0, *bytes(40)))), port=port)


def raw(number):
    def packets(post, _sport):
        for mine in (True, False):
            ends = (post, PEER) if mine else (PEER, post)
            yield Ether() / IP(src=ends[0], dst=ends[1], proto=number) / Raw(bytes(120))

    return packets


def asked(*packets_of, ech=b"outer.example"):
    """A key for a name is handed out by DNS before."""
    config = b"\7\0\x20" + v16(bytes(32)) + v16(b"\0\1\0\1") + b"\0" + v8(ech) + v16(b"")
    key = struct.pack(">HH", 5, 6 + len(config)) + v16(b"\xfe\x0d" + v16(config))
    told = message(question(b"\6secret\7example\0", 65), answer(POINTER, 65, b"\0\1\0" + key))

    def packets(post, sport):
        yield Ether() / IP(src=RESOLVER, dst=post) / UDP(sport=53, dport=sport) / Raw(told)
        for more in packets_of:
            yield from more(post, sport)

    return packets


def inflated():
    """A mailbox is read in clear, compressed; a piece of it is missing, then it goes on."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    pieces = [packer.compress(b"* %d EXISTS\r\n" % n * 40) + packer.flush(zlib.Z_SYNC_FLUSH) for n in range(3)]
    return tcp(
        (False, b"* OK IMAP4rev1 ready\r\n"), (True, b"a COMPRESS DEFLATE\r\n"), (False, b"a OK go on\r\n"),
        *((False, piece) for piece in pieces), (True, b"x"), lost=(4,), port=143,
    )  # fmt: skip


def met(app, port):
    question_, answered = next((a, b) for name, a, b in MET if name == app)
    return udp((True, question_), (False, answered), port=port)


ECH = extension(0xFE0D, bytes(40))
SOCKS_SAID = (
    (True, b"\5\1\0"),
    (False, b"\5\0"),
    (True, b"\5\1\0\3\x0bexample.org\0\x50"),
    (False, b"\5\0\0\1\xc0\0\2\1\0\x50"),
)
PPTP = b"\0\x9c\0\1\x1a\x2b\x3c\x4d\0"
TOR = certificate(self_signed("www.g6ghvisevf3ibuu5.net", "www.xkgk7fdx362yyyxib.com"))
SHORT = [(n % 2 == 0, bytes((0x40 + n * 7 % 64,)) + bytes(range(60))) for n in range(12)]

KINDS = [
    ("wireguard", "blindspot-tunnel", "wireguard", met("wireguard", 51820)),
    ("wireguard under way", "blindspot-tunnel", "wireguard",
     udp((False, data(THEIRS, 9)), *((True, data(OURS, n)) for n in range(5)), port=51820)),
    ("openvpn", "blindspot-tunnel", "openvpn", met("openvpn", 1194)),
    ("openvpn over tcp", "blindspot-tunnel", "openvpn", tcp((True, ASKED), (False, ANSWERED))),
    ("ipsec", "blindspot-tunnel", "ipsec", met("ipsec", 500)),
    ("ipsec, only its packets", "blindspot-tunnel", "ipsec", raw(50)),
    ("l2tp", "blindspot-tunnel", "l2tp", met("l2tp", 1701)),
    ("pptp", "blindspot-tunnel", "pptp", tcp((True, PPTP + b"\1\0\0" + bytes(144)), (False, PPTP + b"\2\0\0" + bytes(144)), port=1723)),
    ("commercial vpn", "blindspot-vpn", "nordvpn", tls(sni(b"api.nordvpn.com"))),
    ("tor by name", "blindspot-tor", "tor", tls(sni(b"www.torproject.org"))),
    ("socks", "blindspot-proxy", "socks", tcp(*SOCKS_SAID, (True, b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"), port=1080)),
    ("doh", "blindspot-resolver", "google-dns", tls(sni(b"dns.google"), alpn(b"h2"))),
    ("dot", "blindspot-resolver-unlisted", "encrypted-dns", tls(sni(b"ns.example.net"), alpn(b"dot"), port=853)),
    ("dot by its port", "blindspot-resolver-unlisted", "encrypted-dns", tls(sni(b"ns.example.net"), port=853)),
    ("doq", "blindspot-resolver-unlisted", "encrypted-dns", quic(sni(b"ns.example.net"), alpn(b"doq"), port=8853)),
    ("ech, a known outer name", "blindspot-ech", "ech", tls(sni(b"cloudflare-ech.com"), ECH)),
    ("ech, by the key that dns handed out", "blindspot-ech", "ech", asked(tls(sni(b"outer.example"), ECH))),
    ("private relay", "blindspot-relay", "icloud-private-relay", quic(sni(b"mask.icloud.com"), alpn(b"h3"))),
    ("quic without its hello", "blindspot-missed", "quic", udp(*((m, p + MUCH[:1_300]) for m, p in SHORT * 2))),
    ("older than the box", "blindspot-old", None,
     tcp((True, b"\x9c" + bytes(100)), (False, b"\x8f" + MUCH), (True, bytes(100)), port=5555, opened=False)),
    ("compression", "blindspot-compressed", "imap", inflated()),
]  # fmt: skip


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


def told(settings, *shots):
    """(seconds, post, source port, packets of) → the blind spots that are told."""
    timed = [
        (seconds + n / 100, packet)
        for seconds, post, sport, packets in shots
        for n, packet in enumerate(packets(post, sport))
    ]
    timed.sort(key=lambda pair: pair[0])
    latest = {a.id: a for batch in Chain(settings, seed=1).run(Batches([frames_of(timed)])) for a in batch}
    return [alert for alert in latest.values() if alert.category == "blindspot"]


@pytest.mark.parametrize(("kind", "rule", "app", "packets"), KINDS, ids=[row[0] for row in KINDS])
def test_each_is_told_once_a_device_and_day(settings, kind, rule, app, packets):
    shots = [(0, POSTS[0], 40_000, packets), (600, POSTS[0], 40_001, packets), (1_200, POSTS[1], 40_002, packets)]
    alerts = told(settings, *shots, (DAY, POSTS[0], 40_003, packets))
    assert {(a.rule, a.app, a.nature, a.fr.title == a.en.title) for a in alerts} == {(rule, app, "event", False)}
    assert sorted(a.device.ip for a in alerts) == [POSTS[0], POSTS[0], POSTS[1]]
    assert {len({a.first_seen // (DAY * 10**9) for a in alerts if a.device.ip == post}) for post in POSTS} == {1, 2}
    assert all("{device}" in words.seen and words.advice for a in alerts for words in (a.fr, a.en)), kind


HELLO = sni(b"www.example.org")
SILENT = [
    ("grease ech", tls(HELLO, ECH)),
    ("grease ech where another name has a key", asked(tls(HELLO, ECH))),
    ("the outer name without ech", asked(tls(sni(b"outer.example")))),
    ("a browser on port 853", tls(HELLO, alpn(b"h2"), port=853)),
    (
        "a little that is older",
        tcp((True, b"\x9c" + bytes(100)), (False, b"\x8f" + bytes(100)), port=5555, opened=False),
    ),
    ("datagrams whose first byte stays", udp(*((m, b"\x48" + p + MUCH[:1_300]) for m, p in SHORT * 2))),
    ("the same on another port", udp(*((m, p + MUCH[:1_300]) for m, p in SHORT * 2), port=5_000)),
    (
        "compressed mail, all of it",
        tcp((False, b"* OK IMAP4rev1 ready\r\n"), (True, b"a COMPRESS DEFLATE\r\n"), port=143),
    ),
    ("openvpn is asked and does not answer", tcp((True, ASKED))),
    ("ipsec one way", lambda post, sport: list(raw(50)(post, sport))[:1]),
]


@pytest.mark.parametrize(("why", "packets"), SILENT, ids=[row[0] for row in SILENT])
def test_what_hides_nothing_is_not_told(settings, why, packets):
    assert told(settings, (0, POSTS[0], 40_000, packets)) == [], why


def test_a_name_that_dns_gave_away_is_no_blind_spot(settings):
    address = struct.pack(">HH", 4, 4) + bytes((203, 0, 113, 9))
    named = message(question(b"\6secret\7example\0", 65), answer(POINTER, 65, b"\0\1\0" + address))

    def packets(post, sport):
        yield Ether() / IP(src=RESOLVER, dst=post) / UDP(sport=53, dport=sport) / Raw(named)
        yield from asked(tls(sni(b"outer.example"), ECH))(post, sport)

    assert told(settings, (0, POSTS[0], 40_000, packets)) == []
    assert DNS(named)[DNSQR].qname == b"secret.example."


def test_tor_by_the_certificate_of_a_relay(settings):
    hello = record(22, client_hello(sni(b"www.ct7ctrgb6cr7.com"), ciphers=(0xC02F,)))
    answered = record(22, server_hello(cipher=0xC02F)) + record(22, TOR) + record(22, handshake(14, b""))
    packets = tcp((True, hello), (False, answered), (True, record(22, handshake(16, bytes(32))) + record(20, b"\1")))
    assert [(a.rule, a.app, a.confidence) for a in told(settings, (0, POSTS[0], 40_000, packets))] == [
        ("blindspot-tor", "tor", "certain")
    ]
