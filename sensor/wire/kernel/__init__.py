"""The compiled packet loop and its flow table: `Kernel` is what the rest of Vigie sees of it.

Packets come in as `Frames`; what goes out is segments worth reading, flows that ended, counters. See `layout` for every
structure. Not thread-safe: one kernel, one caller at a time (the loop itself runs without the interpreter's lock).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sensor.capture import FRAME, Frames
from sensor.capture.framing import INTERFACE, pcap_frames, pcapng_frames
from sensor.wire.kernel.flows import remove
from sensor.wire.kernel.layout import FLOW_CAP, SEGMENT, SEGMENT_CAP, Control, Stop, Tables, new_tables
from sensor.wire.kernel.packet import PACKET
from sensor.wire.kernel.walk import walk

NO_FRAMES = Frames(np.zeros(1, dtype=np.uint8), np.zeros(0, dtype=FRAME))
"""For a walk over nothing but what was gathered before."""

FRAGMENTS_WAIT = 30_000_000_000
"""Nanoseconds from a datagram's first fragment to its last (Linux: net.ipv4.ipfrag_time)."""

_NEVER = (1 << 63) - 1


class Step(NamedTuple):
    """What one call of `Kernel.walk` did."""

    next: int  # row of Frames.table to go on from
    segments: NDArray[np.void]  # dtype SEGMENT, valid until the next walk
    stop: Stop
    slot: int  # row of the flow to decide with Stop.DECIDE, else -1


class Kernel:
    """A flow table and the loop over it.

    After `Stop.DECIDE` the caller must change `tables.flows["want"][slot]` or `["budget"][slot]`, else the next call stops at
    the same packet again. After `Stop.FULL` it must take the segments and call `take_ended`.
    """

    def __init__(self, *, seed: int, cap: int = FLOW_CAP) -> None:
        self.tables: Tables = new_tables(seed=seed, cap=cap)
        self._packet = np.zeros(2, dtype=PACKET)
        self._segments = np.zeros(SEGMENT_CAP, dtype=SEGMENT)
        self._none = self.tables.ended[:0]

    def walk(self, frames: Frames, first: int) -> Step:
        """Walk the batch from row `first` until it ends, a table is full or a flow needs a decision."""
        following, written, stop, slot = walk(
            one_type(frames.data), frames.table, first, self.tables, self._packet, self._segments
        )
        return Step(following, self._segments[:written], Stop(stop), slot)

    def remove(self, slots: NDArray[np.int32]) -> None:
        """Free the rows of flows that are over. Their uids never come back."""
        remove(self.tables, np.ascontiguousarray(slots, dtype=np.int32))

    def take_ended(self) -> NDArray[np.void]:
        """Last states of flows that lost their row (evicted, ports used anew), as a copy; empties the list."""
        control = self.tables.control
        count = control[Control.ENDED]
        if not count:
            return self._none
        ended: NDArray[np.void] = self.tables.ended[:count].copy()
        control[Control.ENDED] = 0
        return ended

    def give_up_fragments(self, now: int | None = None) -> bool:
        """The next walk gives up datagrams that have waited `FRAGMENTS_WAIT` for the rest, or all. Are there any at all?"""
        control = self.tables.control
        if not control[Control.HELD]:
            return False
        control[Control.DUE] = _NEVER if now is None else max(now - FRAGMENTS_WAIT, 1)
        return True

    def live(self) -> NDArray[np.int32]:
        """Rows in use."""
        high = self.tables.control[Control.HIGH]
        return np.flatnonzero(self.tables.flows["uid"][:high]).astype(np.int32)


def one_type(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Buffers that may and may not be written are different types to Numba: always the latter, so that one is compiled."""
    if data.flags.writeable:
        data = data.view()
        data.flags.writeable = False
    return data


def warm() -> None:
    """Compile all that Vigie ever calls, into the cache on disk. Set-up calls it; takes some seconds when there is none yet."""
    kernel = Kernel(seed=1, cap=8)
    data, table = one_type(np.zeros(64, dtype=np.uint8)), np.zeros(1, dtype=FRAME)
    kernel.walk(Frames(data, table), 0)
    kernel.remove(kernel.live())
    pcap_frames(data, 0, table, False, 1000, 16, 1, 0)
    pcapng_frames(data, 0, table, False, np.zeros(1, dtype=INTERFACE), 0)
