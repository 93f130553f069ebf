"""What a packet changes in its flow's row: who opened it, counts, TCP's sequence numbers, Zeek's history.

Called by `walk` for every packet that belongs to a flow. TCP is followed only as far as counting needs (RFC 9293):
reassembly is Python's, on the segments handed up.
"""

import numpy as np

from sensor.compiled import part, rare
from sensor.wire.kernel.flows import keep_ended, renew
from sensor.wire.kernel.layout import FIRST_BUDGET, Count, Mark, Want
from sensor.wire.kernel.transport import ACK, FIN, RST, SYN, TCP, UDP, WHOLE
from sensor.wire.kernel.zeek import FLIP, A, D, F, G, H, I, Q, R, S, T, W

_ORIG_SYN = int(Mark.ORIG_SYN)
_RESP_SYN = int(Mark.RESP_SYN)
_CLOSED = int(Mark.CLOSED)
_MIDSTREAM = int(Mark.MIDSTREAM)
_FLIPPED = int(Mark.FLIPPED)
_ORIG_HOLE = int(Mark.ORIG_HOLE)
_RESP_HOLE = int(Mark.RESP_HOLE)
_HOLES = _ORIG_HOLE | _RESP_HOLE
_COUNT = int(Want.COUNT)
_UNDECIDED = int(Want.UNDECIDED)
_TCP_GAPS = int(Count.TCP_GAPS)
_31 = np.uint64(31)

WELL_KNOWN = 1024
REUSE_NS = 60_000_000_000
"""A SYN with another number on a flow that did not close: after this silence it is a new connection."""

LATE = 1 << 20
"""A SYN that arrives behind at most so many bytes of its own connection was only late."""


@rare
def sender_is_orig(p):
    """Who opened the flow, by its first packet; and what to mark."""
    if p.proto == TCP:
        if p.flags & SYN:
            if p.flags & ACK:
                return False, _MIDSTREAM | _FLIPPED
            return True, 0
        if p.src_port < WELL_KNOWN <= p.dst_port:
            return False, _MIDSTREAM | _FLIPPED
        return True, _MIDSTREAM
    if p.proto == UDP and p.src_port < WELL_KNOWN <= p.dst_port:
        return False, _MIDSTREAM | _FLIPPED
    return True, 0


@rare
def begin(row, p, ts):
    """A renewed row becomes the packet's flow. Returns whether the originator sent it (1 or 0)."""
    from_orig, marks = sender_is_orig(p)
    row.marks = marks
    if from_orig:
        row.orig_hi, row.orig_lo, row.orig_port, row.orig_mac = p.src_hi, p.src_lo, p.src_port, p.src_mac
        row.resp_hi, row.resp_lo, row.resp_port, row.resp_mac = p.dst_hi, p.dst_lo, p.dst_port, p.dst_mac
    else:
        row.orig_hi, row.orig_lo, row.orig_port, row.orig_mac = p.dst_hi, p.dst_lo, p.dst_port, p.dst_mac
        row.resp_hi, row.resp_lo, row.resp_port, row.resp_mac = p.src_hi, p.src_lo, p.src_port, p.src_mac
        write(row, FLIP)
    if p.outer:
        _outer(row, p, from_orig)
    row.proto = p.proto
    row.ip_version = p.version
    row.vlan = p.vlan
    row.depth = p.depth
    row.tunnel = p.tunnel
    row.first_ts = ts
    row.last_ts = ts
    if p.proto in (TCP, UDP):
        row.want = _UNDECIDED
        row.budget = FIRST_BUDGET
    else:
        row.want = _COUNT
        row.budget = 0
    return 1 if from_orig else 0


@rare
def _outer(row, p, from_orig):
    if from_orig:
        row.outer_orig_hi, row.outer_orig_lo = p.outer_src_hi, p.outer_src_lo
        row.outer_resp_hi, row.outer_resp_lo = p.outer_dst_hi, p.outer_dst_lo
    else:
        row.outer_orig_hi, row.outer_orig_lo = p.outer_dst_hi, p.outer_dst_lo
        row.outer_resp_hi, row.outer_resp_lo = p.outer_src_hi, p.outer_src_lo


@part
def reused(row, p, from_orig, ts):
    """Does this packet open a new connection on the ports of an old one? Only a SYN does."""
    if p.proto != TCP or (p.flags & (SYN | ACK | RST)) != SYN:
        return False
    same = from_orig and row.marks & _ORIG_SYN and row.orig_isn == p.seq
    if same:
        return False
    if row.marks & _CLOSED:
        return True
    if ts - row.last_ts > REUSE_NS:
        return (row.orig_bytes | row.resp_bytes) != 0
    if not from_orig:
        return False
    if row.marks & _ORIG_SYN:  # the end may have been missed: seen in one direction only
        return (row.orig_flags | row.resp_flags) & FIN != 0
    behind = (row.orig_next - p.seq) & 0xFFFFFFFF
    return row.orig_bytes > 0 and behind > LATE


@rare
def reopen(t, slot, p, ts):
    """The old connection is given up, the row starts anew. `ended` must have room."""
    keep_ended(t, slot)
    renew(t, slot)
    return begin(t.flows[slot], p, ts)


