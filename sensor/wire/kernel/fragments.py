"""IPv4 and IPv6 datagrams put together again from their fragments, inside tunnels too.

Called by `walk`: each fragment goes to `gather`; a datagram that is whole, or never will be, is opened (`open_held`) and
peeled on like a frame, then closed. A flow is told a datagram's packets and bytes once, when it is opened.

* a datagram is known by addresses, identification and, in IPv4, protocol (RFC 791, RFC 8200 §4.5)
* a fragment that brings only what is there already is left out; one that brings old and new bytes, or contradicts the end,
  spoils the datagram, which is then given up. So do receivers: RFC 5722 and its erratum 3089 for IPv6, and Linux for both
  since 4.19 (`inet_frag_queue_insert`: IPFRAG_DUP, IPFRAG_OVERLAP)
* bounded: `HELD_CAP` datagrams of 64 KiB, for as long as the caller says (Linux: 30 s). When all are taken the oldest
  quarter is given up. Of a datagram given up, what came of its beginning is read and counted; without a beginning nobody
  knows its flow

Which bytes are there is told by a bit for 8 bytes, the unit of offsets: only the last fragment may end between two.
"""

import numpy as np

from sensor.compiled import part, rare
from sensor.wire.kernel.layout import Control, Count, Unreadable
from sensor.wire.kernel.packet import HELD_BYTES, Held

NO_ROOM = -1

_FREE = int(Held.FREE)
_GATHERING = int(Held.GATHERING)
_SPOILT = int(Held.SPOILT)
_WHOLE = int(Held.WHOLE)
_OVERDUE = int(Held.OVERDUE)
_SPENT = int(Held.SPENT)
_HELD = int(Control.HELD)
_READY = int(Control.READY)
_SPENT_ROWS = int(Control.SPENT)
_DUE = int(Control.DUE)
_COMPLETE = int(Count.FRAGMENTS_COMPLETE)
_INCOMPLETE = int(Count.FRAGMENTS_INCOMPLETE)
_OVERLAPPING = int(Count.FRAGMENTS_OVERLAPPING)
_EVICTED = int(Count.FRAGMENTS_EVICTED)
_FRAGMENT = int(Unreadable.IP_FRAGMENT)
_LONGEST = 65_535
_1 = np.uint64(1)
_63 = np.uint64(63)


@rare
def gather(t, data, packet, ts):
    """Takes a fragment in. True; or False when there is no room, and some must be opened and closed, or released, first."""
    p = packet[0]
    n = _find(t, p)
    if n < 0:
        n = _begin(t, p, ts)
        if n < 0:
            return False
    row = t.held[n]
    row.packets = min(row.packets + 1, 0xFFFF)
    row.ip_bytes += p.ip_len
    row.last_ts = ts
    size = p.wire_end - p.at
    if p.more_fragments:
        size &= ~7
    end = p.offset + size
    if row.state == _SPOILT or size <= 0:
        return True
    if _contradicts(row, p, end):
        row.state = _SPOILT
        return True
    first, last = p.offset >> 3, (end + 7) >> 3
    there = 0
    for unit in range(first, last):
        there += np.int64(t.covered[n, unit >> 6] >> (np.uint64(unit) & _63) & _1)
    if there == last - first:
        return True
    if there:
        row.state = _SPOILT
        t.counts[_OVERLAPPING] += 1
        return True
    for unit in range(first, last):
        t.covered[n, unit >> 6] |= _1 << (np.uint64(unit) & _63)
    row.units += last - first
    _copy(t, n, row, data, p, size)
    if p.offset == 0:
        t.parked[n] = packet[0]
        row.begun = 1
    if row.units == (row.total + 7) >> 3:
        row.state = _WHOLE
        t.control[_READY] += 1
    return True


@rare
def _find(t, p):
    if t.control[_HELD] == 0:
        return -1
    for n in range(len(t.held)):
        row = t.held[n]
        if (
            row.id == p.id
            and row.src_lo == p.src_lo
            and row.dst_lo == p.dst_lo
            and row.state in (_GATHERING, _SPOILT)
            and row.src_hi == p.src_hi
            and row.dst_hi == p.dst_hi
            and row.version == p.version
            and (row.proto == p.proto or p.version == 6)
        ):
            return n
    return -1


