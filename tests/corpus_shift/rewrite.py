"""A capture with other numbers: MACs, addresses, client ports and times changed, each the same way throughout.

    Ethernet with VLAN tags, PPPoE and MPLS, these inside VXLAN; null, loop, raw IP, Linux cooked 1 and 2
    ARP; IPv4; IPv6 with extension headers and neighbour discovery; TCP; UDP; A and AAAA answers of DNS, mDNS and LLMNR over UDP

An address keeps its kind: a private range stays itself, a public address stays public, the last octets 0 and 255 stay,
multicast stays. A client's port is the one that sent the SYN, else the high one of a high and a low one. Checksums are
changed by the difference (RFC 1624): one that was right stays right, a wrong one wrong, in cut packets too. Addresses inside
other payloads (FTP's PORT, packets quoted by ICMP, SOCKS requests) stay.
"""

import struct
from collections import Counter
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from tests.corpus.in_memory import Frame

ETHERNET = 1
DAY = 86_400 * 10**9
SHIFT = 201 * DAY

RANGES = tuple(
    (IPv6Network if ":" in text else IPv4Network)(text)
    for text in (
        *(
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "0.0.0.0/8",
        ),
        *("224.0.0.0/4", "240.0.0.0/4", "192.88.99.0/24"),
        *("fe80::/10", "fc00::/7", "2001::/32", "2002::/16", "64:ff9b::/96", "::/96", "::ffff:0:0/96", "ff00::/8"),
    )
)
KEPT = {"127.0.0.0/8", "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "192.88.99.0/24"} | {
    *("2001::/32", "2002::/16", "64:ff9b::/96", "::/96", "::ffff:0:0/96", "ff00::/8"),
}
_EXTENSIONS = {0, 43, 60}
_TUNNELS = {4: "IPv4 in IP", 41: "IPv6 in IP", 47: "GRE", 97: "EtherIP"}
_TUNNEL_PORTS = {
    4789: "VXLAN",
    6081: "GENEVE",
    2152: "GTP-U",
    3544: "Teredo",
    1701: "L2TP",
    37008: "TZSP",
    4790: "VXLAN",
}
_DNS_PORTS = {53, 5353, 5355}
_TAGS = {0x8100, 0x88A8, 0x9100}
_LINKS = {1, 0, 108, 12, 101, 228, 229, 113, 276}


def kind_of(ip) -> str:
    return next((str(net) for net in RANGES if net.version == ip.version and ip in net), f"public {ip.version}")


