"""From a frame to the innermost IP packet: link header, tags, labels, encapsulations, IP.

Read in a loop in which each layer names the next by an ethertype, so that any order of layers works. Bounded by
`MAX_STEPS` and `MAX_DEPTH`.

* VLAN (802.1Q), QinQ (802.1ad): tag control 2, next ethertype 2
* PPPoE session (RFC 2516): 0x11, code 0, session 2, length 2, then PPP's protocol number
* MPLS (RFC 3032): labels of 4 bytes until the bottom-of-stack bit; then IP by its version nibble, or a pseudowire's
  Ethernet frame with or without a control word of 4 bytes (RFC 4448)
* 802.1ah: 4 bytes, then Ethernet; FabricPath 2 bytes, then Ethernet; VN-tag 4 bytes, next ethertype 2
* MACsec (IEEE 802.1AE): flags 1 (20: a station's number of 8, 08 and 04: encrypted), length 1, number 4, next ethertype 2;
  16 bytes of check behind the frame
"""

from sensor.compiled import part, rare
from sensor.wire.kernel.layout import MAX_STEPS, Tunnel, Unreadable
from sensor.wire.kernel.link import ethernet, first_layer, llc, type_or_length
from sensor.wire.kernel.load import be16, u8
from sensor.wire.kernel.names import ETHERNET, IP, LLC, OTHER, PPP, STOP, WLAN, fail
from sensor.wire.kernel.network import EXTENSIONS, extensions, ipv4, ipv6
from sensor.wire.kernel.tunnels import NOTHING_INSIDE, enter, inside, outside_again
from sensor.wire.kernel.wlan import subframe, wlan

# What `peel` found.
NOTHING = 0  # p.reason says why, or -1: another protocol
FOUND = 1  # the innermost IP packet
ARP = 2  # p.at is at its header
FRAGMENT = 3  # p.at is at the bytes of a fragment, of an IP packet that may be anything
NEIGHBOUR = 4  # LLDP: p.at is at its first element

# Where `peel` begins.
LINK = 0
AGGREGATE = 1  # at a further packet of the frame in hand (A-MSDU)
HELD = 2  # behind the IP header of a datagram put together

_TRUNCATED = int(Unreadable.LINK_TRUNCATED)
_IP_HEADER = int(Unreadable.IP_HEADER)
_TOO_DEEP = int(Unreadable.ENCAPSULATION_DEPTH)
_MACSEC = int(Unreadable.MACSEC)
_PPPOE = int(Tunnel.PPPOE)
_MPLS = int(Tunnel.MPLS)
_PBB = int(Tunnel.PBB)


@part
def peel(data, packet, begin):
    p = packet[0]
    if begin == LINK:
        layer = first_layer(data, p)
    elif begin == AGGREGATE:
        layer = subframe(data, p)
    else:
        layer = _carried(data, packet)
        if layer == NOTHING_INSIDE:
            return FOUND
    for _ in range(MAX_STEPS):
        if layer == IP:
            layer = _by_version(data, p)
        if layer < 0:
            break
        if layer in (0x0800, 0x86DD):
            good = ipv4(data, p) if layer == 0x0800 else ipv6(data, p)
            if not good:
                layer = STOP
                break
            if p.later_fragment | p.more_fragments:
                return FRAGMENT
            layer = inside(data, packet)
            if layer == NOTHING_INSIDE:
                return FOUND
        elif layer in (0x0806, 0x88CC) and not p.saved:
            return ARP if layer == 0x0806 else NEIGHBOUR
        else:
            layer = _between(data, p, layer)
    else:
        p.reason = _TOO_DEEP
    return FOUND if outside_again(packet, layer) else NOTHING


@rare
def _carried(data, packet):
    """What a datagram put together holds: extension headers may come before it."""
    p = packet[0]
    if p.proto in EXTENSIONS and not extensions(data, p, p.proto):
        return STOP
    return inside(data, packet)


