"""What readers are fuzzed with: what they were fed while the lab's recordings and the demo's morning were judged, and tables.

A seed is a dialogue: pieces of (from_orig, bytes), as they came. Nothing here is read but what the project made itself.
"""

import lzma
from pathlib import Path

from scapy.layers.inet6 import ICMPv6ND_RA

from sensor import chain
from sensor.capture import CaptureError
from sensor.capture.files import open_capture
from sensor.demo.morning import morning
from sensor.settings import Settings
from sensor.wire import DatagramEntry, StreamEntry, arp, lldp, ndp
from sensor.wire.postgresql import ASK_GSS, ASK_TLS
from sensor.wire.readers import DATAGRAMS, STREAMS
from sensor.wire.tls_certificate import Names, read_names
from tests.sensor.wire import test_ldap as ldap
from tests.sensor.wire import test_mysql as mysql
from tests.sensor.wire import test_postgresql as postgresql
from tests.sensor.wire.dialogue import Orig
from tests.sensor.wire.hellos import certificate
from tests.sensor.wire.initials import crypto, initial
from tests.sensor.wire.made import self_signed
from tests.sensor.wire.test_arp import GOOD as ARP_REPLY
from tests.sensor.wire.test_dhcp import ACK, DISCOVER
from tests.sensor.wire.test_dhcpv6 import REPLY, SOLICIT
from tests.sensor.wire.test_dtls import WHOLE
from tests.sensor.wire.test_fingerprint import SIGNS_ALONE
from tests.sensor.wire.test_fingerprint_datagram import CALL, QUERY
from tests.sensor.wire.test_fingerprint_pairs import MET
from tests.sensor.wire.test_lldp import START, element
from tests.sensor.wire.test_lldp import frame as lldp_frame
from tests.sensor.wire.test_ndp import ROUTER, prefix
from tests.sensor.wire.test_netbios import datagram, wire
from tests.sensor.wire.test_quic import DRAFT, HELLO, V2
from tests.sensor.wire.test_readers import FIRST
from tests.sensor.wire.test_rtp import call
from tests.sensor.wire.test_ssdp import NOTIFY, SEARCH
from tests.sensor.wire.test_stun import attribute, message
from tests.sensor.wire.test_websocket import down, up

Piece = tuple[bool, bytes]
Seeds = dict[str, list[list[Piece]]]

RECORDINGS = Path(__file__).parents[1] / "recordings"
MOST = 60  # dialogues of one protocol
LONGEST = 24  # pieces of one dialogue
LARGEST = 4_096  # of a piece

REALM = message(0x0113, attribute(0x0014, b"signal.org"))
TABLES: Seeds = {
    "fingerprint": [[(isinstance(step, Orig), bytes(step)) for step in script] for _, script in SIGNS_ALONE],
    "stun": [[(True, message(0x0003)), (False, REALM)]],
    "websocket": [
        [
            (isinstance(s, Orig), bytes(s))
            for s in (down(b"RFB 003.008\n"), up(b"RFB 003.008\n"), down(b"\1\1"), up(b"\1\1"))
        ]
    ],
    "socks": [
        [(True, b"\5\1\0"), (False, b"\5\0"), (True, b"\5\1\0\1\xc0\0\2\1\0\x16"), (False, b"\5\0\0\1\xc0\0\2\1\0\x16")]
    ],
    "ldap": [[(True, ldap.ASKS), (False, ldap.GRANTED)], [(True, ldap.SEARCH), (False, ldap.FOUND), (True, ldap.BIND)]],
    "postgresql": [
        [(True, ASK_GSS), (False, b"N"), (True, ASK_TLS), (False, b"S")],
        [(True, ASK_TLS), (False, b"N"), (True, postgresql.START)],
    ],
    "mysql": [[(False, mysql.GREETING), (True, asks)] for asks in (mysql.ASKS, mysql.CLEAR)],
    **{
        str(name): [[(True, orig), (False, resp)]]
        for name, (orig, resp) in FIRST.items()
        if name in ("xmpp", "irc", "rlogin", "dns")
    },
}
DATAGRAM_TABLES: Seeds = {
    "quic": [[(True, initial(crypto(0, HELLO), version=version))] for version in (1, V2, DRAFT)]
    + [[(True, initial(crypto(200, HELLO[200:]))), (True, initial(crypto(0, HELLO[:200]), number=1))]],
    "ssl": [[(True, WHOLE)]],
    "dhcp": [[(True, DISCOVER)], [(False, ACK)], [(True, bytes(SOLICIT))], [(False, bytes(REPLY))]],
    "ssdp": [[(True, NOTIFY)], [(True, SEARCH)]],
    "netbios": [[(True, datagram(wire("PC-ACCUEIL")))]],
    "fingerprint": [[(True, asked), (False, answered)] for _, asked, answered in MET]
    + [[(True, CALL + b"\xfe\xff\xff\xff" + QUERY)]],
    "stun": [[(True, message(0x0001)), (False, REALM)]],
    "rtp": [[(from_orig, data) for data, from_orig in call()]],
    "rdp": [
        [
            (True, b"\xff" * 4 + b"\4\0\0\1" + b"abcd" + b"\4\xd0\4\xd0" + bytes(1216)),
            (False, b"abcd" + b"\4\0\0\5" + b"efgh" + b"\4\xd0\4\xd0" + bytes(1216)),
            (True, bytes(80)),
            (False, bytes(80)),
        ]
    ],
}


