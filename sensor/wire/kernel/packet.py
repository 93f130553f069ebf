"""What is known of the packet in hand while `walk` peels, finds and counts it, and of datagrams that come in fragments."""

from enum import IntEnum

import numpy as np

PACKET = np.dtype(
    [
        ("at", "<i8"),  # offset of the layer being read
        ("end", "<i8"),  # captured bytes end here, whatever headers say
        ("wire_end", "<i8"),  # where they would end, had all been captured
        ("src_hi", "<u8"),
        ("src_lo", "<u8"),
        ("dst_hi", "<u8"),
        ("dst_lo", "<u8"),
        ("src_mac", "<u8"),
        ("dst_mac", "<u8"),
        ("outer_src_hi", "<u8"),  # addresses of the nearest encapsulation that has some, when `outer`
        ("outer_src_lo", "<u8"),
        ("outer_dst_hi", "<u8"),
        ("outer_dst_lo", "<u8"),
        ("ip_at", "<i8"),  # offset of the IP header
        ("ip_len", "<i8"),  # bytes of the IP packet, by its own word
        ("payload_at", "<i8"),  # of the transport
        ("payload_len", "<i8"),  # on the wire
        ("payload_cap", "<i8"),  # captured
        ("id", "<i8"),  # IPv4's identification, IPv6's of a fragment; 0 = none
        ("offset", "<i8"),  # of a fragment's bytes in its datagram
        ("seq", "<u4"),  # of the first payload byte
        ("ack", "<u4"),
        ("src_port", "<u2"),
        ("dst_port", "<u2"),
        ("vlan", "<u2"),
        ("tunnel", "<u2"),
        ("window", "<u2"),
        ("link", "<u2"),
        ("packets", "<u2"),  # IP packets it came in: 1, or its fragments
        ("depth", "u1"),
        ("version", "u1"),  # of IP
        ("proto", "u1"),
        ("flags", "u1"),  # of TCP
        ("later_fragment", "u1"),  # no transport header in it
        ("more_fragments", "u1"),
        ("reason", "i1"),  # Unreadable, or -1
        ("hops", "u1"),  # TTL or hop limit
        ("guessed", "u1"),  # the encapsulation was taken for one by its port: its inside must prove it
        ("outer", "u1"),  # outer_* are valid
        ("saved", "u1"),  # row 1 holds the packet outside the encapsulation
        ("next_at", "<i8"),  # 802.11: where the frame's next packet begins (A-MSDU), 0 = none
        ("frame_end", "<i8"),  # captured bytes of the whole frame end here
    ],
    align=True,
)
"""What is known of the packet in hand while it is peeled. Row 1 keeps the layer outside a tunnel until its inside proved good."""

HELD_CAP = 64
"""Datagrams whose fragments are gathered at a time."""

HELD_BYTES = 1 << 16

HELD = np.dtype(
    [
        ("src_hi", "<u8"),
        ("src_lo", "<u8"),
        ("dst_hi", "<u8"),
        ("dst_lo", "<u8"),
        ("first_ts", "<i8"),
        ("last_ts", "<i8"),
        ("id", "<i8"),
        ("ip_bytes", "<i8"),  # of all fragments
        ("total", "<i8"),  # bytes of the whole, -1 = not known yet
        ("highest", "<i8"),  # end of the furthest fragment
        ("units", "<i8"),  # of 8 bytes, there
        ("cut", "<i8"),  # not captured from here on
        ("packets", "<u2"),
        ("version", "u1"),
        ("proto", "u1"),
        ("begun", "u1"),  # the first fragment is there
        ("state", "u1"),  # Held
    ],
    align=True,
)
"""A datagram whose fragments are gathered."""


class Held(IntEnum):
    """HELD.state."""

    FREE = 0
    GATHERING = 1
    SPOILT = 2  # its fragments contradict each other: later ones are swallowed
    WHOLE = 3  # to be opened
    OVERDUE = 4  # to be opened as far as it came
    SPENT = 5
