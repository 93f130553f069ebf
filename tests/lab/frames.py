"""A recording read without Vigie: who sent how much to whom. The second witness that traffic was really there.

Classic pcap only, as the lab's recorder writes it: 24 bytes of file header, then 16 before each frame (seconds,
fraction, captured length, length on the wire). Counted in transport payload, by IP lengths, as Vigie counts.
"""

import lzma
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

_PROTOCOLS = {6: "tcp", 17: "udp"}
_MAGIC = 0xA1B2C3D4


@dataclass(frozen=True, slots=True)
class Way:
    """One direction between two ports."""

    proto: str
    source: str
    source_port: int
    target: str
    target_port: int

    @property
    def back(self) -> "Way":
        return Way(self.proto, self.target, self.target_port, self.source, self.source_port)


@dataclass(frozen=True, slots=True)
class Frame:
    """One record. `payload` is where the transport's payload starts in `data`, `length` what it has on the wire."""

    head: bytes  # of the record: times and lengths, as read
    data: bytes
    way: Way | None
    payload: int = 0
    length: int = 0
    vlan: int | None = None


def read(file: Path) -> bytes:
    """A recording's bytes, unpacked if it is kept packed."""
    data = file.read_bytes()
    return lzma.decompress(data) if file.suffix == ".xz" else data


def frames(data: bytes) -> Iterator[Frame]:
    magic, link = struct.unpack_from("<I16xI", data)
    if magic != _MAGIC or link != 1:
        raise ValueError("not a little-endian pcap of Ethernet frames")
    at = 24
    while at + 16 <= len(data):
        (captured,) = struct.unpack_from("<8xI", data, at)
        yield _frame(data[at : at + 16], data[at + 16 : at + 16 + captured])
        at += 16 + captured


def _frame(head: bytes, data: bytes) -> Frame:
    kind, at, vlan = int.from_bytes(data[12:14]), 14, None
    if kind == 0x8100:
        vlan, kind, at = int.from_bytes(data[14:16]) & 0xFFF, int.from_bytes(data[16:18]), 18
    if kind == 0x0800 and len(data) >= at + 20:
        start, end = at + (data[at] & 15) * 4, at + int.from_bytes(data[at + 2 : at + 4])
        proto, source, target = data[at + 9], data[at + 12 : at + 16], data[at + 16 : at + 20]
    elif kind == 0x86DD and len(data) >= at + 40:
        start, end = at + 40, at + 40 + int.from_bytes(data[at + 4 : at + 6])
        proto, source, target = data[at + 6], data[at + 8 : at + 24], data[at + 24 : at + 40]
    else:
        return Frame(head, data, None, vlan=vlan)
    if proto not in _PROTOCOLS or len(data) < start + 8:
        return Frame(head, data, None, vlan=vlan)
    payload = start + ((data[start + 12] >> 4) * 4 if proto == 6 else 8)
    ports = struct.unpack_from("!HH", data, start)
    way = Way(_PROTOCOLS[proto], str(ip_address(source)), ports[0], str(ip_address(target)), ports[1])
    return Frame(head, data, way, payload, max(end - payload, 0), vlan)


def bytes_by_way(data: bytes) -> Counter[Way]:
    """Transport payload of each direction; a flow that sent nothing counts as 0 and is there."""
    counted: Counter[Way] = Counter()
    for frame in frames(data):
        if frame.way:
            counted[frame.way] += frame.length
    return counted


def all_payload(data: bytes) -> bytes:
    """Every payload, by direction, in the order sent: to look for canaries in what really travelled."""
    joined: dict[Way, list[bytes]] = {}
    for frame in frames(data):
        if frame.way:
            joined.setdefault(frame.way, []).append(frame.data[frame.payload :])
    return b"\0".join(b"".join(parts) for parts in joined.values())