@rare
def _begin(t, p, ts):
    """A free row for the fragment's datagram. When there is none: the oldest quarter is due, unless some are only spent."""
    for n in range(len(t.held)):
        row = t.held[n]
        if row.state == _FREE:
            row.state = _GATHERING
            row.src_hi, row.src_lo, row.dst_hi, row.dst_lo = p.src_hi, p.src_lo, p.dst_hi, p.dst_lo
            row.id = p.id
            row.version = p.version
            row.proto = p.proto
            row.begun = 0
            row.packets = 0
            row.ip_bytes = 0
            row.units = 0
            row.total = -1
            row.highest = 0
            row.cut = _LONGEST
            row.first_ts = ts
            for word in range(t.covered.shape[1]):
                t.covered[n, word] = 0
            t.control[_HELD] += 1
            return n
    if t.control[_SPENT_ROWS] == 0:
        oldest, newest = t.held[0].first_ts, t.held[0].first_ts
        for n in range(len(t.held)):
            oldest = min(oldest, t.held[n].first_ts)
            newest = max(newest, t.held[n].first_ts)
        t.counts[_EVICTED] += _give_up(t, oldest + (newest - oldest) // 4)
    return NO_ROOM


@rare
def _contradicts(row, p, end):
    """Does the fragment's end not fit those of the others, or any datagram?"""
    if end > _LONGEST or (row.total >= 0 and end > row.total):
        return True
    row.highest = max(row.highest, end)
    if p.more_fragments:
        return False
    if row.highest > end or (row.total >= 0 and row.total != end):
        return True
    row.total = end
    return False


@rare
def _copy(t, n, row, data, p, size):
    there = min(p.end - p.at, size)
    to = n * HELD_BYTES + p.offset
    for i in range(there):
        t.pieces[np.uint64(to + i)] = data[np.uint64(p.at + i)]
    if there < size:  # cut by the snap length
        row.cut = min(row.cut, p.offset + max(there, 0))


@rare
def _give_up(t, before):
    """Datagrams begun before then, or at that time, are due. How many."""
    due = 0
    for n in range(len(t.held)):
        row = t.held[n]
        if row.state in (_GATHERING, _SPOILT) and row.first_ts <= before:
            row.state = _OVERDUE
            due += 1
    t.control[_READY] += due
    return due


@rare
def release(t):
    """At the start of a walk: what was handed up is taken by now, its rows are free; what the caller finds too old is due."""
    control = t.control
    if control[_SPENT_ROWS]:
        for n in range(len(t.held)):
            if t.held[n].state == _SPENT:
                t.held[n].state = _FREE
        control[_HELD] -= control[_SPENT_ROWS]
        control[_SPENT_ROWS] = 0
    if control[_DUE]:
        _give_up(t, control[_DUE])
        control[_DUE] = 0


@part
def next_held(t):
    """A datagram to be opened, or -1."""
    if t.control[_READY] == 0:
        return -1
    for n in range(len(t.held)):
        if t.held[n].state in (_WHOLE, _OVERDUE):
            return n
    return -1


@rare
def open_held(t, packet, n):
    """The packet in hand becomes the datagram, up to the IP header; its bytes are in `t.whole`. False without a beginning."""
    row = t.held[n]
    p = packet[0]
    if not row.begun:
        p.reason = -1
        p.version = 0
        return False
    packet[0] = t.parked[n]
    size = row.total
    if row.state == _OVERDUE:
        size = 0
        while size < _LONGEST - 8 and t.covered[n, size >> 9] >> np.uint64(size >> 3 & 63) & _1:
            size += 8
        size = min(size, row.highest)
    p.at = n * HELD_BYTES
    p.wire_end = p.at + size
    p.end = p.at + min(size, row.cut)
    p.frame_end = p.end
    p.ip_len = row.ip_bytes
    p.packets = row.packets
    p.later_fragment = 0
    p.more_fragments = 0
    p.saved = 0
    p.guessed = 0
    p.next_at = 0
    p.reason = -1
    return True


@rare
def close_held(t, n):
    """The datagram was read and counted: its bytes stay until the next walk."""
    row = t.held[n]
    if row.state == _WHOLE:
        t.counts[_COMPLETE] += 1
    else:
        t.counts[_INCOMPLETE] += 1
        t.unreadable[_FRAGMENT] += row.packets
    row.state = _SPENT
    t.control[_READY] -= 1
    t.control[_SPENT_ROWS] += 1
