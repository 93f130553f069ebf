"""Packets on a time line, and the capture file that they become.

Scenes shoot in any order; the film is put in order of time when it is written. The file is a pcap with nanoseconds
(magic a1b23c4d, draft-ietf-opsawg-pcap): a header of 24 bytes, then for each packet seconds, nanoseconds, captured length and
wire length as 32-bit little-endian numbers, and its bytes.
"""

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAGIC_NS = 0xA1B23C4D
LINKTYPE_ETHERNET = 1
MINIMUM = 60  # bytes of the shortest Ethernet frame without its check sequence: shorter ones are padded
SECOND = 1_000_000_000


class Take(NamedTuple):
    """Packets of one kind: row i of `data` begins with `caplen[i]` bytes of the packet that passed at `ts[i]`."""

    ts: NDArray[np.int64]  # ns since the beginning of the film
    caplen: NDArray[np.uint32]
    wirelen: NDArray[np.uint32]
    data: NDArray[np.uint8]


class Film:
    """Everything that was shot. `rng` is the only chance there is in it."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self._takes: list[Take] = []
        self._ports = 49_152
        self._singles: list[tuple[int, bytes]] = []

    def port(self) -> int:
        """The next ephemeral port (RFC 6335 §6)."""
        self._ports = 49_152 + (self._ports - 49_152 + 1 + int(self.rng.integers(5))) % 16_000
        return self._ports

    def shoot(self, ts: int, packet: bytes) -> None:
        """One whole packet."""
        self._singles.append((ts, packet.ljust(MINIMUM, b"\0")))

    def add(self, take: Take) -> None:
        self._takes.append(take)

    def length(self) -> int:
        """Packets shot so far."""
        return len(self._singles) + sum(len(take.ts) for take in self._takes)

    def develop(self, start: int) -> bytes:
        """The capture file; `start` is the moment at which the film begins, in ns since the epoch."""
        takes = [*self._takes, _together(self._singles)] if self._singles else self._takes
        ts, caplen, wirelen = (np.concatenate([take[i] for take in takes]) for i in range(3))
        order = np.argsort(ts, kind="stable")
        ends = np.cumsum(caplen[order].astype(np.int64) + 16)
        begins = np.empty_like(ends)
        begins[order] = ends - caplen[order] - 16
        out = np.zeros(int(ends[-1]), dtype=np.uint8)
        seconds, rest = np.divmod(ts + start, SECOND)
        heads = np.stack([seconds, rest, caplen, wirelen], axis=1).astype("<u4").view(np.uint8)
        out[begins[:, None] + np.arange(16)] = heads
        first = 0
        for take in takes:
            _place(out, begins[first : first + len(take.ts)] + 16, take)
            first += len(take.ts)
        return struct.pack("<IHHiIII", MAGIC_NS, 2, 4, 0, 0, 262_144, LINKTYPE_ETHERNET) + out.tobytes()

    def write(self, path: Path, start: int) -> None:
        path.write_bytes(self.develop(start))


def _together(singles: list[tuple[int, bytes]]) -> Take:
    sizes = np.array([len(packet) for _, packet in singles], dtype=np.uint32)
    width = int(np.max(sizes))
    data = np.frombuffer(b"".join(packet.ljust(width, b"\0") for _, packet in singles), dtype=np.uint8)
    return Take(np.array([ts for ts, _ in singles], dtype=np.int64), sizes, sizes, data.reshape(len(singles), width))


def _place(out: NDArray[np.uint8], begins: NDArray[np.int64], take: Take) -> None:
    """Rows of equal length at once: a film has a handful of lengths, and most rows have one of two."""
    for size in np.unique(take.caplen):
        rows = np.flatnonzero(take.caplen == size)
        out[begins[rows][:, None] + np.arange(int(size))] = take.data[rows, : int(size)]
