"""IPv4 and IPv6 headers: addresses, lengths and the transport's place into the packet in hand.

* IPv4 (RFC 791): version and header length in words, total length at 2, flags and fragment offset at 6, protocol at 9,
  source at 12, destination at 16
* IPv6 (RFC 8200): payload length at 4, next header at 6, source at 8, destination at 24; then extension headers:
  next header 1, length 1 (in 8 bytes beyond the first 8; a fragment header is 8; AH in 4 bytes beyond the first 8)

A length of 0 (segmentation offload, RFC 2675 jumbograms) means: up to the end of the frame on the wire.
"""

import numpy as np

from sensor.compiled import part, rare
from sensor.wire.kernel.layout import Unreadable
from sensor.wire.kernel.load import be16, be32, be32u, be64, u8

_MAPPED = np.uint64(0xFFFF_0000_0000)
_IP_TRUNCATED = int(Unreadable.IP_TRUNCATED)
_IP_HEADER = int(Unreadable.IP_HEADER)
_EXTENSION = int(Unreadable.IPV6_EXTENSION)

MAX_EXTENSIONS = 10
SHORTEST = 46
"""An Ethernet frame is padded up to here: an IPv6 packet of length 0 in it is empty."""
EXTENSIONS = (0, 43, 44, 51, 60, 135, 139, 140)


@part
def ipv4(data, p):
    """True when the header was good."""
    at = p.at
    room = p.end - at
    p.version = 4
    if room < 20:
        p.reason = _IP_TRUNCATED
        return False
    first = u8(data, at)
    header = (first & 15) << 2
    if first >> 4 != 4 or header < 20:
        p.reason = _IP_HEADER
        p.version = 0 if first >> 4 != 4 else 4
        return False
    total = be16(data, at + 2)
    if total == 0:
        total = p.wire_end - at
    if total < header:
        p.reason = _IP_HEADER
        return False
    if room < header:
        p.reason = _IP_TRUNCATED
        return False
    fragment = be16(data, at + 6)
    p.id = be16(data, at + 4)
    p.offset = (fragment & 0x1FFF) << 3
    p.ip_at = at
    p.ip_len = total
    p.src_hi = 0
    p.dst_hi = 0
    p.src_lo = _MAPPED | be32u(data, at + 12)
    p.dst_lo = _MAPPED | be32u(data, at + 16)
    p.later_fragment = (fragment & 0x1FFF) != 0
    p.more_fragments = (fragment & 0x2000) != 0
    p.wire_end = at + total
    p.end = min(p.end, p.wire_end)
    p.at = at + header
    p.hops = u8(data, at + 8)
    proto = u8(data, at + 9)
    if proto == 51 and not (p.later_fragment or p.more_fragments):
        return extensions(data, p, proto)
    p.proto = proto
    return True


@part
def ipv6(data, p):
    """True when the header and its extension headers were good."""
    at = p.at
    p.version = 6
    if p.end - at < 40:
        p.reason = _IP_TRUNCATED
        return False
    if u8(data, at) >> 4 != 6:
        p.reason = _IP_HEADER
        p.version = 0
        return False
    length = be16(data, at + 4)
    total = p.wire_end - at
    if length or total <= SHORTEST:
        total = 40 + length
    p.ip_at = at
    p.ip_len = total
    p.src_hi = be64(data, at + 8)
    p.src_lo = be64(data, at + 16)
    p.dst_hi = be64(data, at + 24)
    p.dst_lo = be64(data, at + 32)
    p.later_fragment = 0
    p.more_fragments = 0
    p.id = 0
    p.offset = 0
    p.wire_end = at + total
    p.end = min(p.end, p.wire_end)
    p.at = at + 40
    p.hops = u8(data, at + 7)
    proto = u8(data, at + 6)
    if proto in (6, 17):
        p.proto = proto
        return True
    return extensions(data, p, proto)


@rare
def extensions(data, p, proto):
    """Steps over extension headers up to the transport, or up to what a fragment carries."""
    for _ in range(MAX_EXTENSIONS):
        p.proto = proto
        if proto not in EXTENSIONS:
            return True
        at = p.at
        if p.end - at < 8:
            p.reason = _EXTENSION
            return False
        proto = u8(data, at)
        size = 8
        if p.proto == 44:
            fragment = be16(data, at + 2)
            p.later_fragment = (fragment & 0xFFF8) != 0
            p.more_fragments = fragment & 1
            if p.later_fragment or p.more_fragments:
                p.id = be32(data, at + 4)
                p.offset = fragment & 0xFFF8
        elif p.proto == 51:
            size = (u8(data, at + 1) + 2) << 2
        else:
            size = (u8(data, at + 1) + 1) << 3
        if p.end - at < size:
            p.reason = _EXTENSION
            return False
        p.at = at + size
        if p.later_fragment or p.more_fragments:
            p.proto = proto
            return True
    p.reason = _EXTENSION
    return False
