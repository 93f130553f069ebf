"""Packets inside packets: by IP protocol number, or by UDP port where the bytes agree.

`inside` looks behind an IP header and names what is encapsulated there, or says that nothing is. What was guessed by a port
must prove good up to an IP header, else the packet outside is the flow. Fragments are put together before.

* IP in IP (RFC 2003) 4, IPv6 in IP (RFC 4213) 41, MPLS (RFC 4023) 137, EtherIP (RFC 3378) 97: 0x3000 then Ethernet
* GRE (RFC 2784, 2890, 2637) 47: flags 2, ethertype 2, checksum 4, key 4, sequence 4, acknowledgement 4 as flagged.
  ERSPAN (draft-foschiano-erspan): type I has no header, II (88BE with sequence) 8 bytes, III (22EB) 12 or 20; then Ethernet
* VXLAN (RFC 7348) port 4789, 8472: flags 08, 3 reserved, id 3, 1 reserved; then Ethernet
* GENEVE (RFC 8926) port 6081: options length in words 6 bits, 1 byte flags, ethertype 2, id 3, 1 reserved
* GTP-U (3GPP TS 29.281) port 2152: flags (version 1, PT), type FF, length 2, tunnel 4, 4 more when flagged, extensions
* Teredo (RFC 4380) port 3544: authentication and origin indications, then IPv6
* L2TPv2 (RFC 2661) port 1701: flags 2, then as flagged; PPP. TZSP port 37008: version 1, type, protocol 2, tags
"""

from sensor.compiled import part, rare
from sensor.wire.kernel.layout import MAX_DEPTH, Tunnel, Unreadable
from sensor.wire.kernel.load import be16, u8
from sensor.wire.kernel.names import ETHERNET, IP, OTHER, PPP, STOP, WLAN

NOTHING_INSIDE = 0  # no ethertype is 0

_TOO_DEEP = int(Unreadable.ENCAPSULATION_DEPTH)
_IPIP = int(Tunnel.IPIP)
_IPV6 = int(Tunnel.IPV6_IN_IP)
_GRE = int(Tunnel.GRE)
_ERSPAN = int(Tunnel.ERSPAN)
_ETHERIP = int(Tunnel.ETHERIP)
_VXLAN = int(Tunnel.VXLAN)
_GENEVE = int(Tunnel.GENEVE)
_GTPU = int(Tunnel.GTPU)
_TEREDO = int(Tunnel.TEREDO)
_L2TP = int(Tunnel.L2TP)
_TZSP = int(Tunnel.TZSP)
_MPLS = int(Tunnel.MPLS)


@rare
def enter(p, tunnel):
    """One encapsulation further in; False when that is too deep."""
    if p.depth >= MAX_DEPTH:
        p.reason = _TOO_DEEP
        return False
    p.depth += 1
    p.tunnel = tunnel
    return True


@part
def inside(data, packet):
    """Behind the IP header just read: the next layer's name, STOP when too deep, NOTHING_INSIDE when this is the innermost."""
    p = packet[0]
    proto = p.proto
    if proto == 17:
        if p.end - p.at < 16:
            return NOTHING_INSIDE
        return _by_port(data, packet)
    if proto == 4:
        return _enter(packet, _IPIP, 0, 0x0800, 0)
    if proto == 41:
        return _enter(packet, _IPV6, 0, 0x86DD, 0)
    if proto == 47:
        return _gre(data, packet)
    if proto == 97 and p.end - p.at >= 2 and be16(data, p.at) & 0xF000 == 0x3000:
        return _enter(packet, _ETHERIP, 2, ETHERNET, 0)
    if proto == 137:
        return _enter(packet, _MPLS, 0, 0x8847, 0)
    return NOTHING_INSIDE


@rare
def _enter(packet, tunnel, header, layer, guessed):
    """Keep the packet outside, step over the tunnel's header."""
    p = packet[0]
    packet[1] = packet[0]
    if layer != 0x8847 and not enter(p, tunnel):  # behind MPLS labels one is entered anyway
        return STOP
    p.saved = 1
    p.guessed = guessed
    p.outer = 1
    p.outer_src_hi, p.outer_src_lo, p.outer_dst_hi, p.outer_dst_lo = p.src_hi, p.src_lo, p.dst_hi, p.dst_lo
    p.at += header
    return layer