class Rewriter:
    """Remembers what became of what; `untouched` counts frames by the reason why they stayed as they were."""

    def __init__(self, frames):
        self.untouched: Counter[str] = Counter()
        self.addresses: dict[bytes, bytes] = {}
        self._taken: set[bytes] = set()
        self.ports: dict[tuple[bytes, int], int] = {}
        self._clients: set[tuple[int, bytes, int]] = set()
        self._next = 40_000
        for frame in frames:
            self._look(frame)

    def frame(self, frame: Frame) -> Frame:
        data = bytearray(frame.data)
        reason = self._link(data, frame.link)
        if reason:
            self.untouched[reason] += 1
        return replace(frame, data=bytes(data), ts=frame.ts + SHIFT)

    def address(self, raw: bytes) -> bytes:
        """Another address of the same kind; the same for the same, another for another."""
        if raw not in self.addresses:
            self.addresses[raw] = next(new for new in self._candidates(raw) if new not in self._taken)
            self._taken.add(self.addresses[raw])
        return self.addresses[raw]

    def port(self, proto: int, ip: bytes, port: int) -> int:
        """Another port for a client's, the same for a server's. `ip` as it was."""
        if (proto, ip, port) not in self._clients:
            return port
        if (ip, port) not in self.ports:
            self._next = self._next + 1 if self._next < 65_000 else 40_001
            self.ports[ip, port] = self._next
        return self.ports[ip, port]

    def _candidates(self, raw: bytes):
        cls = IPv4Address if len(raw) == 4 else IPv6Address
        kind = kind_of(cls(raw))
        if kind not in KEPT:
            for salt in range(1, 200):
                new = self._changed(raw, kind, salt)
                if new != raw and kind_of(cls(new)) == kind:
                    yield new
        yield raw

    def _changed(self, raw: bytes, kind: str, salt: int) -> bytes:
        if len(raw) == 16:
            mask = bytes(4) + bytes((salt * 37 + i * 11) & 0x7F for i in range(12))
            mask = bytes(8) + mask[8:] if kind == "fe80::/10" else mask
            return bytes(a ^ b for a, b in zip(raw, mask, strict=True))
        first = raw[0] ^ (salt & 7 if kind == "public 4" else 0)
        second = raw[1] if kind in {"192.168.0.0/16", "169.254.0.0/16"} else raw[1] ^ (salt * 5 & 0x0F)
        last = raw[3] if raw[3] in {0, 255} else 255 - raw[3]
        return bytes((first, second, raw[2] ^ (salt * 43 & 0xFF), last))

    def _link(self, data: bytearray, link: int) -> str | None:
        found = network_of(data, link, self._macs)
        if isinstance(found, str):
            return found
        at, ether_type = found
        if ether_type == 0x0806:
            return self._arp(data, at)
        return self._network(data, at)

    def _macs(self, data: bytearray, at: int) -> None:
        mac = data[at : at + 6]
        if len(mac) == 6 and any(mac) and not mac[0] & 1:
            data[at : at + 6] = bytes((mac[0] ^ 0x10, mac[1] ^ 0x5A, mac[2], mac[3] ^ 0x33, mac[4] ^ 0x77, mac[5]))

    def _arp(self, data: bytearray, at: int) -> str | None:
        if len(data) < at + 28 or bytes(data[at : at + 6]) != bytes.fromhex("000108000604"):
            return "ARP of another kind"
        for mac, ip in ((at + 8, at + 14), (at + 18, at + 24)):
            self._macs(data, mac)
            data[ip : ip + 4] = self.address(bytes(data[ip : ip + 4]))
        return None

    def _network(self, data: bytearray, at: int) -> str | None:
        packet = Packet.of(data, at)
        if isinstance(packet, str):
            return packet
        src, dst = packet.src, packet.dst
        sums = packet.checksums()
        if packet.ports:
            for where, ip, port in (
                (packet.transport, src, packet.ports[0]),
                (packet.transport + 2, dst, packet.ports[1]),
            ):
                put(data, where, struct.pack(">H", self.port(packet.proto, ip, port)), sums[1:])
            if packet.proto == 17 and _DNS_PORTS & set(packet.ports):
                for where, size in dns_addresses(data, packet.transport + 8):
                    put(data, where, self.address(bytes(data[where : where + size])), sums[1:])
        if packet.proto == 58:
            for where, size in neighbour_addresses(data, packet.transport):
                new = (
                    self.address(bytes(data[where : where + 8]) + bytes(8))[:8]
                    if size == 8
                    else self.address(bytes(data[where : where + 16]))
                )
                put(data, where, new, sums[1:])
        for where, ip in ((packet.src_at, src), (packet.src_at + len(src), dst)):
            put(data, where, self.address(ip), sums)
        if (at := packet.vxlan) is None:
            return packet.tunnel
        inner = data[at:]
        reason = self._link(inner, ETHERNET)
        put(data, at, bytes(inner), sums[1:])
        return reason

    def _look(self, frame: Frame) -> None:
        """Who is a client."""
        found = network_of(bytearray(frame.data), frame.link, lambda data, at: None)
        if isinstance(found, str) or found[1] == 0x0806:
            return
        packet = Packet.of(bytearray(frame.data), found[0])
        if isinstance(packet, str) or not packet.ports:
            return
        one, two = ((packet.proto, packet.src, packet.ports[0]), (packet.proto, packet.dst, packet.ports[1]))
        if packet.vxlan is not None:
            self._look(replace(frame, link=ETHERNET, data=frame.data[packet.vxlan :]))
        if one in self._clients or two in self._clients:
            return
        flags = (
            frame.data[packet.transport + 13] & 0x12
            if packet.proto == 6 and len(frame.data) > packet.transport + 13
            else 0
        )
        if flags == 0x02:
            self._clients.add(one)
        elif flags == 0x12:
            self._clients.add(two)
        elif min(packet.ports) < 1024 <= max(packet.ports):
            self._clients.add(max(one, two, key=lambda end: end[2]))


