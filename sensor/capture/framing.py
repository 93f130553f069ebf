"""Capture-file framings, compiled: a buffer of pcap records or pcapng blocks becomes rows of `FRAME`.

Called by `sensor.capture.files` with a buffer, a place in it and a table to fill; returns how far it came and why it
stopped. Knows nothing of what frames carry.

* pcap record: seconds 4, fraction 4, captured length 4, wire length 4, then the frame
  (draft-ietf-opsawg-pcap); Kuznetzov's variant has 8 bytes more before the frame
* pcapng block: type 4, total length 4, body, total length 4 (draft-ietf-opsawg-pcapng). Read here: enhanced (6), simple (3)
  and obsolete (2) packet blocks. Section header (0A0D0D0A) and interface description (1) blocks are left to the caller;
  all others (names, statistics, secrets, custom) are stepped over
"""

import numpy as np

from sensor.compiled import compiled, part
from sensor.prefetch import LINE, prefetch

MAX_FRAME = 262_144
"""No frame is longer (libpcap's MAXIMUM_SNAPLEN): a record that claims more is damage."""

MAX_BLOCK = 1 << 24
"""No pcapng block is longer."""

# Why a framing function returned.
FULL = 0  # the table is full
MORE = 1  # the next record reaches beyond the buffer: clean end if nothing is left, else cut or to be continued
LONG = 2  # a record claims an impossible length
META = 3  # a section header or interface description block is next
BLOCK = 4  # a block's length is impossible
NO_INTERFACE = 5  # a packet block names an interface that was not described
SHORT = 6  # a packet block is too short for its packet

INTERFACE = np.dtype(
    [
        ("link", "<u2"),
        ("fcs", "u1"),
        ("binary", "u1"),  # `power` is of two, not of ten
        ("power", "<i4"),  # time stamps count units of 10^-power or 2^-power seconds
        ("shift", "<i8"),  # seconds to add
        ("snaplen", "<u4"),  # 0 = no limit
        ("unused", "<u4"),
    ],
    align=True,
)
"""What a pcapng section says of one interface."""

_NS = 1_000_000_000
_TOP = np.int64(1) << np.int64(62)
_1 = np.uint64(1)
_2 = np.uint64(2)
_3 = np.uint64(3)
_8 = np.uint64(8)
_16 = np.uint64(16)
_24 = np.uint64(24)


@part
def word(data, at, big):
    """Four bytes in the file's order."""
    i = np.uint64(at)
    b0, b1, b2, b3 = np.uint64(data[i]), np.uint64(data[i + _1]), np.uint64(data[i + _2]), np.uint64(data[i + _3])
    if big:
        return np.int64(b0 << _24 | b1 << _16 | b2 << _8 | b3)
    return np.int64(b3 << _24 | b2 << _16 | b1 << _8 | b0)


@part
def half(data, at, big):
    i = np.uint64(at)
    b0, b1 = np.int64(data[i]), np.int64(data[i + _1])
    return b0 << 8 | b1 if big else b1 << 8 | b0


@part
def _set(row, offset, ts, caplen, wirelen, link, fcs, interface):
    row.offset = offset
    row.ts = ts
    row.caplen = caplen
    row.wirelen = wirelen
    row.link = link
    row.vlan = 0
    row.vlan_valid = 0
    row.fcs = fcs
    row.interface = interface


@compiled
def pcap_frames(data, at, table, big, scale, header, link, fcs):
    """Fill `table` from the records at `at`. `scale`: nanoseconds of a unit of the fraction; `header`: bytes before a frame.

    Returns (rows filled, where the next record begins, why).
    """
    end = len(data)
    for n in range(len(table)):
        if end - at < header:
            return n, at, MORE
        prefetch(data, at + LINE)
        caplen = word(data, at + 8, big)
        if caplen > MAX_FRAME:
            return n, at, LONG
        if end - at - header < caplen:
            return n, at, MORE
        ts = word(data, at, big) * _NS + word(data, at + 4, big) * scale
        _set(table[n], at + header, ts, caplen, word(data, at + 12, big), link, fcs, 0)
        at += header + caplen
    return len(table), at, FULL