@rare
def _gre(data, packet):
    p = packet[0]
    at = p.at
    if p.end - at < 4:
        return NOTHING_INSIDE
    flags = be16(data, at)
    kind = be16(data, at + 2)
    if flags & 0x4000:  # source routing (RFC 1701) died out
        return NOTHING_INSIDE
    size = 4
    for flag in (0x8000, 0x2000, 0x1000):
        if flags & flag:
            size += 4
    if flags & 7 == 1:  # PPTP: key always, acknowledgement when flagged
        if flags & 0x0080:
            size += 4
        if kind != 0x880B:
            return NOTHING_INSIDE
        return _enter(packet, _GRE, size, PPP, 0) if p.end - at > size else NOTHING_INSIDE
    if kind == 0x88BE:
        return _enter(packet, _ERSPAN, size + 8 if flags & 0x1000 else size, ETHERNET, 0)
    if kind == 0x22EB:
        if p.end - at < size + 12:
            return NOTHING_INSIDE
        size += 20 if u8(data, at + size + 11) & 1 else 12
        return _enter(packet, _ERSPAN, size, ETHERNET, 0)
    if kind == 0x880B:
        return _enter(packet, _GRE, size, PPP, 0)
    if kind == 0x6558:
        return _enter(packet, _GRE, size, ETHERNET, 0)
    if kind == 0x883E:  # a web cache's (WCCP): version 2 has 4 bytes before the packet
        if p.end - at > size and u8(data, at + size) >> 4 != 4:
            size += 4
        kind = 0x0800
    elif kind == 0x9000 or (0x8200 <= kind <= 0x8370 and kind & 15 == 0):  # Aruba's access points
        kind = WLAN
    return _enter(packet, _GRE, size, kind, 0)


@rare
def _by_port(data, packet):
    p = packet[0]
    src, dst = be16(data, p.at), be16(data, p.at + 2)
    if dst in (4789, 8472):
        return _vxlan(data, packet)
    if dst == 6081:
        return _geneve(data, packet)
    if dst == 2152 or src == 2152:
        return _gtpu(data, packet)
    if dst == 3544 or src == 3544:
        return _teredo(data, packet)
    if dst == 1701 or src == 1701:
        return _l2tp(data, packet)
    if dst == 37008:
        return _tzsp(data, packet)
    if dst == 6635:
        return _enter(packet, _MPLS, 8, 0x8847, 1)
    return NOTHING_INSIDE


@rare
def _vxlan(data, packet):
    p = packet[0]
    if u8(data, p.at + 8) & 0x48 != 0x08:  # group policy uses the reserved bits
        return NOTHING_INSIDE
    return _enter(packet, _VXLAN, 16, ETHERNET, 1)


@rare
def _geneve(data, packet):
    p = packet[0]
    first = u8(data, p.at + 8)
    kind = be16(data, p.at + 10)
    if first >> 6:
        return NOTHING_INSIDE
    return _enter(packet, _GENEVE, 16 + ((first & 63) << 2), ETHERNET if kind == 0x6558 else kind, 1)


@rare
def _gtpu(data, packet):
    p = packet[0]
    at = p.at + 8
    flags = u8(data, at)
    if flags & 0xF0 != 0x30 or u8(data, at + 1) != 0xFF:
        return NOTHING_INSIDE
    size = 8
    if flags & 7:
        size = 12
        if p.end - at < size:
            return NOTHING_INSIDE
        following = u8(data, at + 11) if flags & 4 else 0
        for _ in range(4):
            if following == 0:
                break
            if p.end - at <= size:
                return NOTHING_INSIDE
            words = u8(data, at + size)
            size += words << 2
            if words == 0 or p.end - at < size:
                return NOTHING_INSIDE
            following = u8(data, at + size - 1)
    return _enter(packet, _GTPU, 8 + size, IP, 1)


@rare
def _teredo(data, packet):
    p = packet[0]
    at = p.at + 8
    if be16(data, at) == 1:
        at += 13 + u8(data, at + 2) + u8(data, at + 3)
    if p.end - at >= 8 and be16(data, at) == 0:
        at += 8
    if p.end - at < 40 or u8(data, at) >> 4 != 6:
        return NOTHING_INSIDE
    return _enter(packet, _TEREDO, at - p.at, 0x86DD, 1)


@rare
def _l2tp(data, packet):
    p = packet[0]
    at = p.at + 8
    flags = be16(data, at)
    if flags & 0x800F != 2:  # a control message, or another version
        return NOTHING_INSIDE
    size = 6 + (2 if flags & 0x4000 else 0) + (4 if flags & 0x0800 else 0)
    if flags & 0x0200:
        if p.end - at < size + 2:
            return NOTHING_INSIDE
        size += 2 + be16(data, at + size)
    return _enter(packet, _L2TP, 8 + size, PPP, 1)


@rare
def _tzsp(data, packet):
    p = packet[0]
    at = p.at + 8
    if u8(data, at) != 1 or be16(data, at + 2) != 1:
        return NOTHING_INSIDE
    at += 4
    while p.end - at >= 2:
        tag = u8(data, at)
        if tag == 1:
            return _enter(packet, _TZSP, at + 1 - p.at, ETHERNET, 1)
        at += 1 if tag == 0 else 2 + u8(data, at + 1)
    return NOTHING_INSIDE


@rare
def outside_again(packet, layer):
    """The inside was no good, or no IP: the packet outside is the flow, if there is one. True when it is."""
    p = packet[0]
    if not p.saved:
        return False
    reason = -1 if layer == OTHER or p.guessed else p.reason
    packet[0] = packet[1]
    p.reason = reason
    return True
