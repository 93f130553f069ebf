"""802.11 frames, with radiotap or PPI before them: data frames to LLC, all else counted.

* radiotap: version 1, pad 1, length 2 (little-endian), present bits 4 (bit 31: four more); flags (bit 1) behind the time
  stamp (bit 0, 8 bytes, aligned): 10 = a check sequence follows the frame, 20 = padding behind the 802.11 header
  (https://www.radiotap.org)
* PPI: version 1, flags 1, length 2, LINKTYPE_ number 4, little-endian
* 802.11 (IEEE 802.11-2020, 9.2): frame control 2, duration 2, three addresses, sequence 2, a fourth address between two
  stations, QoS 2, HT control 4; then LLC, or subframes (A-MSDU: destination 6, source 6, length 2, LLC, padding to 4)
"""

from sensor.compiled import rare
from sensor.wire.kernel.layout import Unreadable
from sensor.wire.kernel.load import be16, be48, le16, le32, u8
from sensor.wire.kernel.names import LLC, OTHER, STOP, fail

_LINK_TYPE = int(Unreadable.LINK_TYPE)
_TRUNCATED = int(Unreadable.LINK_TRUNCATED)
_ENCRYPTED = int(Unreadable.WLAN_ENCRYPTED)


@rare
def ppi(data, p):
    """Steps over the header; the LINKTYPE_ number of what follows, or STOP."""
    at = p.at
    if p.end - at < 8:
        return fail(p, _TRUNCATED)
    size = le16(data, at + 2)
    if size < 8 or p.end - at < size:
        return fail(p, _TRUNCATED)
    p.at = at + size
    return le32(data, at + 4)


@rare
def radiotap(data, p):
    at = p.at
    if p.end - at < 8:
        return fail(p, _TRUNCATED)
    size = le16(data, at + 2)
    if size < 8 or p.end - at < size:
        return fail(p, _TRUNCATED)
    end = at + size
    present = le32(data, at + 4)
    field = at + 8
    word = present
    while word & 0x80000000 and end - field >= 4:
        word = le32(data, field)
        field += 4
    if present & 1:
        field = at + ((field - at + 7) & ~7) + 8
    flags = u8(data, field) if present & 2 and field < end else 0
    p.at = end
    if flags & 0x10:
        p.wire_end -= 4
        p.end = min(p.end, p.wire_end)
        p.frame_end = p.end
    return _wlan(data, p, flags & 0x20)


@rare
def wlan(data, p):
    return _wlan(data, p, 0)


@rare
def _wlan(data, p, padded):
    at = p.at
    if p.end - at < 24:
        if p.end - at >= 2 and u8(data, at) & 0x0C != 8:
            return OTHER  # acknowledgements and the like are shorter
        return fail(p, _TRUNCATED)
    control = u8(data, at)
    flags = u8(data, at + 1)
    if control & 0x0C != 8 or control & 0x40 or be16(data, at + 22) & 0x0F00:
        return OTHER  # no data frame, a data frame without data, or a later fragment
    between = flags & 3 == 3
    quality = control & 0x80
    size = 24 + (6 if between else 0) + (2 if quality else 0) + (4 if quality and flags & 0x80 else 0)
    if p.end - at < size:
        return fail(p, _TRUNCATED)
    _addresses(data, p, at, flags & 3)
    if flags & 0x40:
        return fail(p, _ENCRYPTED)
    aggregated = quality and u8(data, at + (30 if between else 24)) & 0x80
    if padded:
        size = (size + 3) & ~3
    p.at = at + size
    if aggregated:
        return subframe(data, p)
    return LLC


@rare
def _addresses(data, p, at, direction):
    """Who sent to whom, by the bits ToDS (1) and FromDS (2): the access point itself is none of them."""
    if direction == 0:
        p.dst_mac, p.src_mac = be48(data, at + 4), be48(data, at + 10)
    elif direction == 1:
        p.dst_mac, p.src_mac = be48(data, at + 16), be48(data, at + 10)
    elif direction == 2:
        p.dst_mac, p.src_mac = be48(data, at + 4), be48(data, at + 16)
    else:
        p.dst_mac, p.src_mac = be48(data, at + 16), be48(data, at + 24)


@rare
def subframe(data, p):
    """One packet of an A-MSDU at p.at; notes where the next begins."""
    at = p.at
    p.next_at = 0
    if p.end - at < 14:
        return fail(p, _TRUNCATED) if p.end > at else STOP
    size = be16(data, at + 12)
    p.dst_mac = be48(data, at)
    p.src_mac = be48(data, at + 6)
    following = at + ((14 + size + 3) & ~3)
    if size > 0 and following + 14 < p.frame_end:
        p.next_at = following
    p.at = at + 14
    p.end = min(p.end, at + 14 + size)
    p.wire_end = min(p.wire_end, at + 14 + size)
    return LLC
