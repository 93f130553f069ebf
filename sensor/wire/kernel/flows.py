"""The flow table: find, insert, evict, remove. Called once a packet by `walk`, and by Python for flows that are over.

Open addressing with linear probing over row numbers, at most half full; a removal moves the entries behind it back, so
there are no tombstones. The hash is SipHash-1-3 (Aumasson, Bernstein: SipHash, 2012) under a secret of this run, over
the lesser and the greater of each part of the two endpoints: both directions meet, and nobody outside can aim at one bucket.
"""

import numpy as np

from sensor.compiled import compiled, part, rare
from sensor.wire.kernel.layout import Control, Count

_FREE = int(Control.FREE)
_HIGH = int(Control.HIGH)
_NEXT_UID = int(Control.NEXT_UID)
_ENDED = int(Control.ENDED)
_SEED = int(Control.SEED)
_LIVE = int(Control.LIVE)
_HAND = int(Control.HAND)
_EVICTED = int(Count.EVICTED_FLOWS)

SAMPLED = 8
"""Rows looked at to find one to evict: the oldest of eight is in the oldest eighth on average."""

_K0 = np.uint64(0x736F6D6570736575)  # SipHash's own constants
_K1 = np.uint64(0x646F72616E646F6D)
_K2 = np.uint64(0x6C7967656E657261)
_K3 = np.uint64(0x7465646279746573)
_SECOND = np.uint64(0x9E3779B97F4A7C15)  # the second half of the key, from the first
_FINAL = np.uint64(0xFF)
_13 = np.uint64(13)
_16 = np.uint64(16)
_17 = np.uint64(17)
_21 = np.uint64(21)
_32 = np.uint64(32)
_43 = np.uint64(43)
_47 = np.uint64(47)
_48 = np.uint64(48)
_51 = np.uint64(51)
_WORD = np.uint64(0xFFFFFFFF)


@part
def _round(v0, v1, v2, v3):
    v0 += v1
    v1 = (v1 << _13 | v1 >> _51) ^ v0
    v0 = v0 << _32 | v0 >> _32
    v2 += v3
    v3 = (v3 << _16 | v3 >> _48) ^ v2
    v0 += v3
    v3 = (v3 << _21 | v3 >> _43) ^ v0
    v2 += v1
    v1 = (v1 << _17 | v1 >> _47) ^ v2
    v2 = v2 << _32 | v2 >> _32
    return v0, v1, v2, v3


@part
def _absorb(v0, v1, v2, v3, word):
    v0, v1, v2, v3 = _round(v0, v1, v2, v3 ^ word)
    return v0 ^ word, v1, v2, v3


