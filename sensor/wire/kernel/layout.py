"""The kernel's memory: the flow table, what it hands up, what it counts. NumPy structures, so that Python reads them too.

A flow is one row (an address pair, a port pair, a protocol); `orig` is the side that opened it, as in Zeek. Rows live in a
dense array with a free list; an open-addressed index of row numbers finds them. `want` says what the kernel does with a
flow's payloads and is the only field that Python writes.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sensor.wire.kernel.packet import HELD, HELD_BYTES, HELD_CAP, PACKET

FLOW = np.dtype(
    [
        ("uid", "<u8"),  # 1, 2, 3…: never reused; 0 = free row
        ("orig_hi", "<u8"),  # addresses as 128 bits, IPv4 mapped as ::ffff:a.b.c.d
        ("orig_lo", "<u8"),
        ("resp_hi", "<u8"),
        ("resp_lo", "<u8"),
        ("orig_port", "<u2"),  # of ICMP its type, and the type that answers it or, where none does, its code
        ("resp_port", "<u2"),
        ("proto", "u1"),  # IP protocol number
        ("want", "u1"),  # Want
        ("budget", "u1"),  # payloads still handed up while Want.UNDECIDED
        ("ip_version", "u1"),
        # what every packet changes stands together: one cache line
        ("last_ts", "<i8"),  # ns
        ("orig_pkts", "<u8"),
        ("resp_pkts", "<u8"),
        ("orig_ip_bytes", "<u8"),  # from IP lengths, never from captured lengths
        ("resp_ip_bytes", "<u8"),
        ("orig_bytes", "<u8"),  # transport payload
        ("resp_bytes", "<u8"),
        ("orig_next", "<u4"),  # TCP: highest sequence number seen + 1
        ("resp_next", "<u4"),
        ("orig_flags", "u1"),  # TCP flags seen, or-ed
        ("resp_flags", "u1"),
        ("marks", "u1"),  # Mark
        ("depth", "u1"),  # encapsulations around it
        ("letters", "<u4"),  # codes already in `history`, as bits
        # the rest is touched when a flow begins, ends or is told
        ("first_ts", "<i8"),
        ("orig_mac", "<u8"),  # 48 bits, 0 when the link has none
        ("resp_mac", "<u8"),
        ("orig_isn", "<u4"),  # TCP: number of the first payload byte, valid with ORIG_SYN / RESP_SYN in `marks`
        ("resp_isn", "<u4"),
        ("history", "<u8"),  # Zeek's history as 5-bit codes (sensor.wire.kernel.zeek), oldest in the lowest bits
        ("orig_hole", "<u4"),  # TCP: where the latest bytes missing begin, valid with ORIG_HOLE / RESP_HOLE in `marks`
        ("resp_hole", "<u4"),
        ("gap_bytes", "<u4"),  # TCP payload bytes missing between what was seen
        ("gaps", "<u2"),  # jumps over missing bytes; 0 again when all were filled
        ("vlan", "<u2"),  # innermost VLAN id, 0 = none
        ("tunnel", "<u2"),  # Tunnel of the innermost encapsulation, 0 = none
        # addresses of the innermost encapsulation that has some, of the flow's first packet; 0 = none
        ("outer_orig_hi", "<u8"),
        ("outer_orig_lo", "<u8"),
        ("outer_resp_hi", "<u8"),
        ("outer_resp_lo", "<u8"),
        ("chain", "<i4"),  # free list
        # what the series were told already, so that each byte is told once
        ("told_orig_ip_bytes", "<u8"),
        ("told_resp_ip_bytes", "<u8"),
        ("told_orig_pkts", "<u8"),
        ("told_resp_pkts", "<u8"),
    ],
    align=True,
)


class Want(IntEnum):
    """What the kernel does with a flow's payloads."""

    COUNT = 0  # decided: only counted
    UNDECIDED = 1  # handed up until the budget is spent; then `walk` stops before the packet and asks (Stop.DECIDE)
    ALL = 2  # every segment handed up, empty ones with SYN, FIN or RST too


