"""Packets that two mirrored ports show twice: told by a hash of what stays the same on the way from one port to the other.

Called by `walk` for every IP packet, innermost. Hashed: addresses, ports, protocol, IPv4's identification, length, and of
TCP sequence numbers, flags, window and checksum, of all else the first `HASHED` bytes. Not hashed: the frame around it (MAC
addresses, VLAN, encapsulations), TTL and hop limit, traffic class, IPv4's checksum. The payload of TCP stands in its checksum.

A packet that is the same as one seen at most `WINDOW` before is a copy. IPv4's identification makes sure: who sends anew
takes a new one (Linux, Windows; RFC 6864 forbids the old one). Where it is 0 (macOS and iOS with "do not fragment") and in IPv6 there
is none: there the window is `BARE_WINDOW`, below a retransmission's earliest time over any but the shortest way (a round
trip, RFC 6675; 200 ms without acknowledgements, Linux). A mirror's copy comes after the queue of one switch.

A place of the table remembers one packet: 44 bits of hash, 20 bits of time in units of 2^18 ns (0.26 ms, around in 275 s).
"""

import numpy as np

from sensor.compiled import part
from sensor.wire.kernel.layout import SEEN_CAP
from sensor.wire.kernel.load import be64, u8
from sensor.wire.kernel.transport import TCP, WHOLE

WINDOW = 50_000_000
"""Nanoseconds between a packet and its copy, at most."""
BARE_WINDOW = 2_000_000
"""The same for packets without an identification."""

HASHED = 40
"""Bytes hashed of what is not TCP: a header of 8 and a QUIC packet's as far as its number, which is different in each."""

UNIT = 18
_TIME = np.uint64(0xFFFFF)
_PLACE = np.uint64(65 - SEEN_CAP.bit_length())
_UNIT = np.uint64(UNIT)
_UNITS = np.uint64(WINDOW >> UNIT)
_BARE_UNITS = np.uint64(BARE_WINDOW >> UNIT)
_1 = np.uint64(0x9FB21C651E98DF25)  # odd numbers without pattern
_2 = np.uint64(0xD6E8FEB86659FD93)
_3 = np.uint64(0xA0761D6478BD642F)
_16 = np.uint64(16)
_32 = np.uint64(32)


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
def fingerprint(data, p, known, flow_hash, ts):
    """What `seen_before` and `remember` go by: hash and time. `flow_hash` is the same in both directions, and secret."""
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
    return (value * _2) & ~_TIME | (np.uint64(ts) >> _UNIT) & _TIME


@part
def seen_before(seen, mark, p, ts):
    """Is the packet a copy of one remembered? Without a time (pcapng's simple blocks) nothing is."""
    old = seen[mark >> _PLACE]
    if (old ^ mark) > _TIME or ts == 0:
        return False
    units = _UNITS if p.id else _BARE_UNITS
    return (mark - old + units) & _TIME <= units + units


@part
def remember(seen, mark):
    seen[mark >> _PLACE] = mark
