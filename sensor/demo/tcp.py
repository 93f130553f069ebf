"""A TCP conversation as the box would see it: handshake, data, acknowledgements, farewell (RFC 9293).

Scapy makes the headers of each direction once; every packet is that template with its lengths, numbers and checksums filled in
by column (RFC 1071), so that a hundred thousand packets take a moment. What a scene says is kept whole; what merely flows is
kept with a snap length, as a capture does that keeps headers only.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet

from sensor.demo.cast import Host
from sensor.demo.film import MINIMUM, Film, Take

MSS = 1460
SNAP = 96  # bytes kept of a packet that merely flows
BYTE_NS = 8  # on the wire at 1 Gbit/s

_FIN, _SYN, _PSH, _ACK = 1, 2, 8, 16


def network(film: Film, source: Host, target: Host, *, v6: bool = False) -> Packet:
    """Scapy's layers from one host to another, up to IP."""
    ether = Ether(src=source.mac, dst=target.mac)
    if source.vlan or target.vlan:
        ether /= Dot1Q(vlan=source.vlan or target.vlan)
    if v6:
        return ether / IPv6(src=source.ip6, dst=target.ip6, hlim=source.ttl)
    return ether / IP(src=source.ip, dst=target.ip, ttl=source.ttl, id=int(film.rng.integers(1, 60_000)), flags="DF")


class _Side(NamedTuple):
    """One direction's header without options, and where its fields lie."""

    header: NDArray[np.uint8]
    ip: int  # offset of the IP header
    tcp: int
    v6: bool


