"""The packet loop: every frame of a batch is peeled, its flow found and counted, and the few payloads worth reading noted.

The only compiled function that Python calls for packets, through `Kernel.walk`. It allocates nothing; its time per packet
is bounded by the layers of the packet and the probes of the hash.
"""

import numpy as np

from sensor.compiled import compiled, part
from sensor.wire.kernel.account import begin, count, reopen, reused
from sensor.wire.kernel.flows import find, home_of, insert
from sensor.wire.kernel.layout import Control, Count, Kind, Stop, Want
from sensor.wire.kernel.link import start
from sensor.wire.kernel.load import u8
from sensor.wire.kernel.peel import ARP, FOUND, NOTHING, peel
from sensor.wire.kernel.transport import FIN, ICMP, ICMPV6, RST, SCTP, SYN, TCP, UDP, UDP_LITE, UNKNOWN, transport

_END = int(Stop.END)
_FULL = int(Stop.FULL)
_DECIDE = int(Stop.DECIDE)
_ENDED = int(Control.ENDED)
_RESUME = int(Control.RESUME)
_COUNT = int(Want.COUNT)
_UNDECIDED = int(Want.UNDECIDED)
_PAYLOAD = int(Kind.PAYLOAD)
_FRAME = int(Kind.FRAME)
_PACKETS = int(Count.PACKETS)
_BYTES = int(Count.BYTES)
_IP_BYTES = int(Count.IP_BYTES)
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
    while i < len(table):
        if written == len(segments) or t.control[_ENDED] == len(t.ended):
            t.control[_RESUME] = at
            return i, written, _FULL, -1
        frame = table[i]
        ts = frame.ts
        found = NOTHING
        if start(data, p, frame):
            if at != 0:
                p.at = at
            found = peel(data, packet, at != 0)
        if found == FOUND:
            known = transport(data, p)
            if known != UNKNOWN:
                home = home_of(t, p)
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
                    t.control[_RESUME] = at
                    return i, written, _DECIDE, slot
                count(t.counts, row, p, from_orig, ts, known)
                if row.want != _COUNT and (p.payload_len > 0 or p.flags & (SYN | FIN | RST)):
                    _hand_up(segments[written], row, p, slot, from_orig, ts)
                    written += 1
                    if row.want == _UNDECIDED and p.payload_len > 0:
                        row.budget -= 1
            _count_ip(t.counts, p)
            if p.proto == ICMPV6 and not p.later_fragment and p.at < p.end and u8(data, p.at) == 134:
                _hand_up_frame(segments[written], p, p.ip_at, ts)
                written += 1
        elif found == ARP:
            t.counts[_ARP] += 1
            _hand_up_frame(segments[written], p, p.at, ts)
            written += 1
        elif p.version != 0:  # an IP header that could not be read
            t.counts[_IPV4 if p.version == 4 else _IPV6] += 1
        elif p.reason < 0:
            t.counts[_OTHER_LINK] += 1
        if p.reason >= 0:
            t.unreadable[np.int64(p.reason)] += 1
        at = p.next_at  # of an A-MSDU: more than one packet in the frame
        if at == 0:
            _count_frame(t.counts, frame)
            i += 1
    return len(table), written, _END, -1


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
def _count_ip(counts, p):
    counts[_IP_BYTES] += p.ip_len
    counts[_IPV4 if p.version == 4 else _IPV6] += 1
    if p.later_fragment:
        return
    proto = p.proto
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


@part
def _hand_up(segment, row, p, slot, from_orig, ts):
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
    segment.kind = _PAYLOAD


@part
def _hand_up_frame(segment, p, at, ts):
    """A network layer that Python reads itself. `ack` and `seq` are 0; `wire_length` may exceed what was captured."""
    segment.uid = 0
    segment.ts = ts
    segment.offset = at
    segment.length = p.end - at
    segment.wire_length = max(p.wire_end, p.end) - at
    segment.seq = 0
    segment.ack = 0
    segment.slot = -1
    segment.flags = 0
    segment.from_orig = 0
    segment.proto = p.proto
    segment.kind = _FRAME
