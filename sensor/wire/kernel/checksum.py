"""Checksums of the packets that are handed up: counted when wrong, never a reason to ignore a packet (RFC 1071).

Called by `walk` for payloads on their way up, well under 1 % of packets, because each byte is added up. Not counted, because
they say nothing of the wire:

* a field that is 0: not filled in (IPv4 and TCP, when the card does it) or not used (UDP over IPv4)
* a field that holds the sum of addresses, protocol and length alone, with or without the length: a packet
  seen before the card finished it (Linux: CHECKSUM_PARTIAL; Windows: large send)
* a packet of more than 1,500 bytes: put together by the card, which leaves any checksum
* a packet that was cut by the snap length, or has options or extension headers between (they may replace the address)
"""

import numpy as np

from sensor.compiled import rare
from sensor.wire.kernel.load import be16, be32u, u8
from sensor.wire.kernel.transport import TCP, UDP

LONGEST = 1_500
_16 = np.uint64(16)
_32 = np.uint64(32)
_HALF = np.uint64(0xFFFF)
_WORD = np.uint64(0xFFFFFFFF)
_FULL = np.uint64(0xFFFF)


@rare
def _fold(value):
    value = (value & _WORD) + (value >> _32)
    value = (value & _HALF) + (value >> _16)
    value = (value & _HALF) + (value >> _16)
    return (value & _HALF) + (value >> _16)


@rare
def _added(data, at, end):
    """The bytes as 16-bit words, added; not folded yet."""
    value = np.uint64(0)
    while end - at >= 4:
        value += be32u(data, at)
        at += 4
    if end - at >= 2:
        value += np.uint64(be16(data, at))
        at += 2
    if end > at:
        value += np.uint64(u8(data, at)) << np.uint64(8)
    return value


@rare
def wrong(data, p, begins):
    """Is the TCP or UDP packet's checksum wrong, or its IPv4 header's? `begins`: where a transport without anything between
    begins.
    """
    if p.ip_len > LONGEST * p.packets or p.end < p.wire_end or p.at != begins or p.proto not in (TCP, UDP):
        return False
    field = p.at + (16 if p.proto == TCP else 6)
    if p.end - field < 2:
        return False
    stored = np.uint64(be16(data, field))
    if stored == 0:
        return False
    ends = np.uint64(p.proto)
    ends += (p.src_lo & _WORD) + (p.dst_lo & _WORD)
    if p.version == 6:
        ends += (p.src_lo >> _32) + (p.dst_lo >> _32)
        ends += (p.src_hi >> _32) + (p.src_hi & _WORD) + (p.dst_hi >> _32) + (p.dst_hi & _WORD)
    length = np.uint64(p.end - p.at)
    if _fold(ends + length + _added(data, p.at, p.end)) == _FULL:
        return False
    return stored != _fold(ends + length) and stored != _fold(ends)


@rare
def wrong_header(data, p):
    """Is the IPv4 header's checksum wrong?"""
    return be16(data, p.ip_at + 10) != 0 and _fold(_added(data, p.ip_at, p.ip_at + 20)) != _FULL