class Conversation:
    """Between a client and a server. `at` is the film's time in ns and moves as they speak."""

    def __init__(self, film: Film, client: Host, server: Host, port: int, *, start: int, v6: bool = False) -> None:
        self.film = film
        self.at = start
        self.client, self.server = client, server
        ports = (film.port(), port)
        self._sides = tuple(
            self._side(network(film, one, other, v6=v6) / TCP(sport=ports[i], dport=ports[1 - i], window=64_240))
            for i, (one, other) in enumerate([(client, server), (server, client)])
        )
        self._seq = [int(film.rng.integers(1 << 32)), int(film.rng.integers(1 << 32))]
        self._ids = [int(film.rng.integers(60_000)), int(film.rng.integers(60_000))]
        self._away = max(client.away, server.away)
        self._open(v6=v6)

    @staticmethod
    def _side(packet: Packet) -> _Side:
        raw = bytes(packet)
        tcp = len(raw) - 20
        v6 = IPv6 in packet
        return _Side(np.frombuffer(raw, dtype=np.uint8), tcp - (40 if v6 else 20), tcp, v6)

    def _open(self, *, v6: bool) -> None:
        """SYN, SYN-ACK, ACK, with the options that today's systems send."""
        options = [("MSS", MSS - 20 * v6), ("NOP", None), ("WScale", 8), ("NOP", None), ("NOP", None), ("SAckOK", b"")]
        for side, flags in ((0, "S"), (1, "SA")):
            packet = Ether(self._sides[side].header.tobytes())
            tcp = packet[TCP]
            tcp.seq, tcp.ack, tcp.flags, tcp.options = self._seq[side], self._seq[0] * side, flags, options
            for field in ("chksum", "dataofs"):
                delattr(tcp, field)
            ip = packet[IPv6] if v6 else packet[IP]
            for field in ("plen",) if v6 else ("len", "chksum"):
                delattr(ip, field)
            self.film.shoot(self.at, bytes(packet))
            self._seq[side] = (self._seq[side] + 1) % (1 << 32)
            self.at += self._away // 2 if side == 0 else 100_000
        self._emit(np.array([0]), np.array([0]), np.array([self.at]), np.zeros((1, 0), np.uint8))

    def say(self, data: bytes, *, client: bool, think: int = 0) -> None:
        """One side sends `data`, whole, `think` ns after the last packet; the other acknowledges every second segment."""
        count = -(-len(data) // MSS)
        flat = np.zeros(count * MSS, dtype=np.uint8)
        flat[: len(data)] = np.frombuffer(data, dtype=np.uint8)
        self.at += self._away // 2 + think
        lengths = np.full(count, MSS)
        lengths[-1] = len(data) - MSS * (count - 1)
        self._flow(lengths, client=client, span=int(len(data) * BYTE_NS * 20), payload=flat.reshape(count, MSS))

    def pour(self, size: int, *, client: bool, span: int) -> None:
        """One side sends `size` bytes of TLS application data within `span` ns, kept with a snap length."""
        count = -(-size // MSS)
        lengths = np.full(count, MSS)
        lengths[-1] = size - MSS * (count - 1)
        self._flow(lengths, client=client, span=span, payload=sealed(self.film, lengths))

    def _flow(self, lengths: NDArray[np.int64], *, client: bool, span: int, payload: NDArray[np.uint8]) -> None:
        """Data one way and, after every second segment and the last, an acknowledgement the other way."""
        count = len(lengths)
        gaps = self.film.rng.exponential(size=count)
        times = self.at + (np.cumsum(gaps) * (span / gaps.sum())).astype(np.int64)
        acked = np.zeros(count, dtype=bool)
        acked[1::2] = acked[-1] = True
        place = np.arange(count) + np.cumsum(acked) - acked  # of each segment among segments and acknowledgements
        total = count + int(acked.sum())
        direction = np.full(total, int(client))
        direction[place] = int(not client)
        sizes = np.zeros(total, dtype=np.int64)
        sizes[place] = lengths
        when = np.zeros(total, dtype=np.int64)
        when[place] = times
        when[place[acked] + 1] = times[acked] + 20_000
        body = np.zeros((total, payload.shape[1]), dtype=np.uint8)
        body[place] = payload
        self._emit(direction, sizes, np.maximum.accumulate(when), body)

    def converse(self, sizes: NDArray[np.int64], client: NDArray[np.bool_], times: NDArray[np.int64]) -> None:
        """Both sides send: `sizes[i]` bytes by the client or not at `times[i]`, snapped, each row one segment."""
        self._emit((~client).astype(np.int64), sizes, times, sealed(self.film, sizes, None))

    def close(self) -> None:
        """FIN both ways."""
        away = self._away // 2
        for flags, side in ((_FIN | _ACK, 0), (_FIN | _ACK, 1), (_ACK, 0)):
            self.at += away
            self._emit(np.array([side]), np.array([0]), np.array([self.at]), np.zeros((1, 0), np.uint8), flags)

    def _emit(
        self,
        side: NDArray[np.int64],
        sizes: NDArray[np.int64],
        times: NDArray[np.int64],
        body: NDArray[np.uint8],
        flags: int | None = None,
    ) -> None:
        """Packets in order: `side` 0 is the client. `body` holds what is kept of each payload."""
        fin = int(bool(flags and flags & _FIN))
        sent = [np.cumsum(np.where(side == i, sizes, 0)) for i in (0, 1)]
        base = tuple(self._seq)
        for i in (0, 1):
            rows = np.flatnonzero(side == i)
            if len(rows):
                numbers = base[i] + sent[i][rows] - sizes[rows], base[1 - i] + sent[1 - i][rows]
                ids = (self._ids[i] + np.arange(len(rows))) % 65_536
                self._ids[i] += len(rows)
                marks = np.full(len(rows), flags) if flags else np.where(sizes[rows] > 0, _PSH | _ACK, _ACK)
                self.film.add(fill(self._sides[i], sizes[rows], times[rows], body[rows], (*numbers, ids, marks)))
            self._seq[i] = (base[i] + int(sent[i][-1]) + fin * int(side[0] == i)) % (1 << 32)
        self.at = int(times[-1])


Numbers = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Sequence and acknowledgement numbers, IPv4 identifications, TCP flags."""


def fill(
    side: _Side, sizes: NDArray[np.int64], times: NDArray[np.int64], body: NDArray[np.uint8], numbers: Numbers
) -> Take:
    """The template of one direction, filled in for each packet. What is not kept of a payload is taken as zeros."""
    seq, ack, ids, flags = numbers
    head = len(side.header)
    kept = np.minimum(sizes, body.shape[1])
    data = np.zeros((len(sizes), max(head + body.shape[1], MINIMUM)), dtype=np.uint8)
    data[:, :head] = side.header
    data[:, head : head + body.shape[1]] = body * (np.arange(body.shape[1]) < kept[:, None])
    _put(data, side.tcp + 4, seq, 4)
    _put(data, side.tcp + 8, ack, 4)
    data[:, side.tcp + 13] = flags
    if side.v6:
        _put(data, side.ip + 4, sizes + 20, 2)
        addresses = slice(side.ip + 8, side.ip + 40)
    else:
        _put(data, side.ip + 2, sizes + 40, 2)
        _put(data, side.ip + 4, ids, 2)
        _put(data, side.ip + 10, np.zeros_like(ids), 2)
        _put(data, side.ip + 10, checksum(data[:, side.ip : side.tcp]), 2)
        addresses = slice(side.ip + 12, side.ip + 20)
    _put(data, side.tcp + 16, np.zeros_like(ids), 2)
    pseudo = np.zeros((len(sizes), 4), dtype=np.uint8)
    pseudo[:, 1] = 6
    _put(pseudo, 2, sizes + 20, 2)
    end = head + body.shape[1]
    _put(data, side.tcp + 16, checksum(pseudo, data[:, addresses], data[:, side.tcp : end]), 2)
    wirelen = np.maximum(head + sizes, MINIMUM).astype(np.uint32)
    return Take(times, np.minimum(np.maximum(head + kept, MINIMUM), wirelen).astype(np.uint32), wirelen, data)


def _put(data: NDArray[np.uint8], offset: int, values: NDArray[np.int64], size: int) -> None:
    """A big-endian column of `size` bytes."""
    for i in range(size):
        data[:, offset + i] = (values >> (8 * (size - 1 - i))) & 255


def checksum(*parts: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The internet checksum (RFC 1071) of each row, over all parts one after the other; each but the last of even width."""
    total = np.zeros(len(parts[0]), dtype=np.int64)
    for part in parts:
        total += part[:, 0::2].sum(axis=1, dtype=np.int64) << 8
        total += part[:, 1::2].sum(axis=1, dtype=np.int64)
    for _ in range(3):
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


RECORD = 16_406  # bytes of a full TLS 1.3 record with its header: 2^14 of content, its type, 16 of tag, 5 of header


def sealed(film: Film, lengths: NDArray[np.int64], record: int | None = RECORD) -> NDArray[np.uint8]:
    """What is kept of segments that carry TLS records of `record` bytes one after another, the last one shorter: chance,
    with each record's header where it falls. `record` None: each segment is a record of its own.
    """
    kept = film.rng.integers(0, 256, (len(lengths), SNAP - 54), dtype=np.uint8)
    total = int(lengths.sum())
    if record is None:
        to_next, sizes = np.zeros(len(lengths), dtype=np.int64), lengths
    else:
        begins = np.cumsum(lengths) - lengths
        to_next = -begins % record
        sizes = np.minimum(record, total - begins - to_next)
    for row in np.flatnonzero((to_next <= kept.shape[1] - 5) & (sizes >= 5)):
        inside = int(sizes[row]) - 5
        kept[row, to_next[row] : to_next[row] + 5] = (0x17, 3, 3, inside >> 8, inside & 255)
    return kept