@part
def _time(high, low, interface):
    """A pcapng time stamp in nanoseconds; 0 where the file's word for it makes no time."""
    power = np.int64(interface.power)
    stamp = np.uint64(high) << np.uint64(32) | np.uint64(low)
    if interface.binary:
        if power > 63:
            return np.int64(0)
        seconds = np.int64(stamp >> np.uint64(power))
        rest = stamp & ((_1 << np.uint64(power)) - _1)
        if power > 32:
            rest = rest >> np.uint64(power - 32)
            power = np.int64(32)
        fraction = np.int64((rest * np.uint64(_NS)) >> np.uint64(power))
    else:
        units = np.uint64(1)
        for _ in range(min(power, 19)):
            units *= np.uint64(10)
        seconds = np.int64(stamp // units)
        fraction = np.int64(stamp % units)
        for _ in range(power, 9):
            fraction *= 10
        for _ in range(9, min(power, 19)):
            fraction //= 10
    seconds += interface.shift
    if seconds < 0 or seconds > _TOP // _NS:
        return np.int64(0)
    return seconds * _NS + fraction


@part
def _fcs_of_options(data, at, end, big, fcs):
    """epb_flags (option 2) may say how long the frame check sequence is: bits 5–8."""
    while end - at >= 4:
        code = half(data, at, big)
        length = half(data, at + 2, big)
        if code == 0 or end - at - 4 < length:
            break
        if code == 2 and length == 4:
            flags = word(data, at + 4, big)
            return (flags >> 5) & 15 or fcs
        at += 4 + ((length + 3) & ~3)
    return fcs


@part
def _section(data, at):
    """META when the section header is all there, or is none; MORE when its rest is to come."""
    end = len(data)
    if end - at < 12:
        return MORE
    big = word(data, at + 8, True) == 0x1A2B3C4D
    total = word(data, at + 4, big)
    if total <= MAX_BLOCK and end - at < total:
        return MORE
    return META


@compiled
def pcapng_frames(data, at, table, big, interfaces, known):
    """Fill `table` from the blocks at `at`, in a section with `known` interfaces described so far.

    Returns (rows filled, where the next block begins, why).
    """
    end = len(data)
    n = 0
    while n < len(table):
        if end - at < 8:
            return n, at, MORE
        prefetch(data, at + LINE)
        kind = word(data, at, big)
        if kind == 0x0A0D0D0A:
            return n, at, _section(data, at)
        total = word(data, at + 4, big)
        if total < 12 or total & 3 or total > MAX_BLOCK:
            return n, at, BLOCK
        if end - at < total:
            return n, at, MORE
        if kind == 1:
            return n, at, META
        if kind in (2, 3, 6):
            head = 12 if kind == 3 else 28
            if total < head + 4:
                return n, at, SHORT
            room = total - head - 4
            if kind == 3:
                number = 0
                wirelen = word(data, at + 8, big)
                caplen = min(wirelen, room)
            else:
                number = word(data, at + 8, big) if kind == 6 else half(data, at + 8, big)
                caplen = word(data, at + 20, big)
                wirelen = word(data, at + 24, big)
            if number >= known:
                return n, at, NO_INTERFACE
            interface = interfaces[number]
            if kind == 3:
                if interface.snaplen != 0:
                    caplen = min(caplen, np.int64(interface.snaplen))
                ts = np.int64(0)
            else:
                ts = _time(word(data, at + 12, big), word(data, at + 16, big), interface)
            if caplen > room:
                return n, at, SHORT
            if caplen > MAX_FRAME:
                return n, at, LONG
            fcs = np.int64(interface.fcs)
            if kind == 6 and room - caplen >= 12:
                fcs = _fcs_of_options(data, at + head + ((caplen + 3) & ~3), at + total - 4, big, fcs)
            _set(table[n], at + head, ts, caplen, wirelen, interface.link, fcs, number)
            n += 1
        at += total
    return n, at, FULL