@part
def write(row, code):
    """A letter of the history, once; when there are twelve already, it is left out."""
    bit = 1 << code
    if row.letters & bit:
        return
    row.letters |= bit
    history = row.history
    for place in range(0, 60, 5):
        if (history >> np.uint64(place)) & _31 == 0:
            row.history = history | np.uint64(code) << np.uint64(place)
            return


@part
def count(counts, row, p, from_orig, ts, known):
    """The packet into its flow. `known`: PORTS or WHOLE."""
    if ts > row.last_ts:
        row.last_ts = ts
    elif ts < row.first_ts:
        row.first_ts = ts
    if p.proto == TCP and known == WHOLE:
        _tcp(counts, row, p, from_orig)
    elif p.payload_len > 0:
        write(row, D if from_orig else D + 12)
    if from_orig:
        row.orig_pkts += np.uint64(p.packets)
        row.orig_ip_bytes += np.uint64(p.ip_len)
        row.orig_bytes += np.uint64(p.payload_len)
    else:
        if row.resp_pkts == 0 and row.resp_mac == 0:
            row.resp_mac = p.src_mac
        row.resp_pkts += np.uint64(p.packets)
        row.resp_ip_bytes += np.uint64(p.ip_len)
        row.resp_bytes += np.uint64(p.payload_len)


@part
def _tcp(counts, row, p, from_orig):
    flags = p.flags
    if from_orig:
        before = row.orig_next
        after, old, hole = _advance(counts, row, p, before, row.orig_pkts > 0, row.orig_bytes > 0)
        if hole:
            row.orig_hole = before
            row.marks |= _ORIG_HOLE
        row.orig_next = after
        row.orig_flags |= flags
        if flags & SYN and (row.orig_bytes == 0 or not row.marks & _ORIG_SYN):
            row.orig_isn = p.seq
            row.marks |= _ORIG_SYN
    else:
        before = row.resp_next
        after, old, hole = _advance(counts, row, p, before, row.resp_pkts > 0, row.resp_bytes > 0)
        if hole:
            row.resp_hole = before
            row.marks |= _RESP_HOLE
        row.resp_next = after
        row.resp_flags |= flags
        if flags & SYN and (row.resp_bytes == 0 or not row.marks & _RESP_SYN):
            row.resp_isn = p.seq
            row.marks |= _RESP_SYN
            if flags & ACK and row.orig_bytes == 0 and not row.marks & _ORIG_SYN:
                row.orig_isn = p.ack  # the SYN was missed: what it acknowledges is where the originator begins
                row.orig_next = p.ack
                row.marks |= _ORIG_SYN
    if flags & RST or row.orig_flags & row.resp_flags & FIN:
        row.marks |= _CLOSED
    _history(row, p, 0 if from_orig else 12, old)
    if row.marks & _HOLES and flags & ACK:
        _acknowledged(row, p, from_orig)


@rare
def _acknowledged(row, p, from_orig):
    """Who receives has what we did not see: a hole that nothing will fill. Zeek's `g`, of the side that sent it."""
    if from_orig and row.marks & _RESP_HOLE and _signed(p.ack - row.resp_hole) > 0:
        row.marks &= 0xFF ^ _RESP_HOLE
        write(row, G + 12)
    elif not from_orig and row.marks & _ORIG_HOLE and _signed(p.ack - row.orig_hole) > 0:
        row.marks &= 0xFF ^ _ORIG_HOLE
        write(row, G)


@part
def _advance(counts, row, p, before, seen, had_payload):
    """The side's next sequence number, whether the payload was seen before, whether bytes are missing before it. Counts
    gaps and what fills them.
    """
    flags = p.flags
    first = p.seq
    length = p.payload_len
    past = (first + length + (1 if flags & FIN else 0)) & 0xFFFFFFFF
    if not seen:
        return (before if before != 0 else past), False, False
    if flags & RST:
        return before, False, False
    if flags & SYN and not had_payload:
        return past, False, False
    ahead = _signed(first - before)
    old = False
    hole = ahead > 0
    if hole:
        row.gap_bytes = min(row.gap_bytes + ahead, 0xFFFFFFFF)
        row.gaps = min(row.gaps + 1, 0xFFFF)
        counts[_TCP_GAPS] += 1
    elif length > 0 and _signed(past - before) <= 0:
        old = True
        if row.gap_bytes > 0:  # late rather than repeated, as far as one can tell without keeping ranges
            row.gap_bytes -= min(length, row.gap_bytes)
            if row.gap_bytes == 0:
                counts[_TCP_GAPS] -= row.gaps
                row.gaps = 0
                row.marks &= 0xFF ^ _HOLES
            old = False
    if _signed(past - before) > 0:
        return past, old, hole
    return before, old, hole


@part
def _signed(difference):
    value = difference & 0xFFFFFFFF
    return value - 0x100000000 if value >= 0x80000000 else value


@part
def _history(row, p, side, old):
    flags = p.flags
    if flags & SYN:
        write(row, (H if flags & ACK else S) + side)
        if flags & (FIN | RST):
            write(row, Q + side)
    if p.payload_len > 0:
        write(row, D + side)
        if old:
            write(row, T + side)
    elif flags & (SYN | FIN | RST | ACK) == ACK:
        write(row, A + side)
    if flags & FIN:
        write(row, F + side)
        if flags & RST:
            write(row, I + side)
    if flags & RST:
        write(row, R + side)
    elif p.window == 0 and not flags & SYN:
        write(row, W + side)