class Mark(IntEnum):
    """Bits of FLOW.marks."""

    ORIG_SYN = 1  # orig_isn is valid
    RESP_SYN = 2
    CLOSED = 4  # RST, or FIN from both sides
    MIDSTREAM = 8  # the first packet seen was not its first
    FLIPPED = 16  # the first packet seen came from the responder
    ORIG_HOLE = 32  # orig_hole is valid
    RESP_HOLE = 64


class Tunnel(IntEnum):
    """What the innermost encapsulation of a flow is: FLOW.tunnel."""

    NONE = 0
    PPPOE = 1
    MPLS = 2
    IPIP = 3  # IPv4 in IPv4 or IPv6
    IPV6_IN_IP = 4  # 6in4, 6to4, IPv6 in IPv6
    GRE = 5
    ERSPAN = 6
    ETHERIP = 7
    VXLAN = 8
    GENEVE = 9
    GTPU = 10
    TEREDO = 11
    L2TP = 12
    TZSP = 13
    PBB = 14  # 802.1ah


SEGMENT = np.dtype(
    [
        ("uid", "<u8"),
        ("ts", "<i8"),
        ("offset", "<i8"),  # of the payload in Frames.data
        ("length", "<u4"),  # captured payload bytes
        ("wire_length", "<u4"),  # payload bytes by the IP length
        ("seq", "<u4"),
        ("ack", "<u4"),
        ("slot", "<i4"),  # row of the flow
        ("flags", "u1"),  # TCP flags
        ("from_orig", "u1"),
        ("proto", "u1"),
        ("kind", "u1"),  # Kind
    ],
    align=True,
)


class Kind(IntEnum):
    """What a handed-up segment is."""

    PAYLOAD = 0
    FRAME = 1  # a network layer worth reading outside flows (ARP, LLDP, router advertisement); slot -1, `seq` its ethertype, `ack` its VLAN
    REASSEMBLED = 2  # as PAYLOAD, of a datagram that came in fragments: `offset` is into Tables.whole


class Stop(IntEnum):
    """Why `walk` returned."""

    END = 0  # all frames of the batch were walked
    FULL = 1  # no room for more segments or ended flows: take them, call again
    DECIDE = 2  # the flow of the next frame has spent its budget: set its `want` (or `budget`), call again


FIRST_BUDGET = 8
"""Payloads handed up, both directions together, before the kernel asks for a decision."""


class Count(IntEnum):
    """Columns of the counter vector."""

    PACKETS = 0
    BYTES = 1  # frame bytes on the wire
    IP_BYTES = 2
    FLOWS = 3
    EVICTED_FLOWS = 4
    IPV4 = 5
    IPV6 = 6
    TCP = 7
    UDP = 8
    ICMP = 9
    OTHER_IP = 10
    ARP = 11
    OTHER_LINK = 12
    BAD_CHECKSUM = 13
    DUPLICATES = 14
    TCP_GAPS = 15
    FIRST_TS = 16  # ns; 0 = none yet
    LAST_TS = 17
    SCTP = 18
    UDP_LITE = 19
    FRAGMENTS_COMPLETE = 20  # datagrams put together again
    FRAGMENTS_INCOMPLETE = 21  # given up, for whatever reason
    FRAGMENTS_OVERLAPPING = 22  # of those: spoilt by fragments that overlap
    FRAGMENTS_EVICTED = 23  # of those: for want of room
    SIZE = 32


class Unreadable(IntEnum):
    """Why a packet, or what is inside it, could not be read: columns of the reason vector, words of `--stats`."""

    LINK_TYPE = 0
    LINK_TRUNCATED = 1
    IP_TRUNCATED = 2
    IP_HEADER = 3
    IP_FRAGMENT = 4  # of a datagram that never was whole
    IPV6_EXTENSION = 5
    TRANSPORT_TRUNCATED = 6
    TRANSPORT_HEADER = 7
    ENCAPSULATION_DEPTH = 8
    WLAN_ENCRYPTED = 9
    ESP = 10
    SNAPPED = 11  # the payload was cut by the capture's snap length
    MACSEC = 12  # encrypted
    SIZE = 16


