"""Packets that a mirror shows twice: told by a hash of what stays the same on the way from one port to the other.

Called by `walk` for every IP packet, innermost. Hashed: addresses, ports, protocol, IPv4's identification, length, and of
TCP sequence numbers, flags, window and checksum, of all else the first `HASHED` bytes. Not hashed: the frame around it (MAC
addresses, VLAN, encapsulations), TTL and hop limit, traffic class, IPv4's checksum: these are the packet's *way*. The payload
of TCP stands in its checksum.

A packet that is the same as one seen shortly before is a copy

* when it came another way (behind a router, in another VLAN, in a tunnel): who sends anew sends the same way
* when it has an IPv4 identification and came within `WINDOW`: who sends anew takes a new one (Linux, Windows; RFC 6864
  forbids the old one)
* when it opens a TCP connection: nobody asks again before a second (RFC 6298)
* else, without an identification (0 with "do not fragment", IPv6), only within `BARE_WINDOW` and where the capture shows that
  copies are usual: a mirror that copies copies most packets. An empty acknowledgement may honestly come twice (RFC 5681,
  3.2), and so may a datagram. Each sure copy adds `SURE` to what `Control.COPYING` holds, each that is likely one `LIKELY`,
  each frame takes 1 away; `USUAL` is enough. So two sure ones near each other do (a connection that opens), or some
  hundred packets of which half came twice

A place of the table remembers one packet: 42 bits of hash, 6 of the way, 16 of time in units of 2^18 ns (0.26 ms, around in
17 s).
"""

import numpy as np

from sensor.compiled import part, rare
from sensor.wire.kernel.layout import SEEN_CAP, Control, Count
from sensor.wire.kernel.load import be64, u8
from sensor.wire.kernel.transport import SYN, TCP, WHOLE

WINDOW = 50_000_000
"""Nanoseconds between a packet and its copy, at most: a mirror's copy comes after the queue of one switch."""
BARE_WINDOW = 2_000_000
"""The same for packets without an identification."""

SURE = 32
LIKELY = 4
USUAL = 48
MOST = 4_096
"""Frames without a copy after which copies are no longer usual, at most."""

HASHED = 40
"""Bytes hashed of what is not TCP: a header of 8 and a QUIC packet's as far as its number, which is different in each."""

UNIT = 18
_TIME = np.uint64(0xFFFF)
_WAY = np.uint64(0x3F_0000)
_BELOW = np.uint64(0x3F_FFFF)
_PLACE = np.uint64(65 - SEEN_CAP.bit_length())
_UNIT = np.uint64(UNIT)
_UNITS = np.uint64(WINDOW >> UNIT)
_BARE_UNITS = np.uint64(BARE_WINDOW >> UNIT)
_PACKETS = int(Count.PACKETS)
_COPYING = int(Control.COPYING)
_COPIED_AT = int(Control.COPIED_AT)
_1 = np.uint64(0x9FB21C651E98DF25)  # odd numbers without pattern
_2 = np.uint64(0xD6E8FEB86659FD93)
_3 = np.uint64(0xA0761D6478BD642F)
_16 = np.uint64(16)
_24 = np.uint64(24)
_32 = np.uint64(32)
_42 = np.uint64(42)


@part
def _absorb(data, at, end, value):
    """The bytes into the hash, eight at a time; the last eight again with what is left."""
    begin = at
    while end - at >= 8:
        value ^= value >> _32
        value = (value ^ be64(data, at)) * _3
        at += 8
    if at < end and at > begin:
        value ^= value >> _32
        return (value ^ be64(data, end - 8)) * _3
    while at < end:
        value ^= value >> _32
        value = (value ^ np.uint64(u8(data, at))) * _3
        at += 1
    return value


@part
def _way(p):
    """The frame around the packet and how far it had come, in the bits of `_WAY`."""
    around = (
        np.uint64(p.hops) << np.uint64(52) ^ np.uint64(p.vlan) << np.uint64(44) ^ np.uint64(p.depth) << np.uint64(60)
    )
    return (p.src_mac ^ p.dst_mac << np.uint64(8) ^ around) * _3 >> _42 & _WAY


@part
def fingerprint(data, p, known, flow_hash, ts):
    """What `seen_before` and `remember` go by: hash, way and time. `flow_hash` is the same in both directions, and secret."""
    value = (flow_hash ^ p.src_lo) * _1
    value ^= value >> _32
    named = np.uint64(p.id) << _16 | np.uint64(p.ip_len & 0xFFFF)
    if p.proto == TCP and known == WHOLE:
        value = (value ^ be64(data, p.at + 4)) * _2
        value ^= value >> _32
        value = (value ^ be64(data, p.at + 12) ^ named * _3) * _1
    else:
        value = (value ^ named ^ np.uint64(p.offset) << _32) * _2
        value = _absorb(data, p.at, min(p.end, p.at + HASHED), value)
    value ^= value >> _32
    return (value * _2) & ~_BELOW | _way(p) | (np.uint64(ts) >> _UNIT) & _TIME


@part
def seen_before(t, mark, p, ts):
    """Is the packet a copy of one remembered? Without a time (pcapng's simple blocks) nothing is."""
    old = t.seen[mark >> _PLACE]
    if (old ^ mark) > _BELOW or ts == 0:
        return False
    return _is_copy(t, old, mark, p)


@rare
def _is_copy(t, old, mark, p):
    units = _UNITS if p.id else _BARE_UNITS
    if (mark - old + units) & _TIME > units + units:
        return False
    if (old ^ mark) & _WAY:
        return True
    control, now = t.control, t.counts[_PACKETS]
    level = max(0, control[_COPYING] - (now - control[_COPIED_AT]))
    sure = p.id != 0 or (p.proto == TCP and p.flags & SYN)
    if sure:
        level += SURE
    elif p.proto != TCP or p.payload_len > 0:
        level += LIKELY
    control[_COPYING] = min(level, MOST)
    control[_COPIED_AT] = now
    return sure or level >= USUAL


@part
def remember(seen, mark):
    seen[mark >> _PLACE] = mark
