"""From a frame to the innermost IP packet: link header, tags, labels, encapsulations, IP.

Read in a loop in which each layer names the next by an ethertype, so that any order of layers works. Bounded by
`MAX_STEPS` and `MAX_DEPTH`.

* VLAN (802.1Q), QinQ (802.1ad): tag control 2, next ethertype 2
* PPPoE session (RFC 2516): 0x11, code 0, session 2, length 2, then PPP's protocol number
* MPLS (RFC 3032): labels of 4 bytes until the bottom-of-stack bit; then IP by its version nibble
"""

from sensor.compiled import compiled
from sensor.wire.kernel.layout import MAX_DEPTH, MAX_STEPS, Tunnel, Unreadable
from sensor.wire.kernel.link import (
    ETHERNET,
    IP,
    LLC,
    OTHER,
    PPP,
    STOP,
    ethernet,
    fail,
    first_layer,
    llc,
    type_or_length,
)
from sensor.wire.kernel.load import be16, u8
from sensor.wire.kernel.network import ipv4, ipv6

# What `peel` found.
NOTHING = 0  # p.reason says why, or -1: another protocol
FOUND = 1  # the innermost IP packet
ARP = 2  # p.at is at its header

_TRUNCATED = int(Unreadable.LINK_TRUNCATED)
_IP_HEADER = int(Unreadable.IP_HEADER)
_TOO_DEEP = int(Unreadable.ENCAPSULATION_DEPTH)
_PPPOE = int(Tunnel.PPPOE)
_MPLS = int(Tunnel.MPLS)


@compiled
def peel(data, packet):
    p = packet[0]
    layer = first_layer(data, p)
    for _ in range(MAX_STEPS):
        if layer == IP:
            layer = _by_version(data, p)
        if layer == 0x0800:
            return FOUND if ipv4(data, p) else NOTHING
        if layer == 0x86DD:
            return FOUND if ipv6(data, p) else NOTHING
        if layer in (0x8100, 0x88A8, 0x9100, 0x9200):
            layer = _tag(data, p)
        elif layer == LLC:
            layer = llc(data, p)
        elif layer == 0x0806:
            return ARP
        elif layer == 0x8864:
            layer = _pppoe(data, p)
        elif layer == PPP:
            layer = _ppp(data, p)
        elif layer in (0x8847, 0x8848):
            layer = _mpls(data, p)
        elif layer == ETHERNET:
            layer = ethernet(data, p)
        else:
            return NOTHING
    p.reason = _TOO_DEEP
    return NOTHING


@compiled
def enter(p, tunnel):
    """One encapsulation further in; False when that is too deep."""
    if p.depth >= MAX_DEPTH:
        p.reason = _TOO_DEEP
        return False
    p.depth += 1
    p.tunnel = tunnel
    return True


@compiled
def _by_version(data, p):
    if p.at >= p.end:
        return fail(p, _TRUNCATED)
    version = u8(data, p.at) >> 4
    if version == 4:
        return 0x0800
    if version == 6:
        return 0x86DD
    return fail(p, _IP_HEADER)


@compiled
def _tag(data, p):
    at = p.at
    if p.end - at < 4:
        return fail(p, _TRUNCATED)
    p.vlan = be16(data, at) & 0xFFF
    p.at = at + 4
    return type_or_length(p, be16(data, at + 2))


@compiled
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


@compiled
def _ppp(data, p):
    at = p.at
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


@compiled
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
    if at >= p.end:
        return fail(p, _TRUNCATED)
    if not enter(p, _MPLS):
        return STOP
    version = u8(data, at) >> 4
    if version == 4:
        return 0x0800
    if version == 6:
        return 0x86DD
    return OTHER
