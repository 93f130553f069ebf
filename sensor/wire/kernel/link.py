"""What a frame begins with: the LINKTYPE_ header is read, and what follows is named by an ethertype.

Every function here takes the packet in hand (`layout.PACKET`), checks before it reads, moves `at` behind what it read and
returns the next protocol: an ethertype (IEEE 802), one of the pseudo numbers below, or `STOP` with `reason` set.

* Ethernet: destination 6, source 6, type 2 (≥ 0x600) or length (IEEE 802.3, then LLC)
* LLC: DSAP, SSAP, control; AA AA 03 then OUI 3 and type 2 is SNAP (IEEE 802.2)
* NULL/LOOP: address family, 4 bytes, in the order of the host that captured / in network order
* Linux cooked 1: 16 bytes, protocol at 14; Linux cooked 2: 20 bytes, protocol at 0 (https://www.tcpdump.org/linktypes.html)
"""

import numpy as np

from sensor.compiled import part, rare
from sensor.wire.kernel.layout import Unreadable
from sensor.wire.kernel.load import be16, be32, be48, le16, le32, u8
from sensor.wire.kernel.names import ETHERNET, IP, LLC, OTHER, PPP, STOP, fail
from sensor.wire.kernel.wlan import ppi, radiotap, wlan

_LINK_TYPE = int(Unreadable.LINK_TYPE)
_TRUNCATED = int(Unreadable.LINK_TRUNCATED)


@part
def first_layer(data, p):
    """By LINKTYPE_ number: the first protocol behind the link header."""
    link = np.int64(p.link)
    if link == 1:
        return ethernet(data, p)
    if link == 192:
        link = ppi(data, p)
        if link == 1:
            return ethernet(data, p)
    if link in (12, 14, 101):
        return IP
    if link == 228:
        return 0x0800
    if link == 229:
        return 0x86DD
    if link in (0, 108):
        return _loopback(data, p)
    if link == 113:
        return _cooked(data, p)
    if link == 276:
        return _cooked2(data, p)
    if link == 127:
        return radiotap(data, p)
    if link == 105:
        return wlan(data, p)
    if link == 239:
        return _nflog(data, p)
    if link in (9, 50):
        return PPP
    if link == 51:
        return 0x8864
    if link == 104:
        return _cisco(data, p)
    if link == 107:
        return _frame_relay(data, p)
    if link == 197:
        return _erf(data, p)
    if p.reason >= 0:
        return STOP
    return fail(p, _LINK_TYPE)


@part
def ethernet(data, p):
    at = p.at
    if p.end - at < 14:
        return fail(p, _TRUNCATED)
    p.dst_mac = be48(data, at)
    p.src_mac = be48(data, at + 6)
    p.at = at + 14
    return type_or_length(p, be16(data, at + 12))


@part
def type_or_length(p, value):
    """The field behind two MAC addresses or a tag; a length also ends the frame before its padding."""
    if value >= 0x600:
        return value
    if value > 0:
        p.end = min(p.end, p.at + value)
        p.wire_end = min(p.wire_end, p.at + value)
    return LLC


@rare
def llc(data, p):
    at = p.at
    if p.end - at < 3:
        return fail(p, _TRUNCATED)
    sap = be16(data, at)
    control = u8(data, at + 2)
    if sap == 0xAAAA and control == 3:
        if p.end - at < 8:
            return fail(p, _TRUNCATED)
        oui = be32(data, at + 2) & 0xFFFFFF
        kind = be16(data, at + 6)
        p.at = at + 8
        if oui in (0, 0xF8):
            return kind
        if oui == 0x80C2 and kind in (1, 7):  # bridged Ethernet, with and without FCS (RFC 2684)
            return ETHERNET
        return OTHER
    if sap == 0x0606 and control == 3:
        p.at = at + 3
        return 0x0800
    return OTHER


@rare
def _loopback(data, p):
    at = p.at
    if p.end - at < 4:
        return fail(p, _TRUNCATED)
    family = be32(data, at)
    if family > 0xFFFF:
        family = le32(data, at)
    p.at = at + 4
    if family == 2:
        return 0x0800
    if family in (10, 23, 24, 28, 30):  # AF_INET6 of Linux, Windows, NetBSD, FreeBSD, macOS
        return 0x86DD
    if family >= 0x600:  # some write an ethertype
        return family
    return OTHER