class Tables(NamedTuple):
    """All the kernel's state that outlives a packet."""

    flows: NDArray[np.void]  # FLOW[cap]
    index: NDArray[np.int32]  # type: ignore[assignment] # hides tuple.index, which nobody asks; row number or -1, open addressing, a power of two ≥ 2 × cap
    ended: NDArray[np.void]  # FLOW[n]: last state of rows that were given up (evicted, port reused)
    control: NDArray[np.int64]  # Control
    counts: NDArray[np.int64]  # Count
    unreadable: NDArray[np.int64]  # Unreadable
    seen: NDArray[np.uint64]  # packets of the last moments (sensor.wire.kernel.duplicates)
    held: NDArray[np.void]  # HELD[n]: datagrams whose fragments are gathered (sensor.wire.kernel.fragments)
    parked: NDArray[np.void]  # PACKET[n]: the first fragment of each, up to its IP header
    covered: NDArray[np.uint64]  # [n, 128]: a bit for each 8 bytes that are there
    pieces: NDArray[np.uint8]  # HELD_BYTES for each: the bytes
    whole: NDArray[np.uint8]  # the same memory, read-only: what is opened looks like a frame's buffer


class Control(IntEnum):
    """Columns of the control vector."""

    FREE = 0  # first free row, -1 = none
    HIGH = 1  # rows ever used: scan up to here
    NEXT_UID = 2
    ENDED = 3  # rows of `ended` in use
    SEED = 4  # secret of the hash: nobody can aim at one bucket
    LIVE = 5
    HAND = 6  # where the last eviction looked
    RESUME = 7  # where in the frame to go on, when `walk` stopped between two packets of one frame; 0 = at its start
    HELD = 8  # rows of `held` in use
    READY = 9  # of those: to be opened
    SPENT = 10  # of those: opened, in use until the next walk
    DUE = 11  # datagrams begun up to this time are to be given up; set by the caller, 0 = none
    COPYING = 12  # how far the capture shows that copies are usual (sensor.wire.kernel.duplicates)
    COPIED_AT = 13  # frames counted when that was last so
    SIZE = 14


MAX_STEPS = 24
"""Layers of any kind (tags, labels, tunnels) peeled off one packet before it is counted as ENCAPSULATION_DEPTH."""

MAX_DEPTH = 8
"""Encapsulations (PPPoE, MPLS, tunnels; not VLAN tags) followed before ENCAPSULATION_DEPTH."""

FLOW_CAP = 65_536
ENDED_CAP = 4_096
SEGMENT_CAP = 4_096
SEEN_CAP = 8_192


def new_tables(*, seed: int, cap: int = FLOW_CAP) -> Tables:
    """Empty tables for `cap` flows (200 bytes each, touched only as they fill). `seed`: 63 random bits."""
    size = 1 << (2 * cap - 1).bit_length()
    control = np.zeros(Control.SIZE, dtype=np.int64)
    control[Control.FREE] = -1
    control[Control.NEXT_UID] = 1
    control[Control.SEED] = seed
    pieces = np.zeros(HELD_CAP * HELD_BYTES, dtype=np.uint8)
    whole = pieces.view()
    whole.flags.writeable = False
    return Tables(
        flows=np.zeros(cap, dtype=FLOW),
        index=np.full(size, -1, dtype=np.int32),
        ended=np.zeros(ENDED_CAP, dtype=FLOW),
        control=control,
        counts=np.zeros(Count.SIZE, dtype=np.int64),
        unreadable=np.zeros(Unreadable.SIZE, dtype=np.int64),
        seen=np.zeros(SEEN_CAP, dtype=np.uint64),
        held=np.zeros(HELD_CAP, dtype=HELD),
        parked=np.zeros(HELD_CAP, dtype=PACKET),
        covered=np.zeros((HELD_CAP, HELD_BYTES >> 9), dtype=np.uint64),
        pieces=pieces,
        whole=whole,
    )
