"""Capture files made of bytes: pcap, pcapng."""

import struct

SECONDS, FRACTION = 1_700_000_000, 123_456
NS = SECONDS * 1_000_000_000
PACKETS = [b"\x11" * 60, b"\x22" * 61, b"\x33" * 1514]


def pcap(packets=PACKETS, *, order="<", magic=0xA1B2C3D4, link=1, wirelen=None, extra=b""):
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for packet in packets:
        out += struct.pack(order + "IIII", SECONDS, FRACTION, len(packet), wirelen or len(packet)) + extra + packet
    return out


def block(kind, body, *, order="<"):
    body += b"\0" * (-len(body) % 4)
    size = len(body) + 12
    return struct.pack(order + "II", kind, size) + body + struct.pack(order + "I", size)


def section(*, order="<", length=-1):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, length), order=order)


def option(code, value, *, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def interface(*, link=1, snaplen=0, options=b"", order="<"):
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options, order=order)


def enhanced(packet, *, stamp=0, number=0, wirelen=None, options=b"", order="<"):
    head = struct.pack(order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(packet), wirelen or len(packet))
    return block(6, head + packet + b"\0" * (-len(packet) % 4) + options, order=order)


def simple(packet, wirelen=None, *, order="<"):
    return block(3, struct.pack(order + "I", wirelen or len(packet)) + packet, order=order)