@rare
def _cooked_type(hardware, value):
    if hardware == 824:  # netlink messages, no packets
        return OTHER
    if value >= 0x600:
        return value
    if value == 4:
        return LLC
    if value == 1:  # Novell's raw 802.3
        return OTHER
    if hardware == 512:
        return IP
    return OTHER


@rare
def _cooked(data, p):
    at = p.at
    if p.end - at < 16:
        return fail(p, _TRUNCATED)
    if be16(data, at + 4) == 6:
        p.src_mac = be48(data, at + 6)
    p.at = at + 16
    return _cooked_type(be16(data, at + 2), be16(data, at + 14))


@rare
def _cooked2(data, p):
    at = p.at
    if p.end - at < 20:
        return fail(p, _TRUNCATED)
    if u8(data, at + 11) == 6:
        p.src_mac = be48(data, at + 12)
    p.at = at + 20
    return _cooked_type(be16(data, at + 8), be16(data, at))


@rare
def _nflog(data, p):
    """Netfilter's log: family 1, version 1, resource 2; then length 2, type 2, value; 9 is the packet."""
    at = p.at
    if p.end - at < 4:
        return fail(p, _TRUNCATED)
    at += 4
    while p.end - at >= 4:
        size = le16(data, at)
        kind = le16(data, at + 2)
        if size < 4 or p.end - at < size:
            break
        if kind == 9:
            p.at = at + 4
            p.end = at + size
            return IP
        at += (size + 3) & ~3
    return fail(p, _TRUNCATED)


@rare
def _cisco(data, p):
    """Cisco HDLC: address 1, control 1, ethertype 2."""
    at = p.at
    if p.end - at < 4:
        return fail(p, _TRUNCATED)
    p.at = at + 4
    return be16(data, at + 2)


@rare
def _erf(data, p):
    """Endace's record: time 8, type 1 (bit 7: a header of 8 follows, and so on), 7 more bytes; Ethernet stands behind 2 more."""
    at = p.at + 16
    if p.end < at:
        return fail(p, _TRUNCATED)
    kind = u8(data, p.at + 8)
    more = kind & 0x80
    while more and p.end - at >= 8:
        more = u8(data, at) & 0x80
        at += 8
    kind &= 0x7F
    p.at = at
    if kind in (2, 11, 16, 20):
        p.at = at + 2
        return ETHERNET
    if kind in (1, 10, 15, 19):
        if p.end - at >= 2 and be16(data, at) == 0xFF03:
            return PPP
        return _cisco(data, p)
    if kind == 22:
        return 0x0800
    if kind == 23:
        return 0x86DD
    return OTHER


@rare
def _frame_relay(data, p):
    """Q.922 address of 2–4 bytes, then control 03 and a network layer id (RFC 2427), or Cisco's ethertype."""
    at = p.at
    for _ in range(4):
        if p.end - at < 4:
            return fail(p, _TRUNCATED)
        at += 1
        if u8(data, at - 1) & 1:
            break
    kind = be16(data, at)
    if kind >= 0x600:
        p.at = at + 2
        return kind
    if kind >> 8 != 3:
        return OTHER
    at += 1
    if u8(data, at) == 0 and p.end - at > 1:
        at += 1
    network = u8(data, at)
    p.at = at + 1
    if network == 0xCC:
        return 0x0800
    if network == 0x8E:
        return 0x86DD
    if network == 0x80 and p.end - at >= 6:
        p.at = at + 6
        return be16(data, at + 4) if be16(data, at + 1) == 0 else OTHER
    return OTHER


@part
def start(data, p, frame):
    """The packet in hand becomes this frame. False if the frame lies outside the buffer."""
    offset = frame.offset
    length = np.int64(frame.caplen)
    wire = max(np.int64(frame.wirelen), length)
    p.reason = -1
    p.outer = 0
    p.saved = 0
    p.guessed = 0
    p.packets = 1
    p.next_at = 0
    p.depth = 0
    p.tunnel = 0
    p.proto = 0
    p.version = 0
    p.src_mac = 0
    p.dst_mac = 0
    p.link = frame.link
    p.vlan = frame.vlan & 0xFFF if frame.vlan_valid else 0
    if offset < 0 or offset > len(data) or length > len(data) - offset:
        p.reason = _TRUNCATED
        p.at = 0
        p.end = 0
        p.wire_end = 0
        return False
    p.at = offset
    p.wire_end = offset + wire - frame.fcs
    p.end = min(offset + length, p.wire_end)
    p.frame_end = p.end
    return True
