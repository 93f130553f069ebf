"""Where packets come from: capture files, the AF_PACKET ring, scapy. Every way in gives the same thing: `Frames`.

A source knows framings (pcap records, pcapng blocks, ring blocks) and nothing of what a frame carries: it yields a buffer
and a table that says where each frame lies in it, and the kernel (`sensor.wire.kernel`) walks that table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

FRAME = np.dtype(
    [
        ("offset", "<i8"),  # of the frame's first byte in `Frames.data`
        ("ts", "<i8"),  # nanoseconds since the epoch, UTC
        ("caplen", "<u4"),  # bytes of it in `data`
        ("wirelen", "<u4"),  # bytes it had on the wire
        ("link", "<u2"),  # LINKTYPE_ number
        ("vlan", "<u2"),  # TCI that the kernel took out of the frame (ring header), when `vlan_valid`
        ("vlan_valid", "u1"),
        ("fcs", "u1"),  # bytes of frame check sequence at the end
        ("interface", "<u2"),  # number of the capturing interface within the source
    ]
)
"""One captured frame: 32 bytes."""


class Frames(NamedTuple):
    """A batch of frames in time order. `data` is only valid until the source is asked for the next batch."""

    data: NDArray[np.uint8]
    table: NDArray[np.void]  # dtype FRAME


class Path(StrEnum):
    """By which way packets came in: the words of `--stats`' packets_by_path."""

    KERNEL = "kernel"  # capture files, framed by compiled code
    RING = "ring"
    SCAPY = "scapy"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in the input that could not be read. `offset` in bytes from the start of the file."""

    name: str
    offset: int
    reason: str


class Source(Protocol):
    """A way in. `batches` yields until the input ends (never, on a wire) and may yield empty tables so that time goes on."""

    path: Path

    def batches(self) -> Iterator[Frames]: ...

    def kernel_drops(self) -> int:
        """Frames the operating system dropped before the source saw them, so far."""
        ...

    def flaws(self) -> tuple[Flaw, ...]:
        """What could not be read so far, bounded."""
        ...

    def progress(self) -> float | None:
        """Share of the input read, 0 to 1; None on a wire or a pipe."""
        ...

    def close(self) -> None: ...


class CaptureError(ValueError):
    """Input that cannot be read at all; the message names the file and the offset, or the interface."""