@part
def hash_flow(seed, hi_a, lo_a, hi_b, lo_b, port_a, port_b, proto):
    """Of two endpoints in either order: hi, lo and ports as numbers."""
    key = np.uint64(seed)
    second = key * _SECOND
    v0 = key ^ _K0
    v1 = second ^ _K1
    v2 = key ^ _K2
    v3 = second ^ _K3
    # an IPv4 endpoint fits one word; without a branch on the order, which no processor could guess
    a = (lo_a & _WORD) << _16 | np.uint64(port_a)
    b = (lo_b & _WORD) << _16 | np.uint64(port_b)
    v0, v1, v2, v3 = _absorb(v0, v1, v2, v3, min(a, b))
    v0, v1, v2, v3 = _absorb(v0, v1, v2, v3, max(a, b) | np.uint64(proto) << _48)
    if hi_a | hi_b:
        a = lo_a >> _32
        b = lo_b >> _32
        v0, v1, v2, v3 = _absorb(v0, v1, v2, v3, min(a, b) << _32 | max(a, b))
        v0, v1, v2, v3 = _absorb(v0, v1, v2, v3, min(hi_a, hi_b))
        v0, v1, v2, v3 = _absorb(v0, v1, v2, v3, max(hi_a, hi_b))
    v0, v1, v2, v3 = _round(v0, v1, v2 ^ _FINAL, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@rare
def _home(t, row):
    """Where the row's index entry would stand, were there no others."""
    value = hash_flow(
        t.control[_SEED], row.orig_hi, row.orig_lo, row.resp_hi, row.resp_lo, row.orig_port, row.resp_port, row.proto
    )
    return place_of(t, value)


@part
def hash_of(t, p):
    """The hash of the packet in hand."""
    return hash_flow(t.control[_SEED], p.src_hi, p.src_lo, p.dst_hi, p.dst_lo, p.src_port, p.dst_port, p.proto)


@part
def place_of(t, value):
    """Where the index entry of a row with this hash would stand, were there no others."""
    return np.int64(value & np.uint64(len(t.index) - 1))


@part
def find(t, p, home):
    """The packet's flow: its row and whether its originator sent it (1 or 0), or (-1, 0)."""
    mask = len(t.index) - 1
    at = home
    while True:
        slot = np.int64(t.index[at])
        if slot < 0:
            return np.int64(-1), np.int64(0)
        row = t.flows[slot]
        if row.proto == p.proto:
            if (
                row.orig_lo == p.src_lo
                and row.resp_lo == p.dst_lo
                and row.orig_port == p.src_port
                and row.resp_port == p.dst_port
                and row.orig_hi == p.src_hi
                and row.resp_hi == p.dst_hi
            ):
                return slot, np.int64(1)
            if (
                row.orig_lo == p.dst_lo
                and row.resp_lo == p.src_lo
                and row.orig_port == p.dst_port
                and row.resp_port == p.src_port
                and row.orig_hi == p.dst_hi
                and row.resp_hi == p.src_hi
            ):
                return slot, np.int64(0)
        at = (at + 1) & mask


@rare
def insert(t, home):
    """An empty row with a new uid, indexed at `home`; evicts when none is free. `ended` must have room."""
    control = t.control
    slot = control[_FREE]
    if slot >= 0:
        control[_FREE] = t.flows[slot].chain
    elif control[_HIGH] < len(t.flows):
        slot = control[_HIGH]
        control[_HIGH] += 1
    else:
        slot = _evict(t)
    mask = len(t.index) - 1
    at = home
    while t.index[at] >= 0:
        at = (at + 1) & mask
    t.index[at] = slot
    control[_LIVE] += 1
    renew(t, slot)
    return slot


@rare
def renew(t, slot):
    """A clean row with a uid of its own."""
    row = t.flows[slot]
    row.uid = t.control[_NEXT_UID]
    t.control[_NEXT_UID] += 1
    row.orig_pkts = 0
    row.resp_pkts = 0
    row.orig_ip_bytes = 0
    row.resp_ip_bytes = 0
    row.orig_bytes = 0
    row.resp_bytes = 0
    row.orig_next = 0
    row.resp_next = 0
    row.orig_flags = 0
    row.resp_flags = 0
    row.marks = 0
    row.letters = 0
    row.history = 0
    row.orig_isn = 0
    row.resp_isn = 0
    row.gap_bytes = 0
    row.gaps = 0
    row.outer_orig_hi = 0
    row.outer_orig_lo = 0
    row.outer_resp_hi = 0
    row.outer_resp_lo = 0
    row.told_orig_ip_bytes = 0
    row.told_resp_ip_bytes = 0
    row.told_orig_pkts = 0
    row.told_resp_pkts = 0


@rare
def keep_ended(t, slot):
    """The row's last state goes to `ended`."""
    t.ended[t.control[_ENDED]] = t.flows[slot]
    t.control[_ENDED] += 1


@rare
def _evict(t):
    """The oldest of a few rows under the hand. Only called when all rows are in use."""
    cap = len(t.flows)
    at = t.control[_HAND]
    oldest = at
    for _ in range(min(SAMPLED, cap)):
        if t.flows[at].last_ts < t.flows[oldest].last_ts:
            oldest = at
        at = at + 1 if at + 1 < cap else 0
    t.control[_HAND] = at
    keep_ended(t, oldest)
    _unlink(t, oldest)
    t.control[_LIVE] -= 1
    t.counts[_EVICTED] += 1
    return oldest


@rare
def _unlink(t, slot):
    """Take the row's entry out of the index and close the hole (Knuth 6.4, algorithm R)."""
    mask = len(t.index) - 1
    hole = _home(t, t.flows[slot])
    while t.index[hole] != slot:
        hole = (hole + 1) & mask
    at = hole
    while True:
        at = (at + 1) & mask
        other = t.index[at]
        if other < 0:
            break
        if ((at - _home(t, t.flows[other])) & mask) >= ((at - hole) & mask):
            t.index[hole] = other
            hole = at
    t.index[hole] = -1


@compiled
def remove(t, slots):
    """Free these rows. A row that is free already, or outside the table, is left alone."""
    for slot in slots:
        if slot < 0 or slot >= t.control[_HIGH] or t.flows[slot].uid == 0:
            continue
        _unlink(t, slot)
        t.flows[slot].uid = 0
        t.flows[slot].chain = t.control[_FREE]
        t.control[_FREE] = slot
        t.control[_LIVE] -= 1
