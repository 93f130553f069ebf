"""The packet loop: every frame of a batch is peeled, its flow found and counted, and the few payloads worth reading noted.

The only compiled function that Python calls for packets, through `Kernel.walk`. It allocates nothing; its time per packet
is bounded by the layers of the packet and the probes of the hash.
"""

import numpy as np

from sensor.compiled import compiled, part, rare
from sensor.wire.icmp import ICMP, ICMPV6
from sensor.wire.kernel.account import begin, count, reopen, reused, write
from sensor.wire.kernel.checksum import wrong, wrong_header
from sensor.wire.kernel.duplicates import fingerprint, remember, seen_before
from sensor.wire.kernel.flows import find, hash_of, insert, place_of
from sensor.wire.kernel.fragments import close_held, gather, next_held, open_held, release
from sensor.wire.kernel.layout import Control, Count, Kind, Stop, Unreadable, Want
from sensor.wire.kernel.link import start
from sensor.wire.kernel.load import u8
from sensor.wire.kernel.packet import HELD_BYTES, Held
from sensor.wire.kernel.peel import AGGREGATE, ARP, FOUND, FRAGMENT, HELD, LINK, NEIGHBOUR, NOTHING, peel
from sensor.wire.kernel.transport import (
    FIN,
    RST,
    SCTP,
    SYN,
    TCP,
    UDP,
    UDP_LITE,
    UNKNOWN,
    WHOLE,
    no_transport,
    transport,
)
from sensor.wire.kernel.zeek import RESP, C

_END = int(Stop.END)
_FULL = int(Stop.FULL)
_DECIDE = int(Stop.DECIDE)
_ENDED = int(Control.ENDED)
_RESUME = int(Control.RESUME)
_READY = int(Control.READY)
_OVERDUE = int(Held.OVERDUE)
_IP_BYTES = int(Count.IP_BYTES)
_COUNT = int(Want.COUNT)
_FRAGMENT = int(Unreadable.IP_FRAGMENT)
_UNDECIDED = int(Want.UNDECIDED)
_PAYLOAD = int(Kind.PAYLOAD)
_REASSEMBLED = int(Kind.REASSEMBLED)
_FRAME = int(Kind.FRAME)
_PACKETS = int(Count.PACKETS)
_BYTES = int(Count.BYTES)
_FLOWS = int(Count.FLOWS)
_IPV4 = int(Count.IPV4)
_IPV6 = int(Count.IPV6)
_TCP = int(Count.TCP)
_UDP = int(Count.UDP)
_ICMP = int(Count.ICMP)
_SCTP = int(Count.SCTP)
_UDP_LITE = int(Count.UDP_LITE)
_OTHER_IP = int(Count.OTHER_IP)
_ARP = int(Count.ARP)
_OTHER_LINK = int(Count.OTHER_LINK)
_DUPLICATES = int(Count.DUPLICATES)
_BAD_CHECKSUM = int(Count.BAD_CHECKSUM)
_FIRST_TS = int(Count.FIRST_TS)
_LAST_TS = int(Count.LAST_TS)


@compiled
def walk(data, table, first, t, packet, segments):
    """Walk `table` from row `first`. Returns (next row, segments written, Stop, slot to decide or -1)."""
    p = packet[0]
    written = 0
    i = first
    at = t.control[_RESUME]
    t.control[_RESUME] = 0
    release(t)
    held = next_held(t)  # a datagram to open before the next frame, or -1
    while i < len(table) or held >= 0:
        if written == len(segments) or t.control[_ENDED] == len(t.ended):
            t.control[_RESUME] = at
            return i, written, _FULL, -1
        found = NOTHING
        if held >= 0:
            source = t.whole
            ts = t.held[held].last_ts
            if open_held(t, packet, held):
                found = peel(source, packet, HELD)
        else:
            source = data
            frame = table[i]
            ts = frame.ts
            if start(data, p, frame):
                if at != 0:
                    p.at = at
                found = peel(source, packet, LINK if at == 0 else AGGREGATE)
        overdue = held >= 0 and t.held[held].state == _OVERDUE
        if found in (FOUND, FRAGMENT):
            known = transport(source, p) if found == FOUND else no_transport(p)
            value = hash_of(t, p)
            mark = fingerprint(source, p, known, value, ts)
            if held < 0 and seen_before(t, mark, p, ts):
                t.counts[_DUPLICATES] += 1
                _count_ip(t.counts, p, found)
            elif found == FRAGMENT:
                if _keep(t, source, packet, ts):
                    remember(t.seen, mark)
                elif held >= 0:
                    p.reason = _FRAGMENT
                else:
                    held = next_held(t)
                    if held >= 0:
                        continue
                    t.control[_RESUME] = at
                    return i, written, _FULL, -1
            else:
                if known != UNKNOWN:
                    new, slot = _into_flow(source, t, p, segments[written], ts, known, value, held)
                    if slot >= 0:
                        t.control[_RESUME] = at
                        return i, written, _DECIDE, slot
                    written += new
                if held < 0:
                    remember(t.seen, mark)
                    written += _advertisement(source, p, segments, written, ts)
                if not overdue:
                    p.ip_len = 0 if held >= 0 else p.ip_len  # fragment by fragment before
                    _count_ip(t.counts, p, found)
                elif t.held[held].cut < HELD_BYTES - 1:  # it could never be whole
                    _count_transport(t.counts, p.proto)
        elif found in (ARP, NEIGHBOUR):
            t.counts[_ARP if found == ARP else _OTHER_LINK] += 1
            _hand_up_frame(segments[written], p, p.at, ts, 0x0806 if found == ARP else 0x88CC)
            written += 1
        elif overdue:
            pass
        elif p.version != 0:  # an IP header that could not be read
            t.counts[_IPV4 if p.version == 4 else _IPV6] += 1
        elif p.reason < 0:
            t.counts[_OTHER_LINK] += 1
        if p.reason >= 0 and not overdue:
            t.unreadable[np.int64(p.reason)] += 1
        if held >= 0:
            close_held(t, held)
        else:
            at = p.next_at  # of an A-MSDU: more than one packet in the frame
            if at == 0:
                _count_frame(t.counts, frame)
                i += 1
        held = next_held(t)
    return len(table), written, _END, -1