@rare
def _between(data, p, layer):
    """A layer that is neither the first nor IP."""
    if layer in (0x8100, 0x88A8, 0x9100, 0x9200):
        return _tag(data, p)
    if layer == LLC:
        return llc(data, p)
    if layer == 0x8864:
        return _pppoe(data, p)
    if layer in (PPP, 0x880B):
        return _ppp(data, p)
    if layer in (0x8847, 0x8848):
        return _mpls(data, p)
    if layer in (ETHERNET, 0x6558):
        return ethernet(data, p)
    if layer == 0x88E7:
        return _backbone(p)
    if layer in (0x8903, 0x8926):
        return _switch_tag(data, p, layer)
    if layer == 0x88E5:
        return _macsec(data, p)
    if layer == WLAN:
        p.frame_end = p.end
        return wlan(data, p)
    return OTHER


@rare
def _by_version(data, p):
    if p.at >= p.end:
        return fail(p, _TRUNCATED)
    version = u8(data, p.at) >> 4
    if version == 4:
        return 0x0800
    if version == 6:
        return 0x86DD
    return fail(p, _IP_HEADER)


@rare
def _tag(data, p):
    at = p.at
    if p.end - at < 4:
        return fail(p, _TRUNCATED)
    p.vlan = be16(data, at) & 0xFFF
    p.at = at + 4
    return type_or_length(p, be16(data, at + 2))


@rare
def _switch_tag(data, p, layer):
    """What Cisco's switches put between themselves: FabricPath (2 bytes, then Ethernet), VN-tag (4 bytes, then a type)."""
    at = p.at
    if p.end - at < 6:
        return fail(p, _TRUNCATED)
    if layer == 0x8903:
        p.at = at + 2
        return ETHERNET
    p.at = at + 6
    return type_or_length(p, be16(data, at + 4))


@rare
def _macsec(data, p):
    at = p.at
    size = 14 if p.end > at and u8(data, at) & 0x20 else 6
    if p.end - at < size + 2:
        return fail(p, _TRUNCATED)
    if u8(data, at) & 0x0C:
        return fail(p, _MACSEC)
    p.at = at + size + 2
    p.wire_end -= 16
    p.end = min(p.end, p.wire_end)
    return type_or_length(p, be16(data, at + size))


@rare
def _pppoe(data, p):
    at = p.at
    if p.end - at < 6:
        return fail(p, _TRUNCATED)
    if be16(data, at) != 0x1100:
        return OTHER
    p.at = at + 6
    if not enter(p, _PPPOE):
        return STOP
    return PPP


@rare
def _ppp(data, p):
    at = p.at
    if p.end - at >= 4 and be16(data, at) == 0xFF03:  # address and control (RFC 1662)
        at += 2
    if p.end - at < 2:
        return fail(p, _TRUNCATED)
    proto = u8(data, at)
    if proto & 1:  # compressed to one byte (RFC 1661, 6.5)
        p.at = at + 1
    else:
        proto = be16(data, at)
        p.at = at + 2
    if proto == 0x21:
        return 0x0800
    if proto == 0x57:
        return 0x86DD
    if proto == 0x281:
        return 0x8847
    if proto == 0x283:
        return 0x8848
    return OTHER


@rare
def _backbone(p):
    """802.1ah: flags and service id 4, then the customer's Ethernet frame."""
    if p.end - p.at < 4:
        return fail(p, _TRUNCATED)
    p.at += 4
    return ETHERNET if enter(p, _PBB) else STOP


@rare
def _mpls(data, p):
    at = p.at
    for _ in range(16):
        if p.end - at < 4:
            return fail(p, _TRUNCATED)
        at += 4
        if u8(data, at - 2) & 1:
            break
    else:
        return fail(p, _TOO_DEEP)
    p.at = at
    if p.end - at < 4:
        return fail(p, _TRUNCATED)
    if not enter(p, _MPLS):
        return STOP
    first = u8(data, at)
    if first >> 4 == 4 and first & 15 >= 5:
        return 0x0800
    if first >> 4 == 6 and not _ethernet_like(data, p, at):
        return 0x86DD
    if first >> 4 == 0 and _ethernet_like(data, p, at + 4):  # a control word (RFC 4448)
        p.at = at + 4
        return ETHERNET
    if _ethernet_like(data, p, at):
        return ETHERNET
    return OTHER


@rare
def _ethernet_like(data, p, at):
    """Pseudowires do not say what they carry: an ethertype that we know, where one would stand."""
    if p.end - at < 14:
        return False
    kind = be16(data, at + 12)
    return kind in (0x0800, 0x0806, 0x86DD, 0x8100, 0x88A8, 0x8864, 0x8847)