NOBODY = Names()
CERTIFIED = [
    certificate(self_signed(name, maker))[4:]
    for name, maker in (("pacs.example.fr", "ACME"), (None, None), ("AnyDesk Client", None))
]
WHOLES = {
    "arp": (arp.sender, [ARP_REPLY]),
    "ndp": (ndp.announced, [bytes(ROUTER / ICMPv6ND_RA() / prefix())]),
    "lldp": (
        lldp.read_frame,
        [lldp_frame(*START, element(5, b"commutateur"), element(6, b"Acme OS 3"), element(0, b""))],
    ),
    "certificate": (read_names, CERTIFIED),
}
"""Readers of one whole thing outside of flows, each with what it is fuzzed with."""


class _Heard:
    """A reader that keeps what it is fed."""

    def __init__(self, entry: StreamEntry, seeds: Seeds) -> None:
        self._reader = entry.reader()
        self.service = entry.service
        self._pieces: list[Piece] = []
        dialogues = seeds.setdefault(entry.service, [])
        if len(dialogues) < MOST:
            dialogues.append(self._pieces)

    def data(self, data: bytes, *, from_orig: bool):
        if len(self._pieces) < LONGEST:
            self._pieces.append((from_orig, data[:LARGEST]))
        return self._reader.data(data, from_orig=from_orig)

    def gap(self, missing: int, *, from_orig: bool):
        return self._reader.gap(missing, from_orig=from_orig)

    def end(self, *, from_orig: bool):
        return self._reader.end(from_orig=from_orig)


class _HeardDatagrams:
    def __init__(self, entry: DatagramEntry, seeds: Seeds) -> None:
        self._read = entry.session().datagram if entry.session else entry.read
        self._pieces: list[Piece] = []
        dialogues = seeds.setdefault(entry.service, [])
        if len(dialogues) < MOST:
            dialogues.append(self._pieces)

    def datagram(self, data: bytes, from_orig: bool):
        if len(self._pieces) < LONGEST:
            self._pieces.append((from_orig, data[:LARGEST]))
        return self._read(data, from_orig)


def _wrapped(streams: Seeds, datagrams: Seeds):
    def stream(entry: StreamEntry):
        return StreamEntry(entry.service, entry.probe, lambda: _Heard(entry, streams), entry.first_bytes)

    def datagrams_of(entry: DatagramEntry):
        return DatagramEntry(
            entry.service, entry.probe, entry.read, lambda: _HeardDatagrams(entry, datagrams), entry.tentative
        )

    return tuple(map(stream, STREAMS)), tuple(map(datagrams_of, DATAGRAMS))


def harvest(settings: Settings, folder: Path) -> tuple[Seeds, Seeds]:
    """(dialogues of streams, dialogues of datagrams) by protocol. `folder`: where captures are unpacked."""
    streams: Seeds = {name: list(dialogues) for name, dialogues in TABLES.items()}
    datagrams: Seeds = {name: list(dialogues) for name, dialogues in DATAGRAM_TABLES.items()}
    (folder / "morning.pcap").write_bytes(morning().develop(1_795_420_800_000_000_000))
    captures = [folder / "morning.pcap"]
    for packed in sorted(RECORDINGS.iterdir()):
        if packed.suffix == ".xz" and packed.stat().st_size < 300_000:
            (folder / packed.stem).write_bytes(lzma.decompress(packed.read_bytes()))
            captures.append(folder / packed.stem)
        elif packed.suffix == ".pcap":
            captures.append(packed)
    before = chain.STREAMS, chain.DATAGRAMS
    chain.STREAMS, chain.DATAGRAMS = _wrapped(streams, datagrams)
    try:
        for capture in captures:
            try:
                for _ in chain.Chain(settings, seed=1).run(open_capture(capture)):
                    pass
            except CaptureError:
                continue
    finally:
        chain.STREAMS, chain.DATAGRAMS = before
    return (
        {n: [d for d in ds if d] for n, ds in streams.items()},
        {n: [d for d in ds if d] for n, ds in datagrams.items()},
    )