@part
def _into_flow(source, t, p, segment, ts, known, value, held):
    """The packet into its flow. Returns (segments written: 0 or 1, row of the flow to decide before, or -1)."""
    home = place_of(t, value)
    slot, from_orig = find(t, p, home)
    if slot < 0:
        slot = insert(t, home)
        from_orig = begin(t.flows[slot], p, ts)
        t.counts[_FLOWS] += 1
    elif reused(t.flows[slot], p, from_orig, ts):
        from_orig = reopen(t, slot, p, ts)
        t.counts[_FLOWS] += 1
    row = t.flows[slot]
    if row.want == _UNDECIDED and row.budget == 0 and p.payload_len > 0:
        return 0, slot
    count(t.counts, row, p, from_orig, ts, known)
    if row.want == _COUNT or (p.payload_len == 0 and not p.flags & (SYN | FIN | RST)):
        return 0, -1
    _hand_up(segment, row, p, slot, from_orig, ts, _PAYLOAD if held < 0 else _REASSEMBLED)
    if known == WHOLE:
        _verify(source, t.counts, row, p, from_orig, held)
    if row.want == _UNDECIDED and p.payload_len > 0:
        row.budget -= 1
    return 1, -1


@rare
def _keep(t, source, packet, ts):
    """The fragment to the others of its datagram; the one that completes it is counted as what is inside. False: no room."""
    p = packet[0]
    whole = t.control[_READY]
    if not gather(t, source, packet, ts):
        return False
    if t.control[_READY] == whole:
        _count_ip(t.counts, p, FRAGMENT)
    else:
        t.counts[_IP_BYTES] += p.ip_len
    return True


@rare
def _advertisement(source, p, segments, written, ts):
    """A router advertisement is handed up as it is. How many segments that made."""
    if p.proto != ICMPV6 or p.at >= p.end or u8(source, p.at) != 134 or written == len(segments):
        return 0
    _hand_up_frame(segments[written], p, p.ip_at, ts, 0x86DD)
    return 1


@part
def _count_frame(counts, frame):
    counts[_PACKETS] += 1
    counts[_BYTES] += max(frame.wirelen, frame.caplen)
    ts = frame.ts
    if counts[_FIRST_TS] == 0 or ts < counts[_FIRST_TS]:
        counts[_FIRST_TS] = ts
    if ts > counts[_LAST_TS]:  # noqa: PLR1730 # a branch that is nearly always taken beats max() here
        counts[_LAST_TS] = ts


@part
def _count_ip(counts, p, found):
    counts[_IP_BYTES] += p.ip_len
    counts[_IPV4 if p.version == 4 else _IPV6] += 1
    if found != FRAGMENT:
        _count_transport(counts, p.proto)


@part
def _count_transport(counts, proto):
    if proto == TCP:
        counts[_TCP] += 1
    elif proto == UDP:
        counts[_UDP] += 1
    elif proto in (ICMP, ICMPV6):
        counts[_ICMP] += 1
    elif proto == SCTP:
        counts[_SCTP] += 1
    elif proto == UDP_LITE:
        counts[_UDP_LITE] += 1
    else:
        counts[_OTHER_IP] += 1


@rare
def _verify(source, counts, row, p, from_orig, held):
    """Counts a packet that is handed up if a checksum is wrong, and writes Zeek's letter for it."""
    if held >= 0:
        bad = wrong(source, p, held * HELD_BYTES)
    elif p.version == 6:
        bad = wrong(source, p, p.ip_at + 40)
    else:
        bad = wrong(source, p, p.ip_at + 20) or (p.at == p.ip_at + 20 and wrong_header(source, p))
    if bad:
        counts[_BAD_CHECKSUM] += 1
        write(row, C if from_orig else C + RESP)


@part
def _hand_up(segment, row, p, slot, from_orig, ts, kind):
    segment.uid = row.uid
    segment.ts = ts
    segment.offset = p.payload_at
    segment.length = p.payload_cap
    segment.wire_length = p.payload_len
    segment.seq = p.seq
    segment.ack = p.ack
    segment.slot = slot
    segment.flags = p.flags
    segment.from_orig = from_orig
    segment.proto = p.proto
    segment.kind = kind


@rare
def _hand_up_frame(segment, p, at, ts, layer):
    """A network layer that Python reads itself. `wire_length` may exceed what was captured."""
    segment.uid = 0
    segment.ts = ts
    segment.offset = at
    segment.length = p.end - at
    segment.wire_length = max(p.wire_end, p.end) - at
    segment.seq = layer
    segment.ack = p.vlan
    segment.slot = -1
    segment.flags = 0
    segment.from_orig = 0
    segment.proto = p.proto
    segment.kind = _FRAME