class Packet:
    """Where things lie in one IP packet."""

    def __init__(self, data, src_at, size, proto, transport):
        self.src_at, self.proto, self.transport = src_at, proto, transport
        self.src, self.dst = bytes(data[src_at : src_at + size]), bytes(data[src_at + size : src_at + 2 * size])
        self.data = data
        whole = transport is not None and len(data) >= transport + 4
        self.ports = struct.unpack_from(">HH", data, transport) if whole and proto in (6, 17) else ()
        ports = {_TUNNEL_PORTS.get(port) for port in self.ports} - {None} if proto == 17 else set()
        self.vxlan = transport + 16 if ports == {"VXLAN"} and len(data) > transport + 16 else None
        self.tunnel = f"inside {min(ports)}" if ports else f"inside {_TUNNELS[proto]}" if proto in _TUNNELS else None

    @classmethod
    def of(cls, data, at):
        version = data[at] >> 4 if len(data) > at else 0
        if version == 4 and len(data) >= at + 20:
            later = struct.unpack_from(">H", data, at + 6)[0] & 0x1FFF
            return cls(data, at + 12, 4, data[at + 9], None if later else at + (data[at] & 15) * 4)
        if version == 6 and len(data) >= at + 40:
            following, here = data[at + 6], at + 40
            while following in _EXTENSIONS and len(data) >= here + 2:
                following, here = data[here], here + (data[here + 1] + 1) * 8
            if following == 44 and len(data) >= here + 8:
                later = struct.unpack_from(">H", data, here + 2)[0] & 0xFFF8
                following, here = data[here], None if later else here + 8
            return cls(data, at + 8, 16, following, here)
        return "no IP header"

    def checksums(self):
        """(place, place from which it counts): of the IPv4 header first (or None), then of the transport."""
        header = (self.src_at - 2, self.src_at - 12) if len(self.src) == 4 else None
        at = {6: 16, 17: 6, 58: 2}.get(self.proto)
        if at is None or self.transport is None or len(self.data) < self.transport + at + 2:
            return (header, None)
        return (header, (self.transport + at, self.transport))


def put(data: bytearray, at: int, new: bytes, sums) -> None:
    """Writes, and changes each checksum by the difference."""
    old = bytes(data[at : at + len(new)])
    data[at : at + len(new)] = new
    for place in sums:
        if place is None:
            continue
        where, start = place
        before = struct.unpack_from(">H", data, where)[0]
        if before == 0 and where - start == 6:  # UDP without a checksum
            continue
        odd = (at - start) & 1
        total = (~before & 0xFFFF) + summed(new, odd) + (~summed(old, odd) & 0xFFFF)
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        struct.pack_into(">H", data, where, ~total & 0xFFFF or (0xFFFF if where - start == 6 else 0))


def summed(part: bytes, odd: int) -> int:
    padded = bytes(odd) + part
    padded += bytes(len(padded) & 1)
    total = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def network_of(data: bytearray, link: int, mac):
    """(offset of the network layer, EtherType or 0), or why it was not found. `mac` is shown each MAC's place."""
    if link not in _LINKS:
        return f"link type {link}"
    if link in (0, 108):
        return 4, 0
    if link in (12, 101, 228, 229):
        return 0, 0
    if link == 1:
        mac(data, 0)
        mac(data, 6)
        at = 12
    elif link == 113:
        if data[4:6] == b"\0\6":
            mac(data, 6)
        at = 14
    else:
        if data[11:12] == b"\6":
            mac(data, 12)
        at = 0
    return beyond_tags(data, at, 20 if link == 276 else at + 2)


def beyond_tags(data: bytearray, at: int, network: int):
    for _ in range(6):
        if len(data) < network + 4:
            return "cut before IP"
        ether_type = struct.unpack_from(">H", data, at)[0]
        if ether_type in _TAGS:
            at, network = network + 2, network + 4
        elif ether_type == 0x8864:
            return (
                (network + 8, 0)
                if struct.unpack_from(">H", data, network + 6)[0] in (0x21, 0x57)
                else "PPP of another kind"
            )
        elif ether_type == 0x8847:
            while len(data) >= network + 4 and not data[network + 2] & 1:
                network += 4
            return network + 4, 0
        elif ether_type in (0x0800, 0x86DD, 0x0806):
            return network, ether_type
        else:
            return "neither IP nor ARP"
    return "too many tags"


def dns_addresses(data: bytearray, at: int):
    """(place, size) of each address that a DNS message answers with, as far as it can be read."""
    try:
        counts = struct.unpack_from(">6H", data, at)
        here = at + 12
        for _ in range(min(counts[2], 50)):
            here = past_name(data, here) + 4
        for _ in range(min(sum(counts[3:]), 200)):
            here = past_name(data, here)
            kind, _, _, size = struct.unpack_from(">HHIH", data, here)
            if (kind, size) in {(1, 4), (28, 16)} and len(data) >= here + 10 + size:
                yield here + 10, size
            here += 10 + size
    except (struct.error, IndexError):
        return


def neighbour_addresses(data: bytearray, at: int | None):
    """(place, size) of targets asked for and, size 8, of prefixes announced (RFC 4861)."""
    kind = data[at] if at is not None and len(data) >= at + 24 else 0
    if kind in (135, 136):
        yield at + 8, 16
    here = at + 16 if kind == 134 else len(data)
    while len(data) >= here + 32 and data[here + 1]:
        if data[here : here + 2] == b"\3\4":
            yield here + 16, 8
        here += data[here + 1] * 8


def past_name(data: bytearray, at: int) -> int:
    while data[at]:
        if data[at] & 0xC0:
            return at + 2
        at += data[at] + 1
    return at + 1
