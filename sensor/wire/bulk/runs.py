"""Segments of one TCP flow that follow one another, made one. Called by `track` with the rows that the kernel handed up.

Joined is what needs no judgement: payloads captured whole, in sequence, one way, of a flow that is read (`Want.ALL`), without a word of the
other side between them. The joined row stands where the last of them stood and has its time, acknowledgement and flags, so that
nothing is known later than before, and no flow's own order changes. Its `offset` is negative: `payload` knows.

Bounded: `RUN` bytes a run, `BUFFER` bytes a call; what finds no room stays as it is. Two passes over the rows, no search.
"""

import numpy as np
from numpy.typing import NDArray

from sensor.compiled import compiled, part
from sensor.wire.kernel.layout import SEGMENT, SEGMENT_CAP, Kind, Want

RUN = 64 * 1024
"""Bytes: as large as one segment can be."""

BUFFER = 1 << 20
"""Bytes gathered in one call: no less than a block of the ring holds."""

WORTH_IT = 64
"""Rows; fewer are left as they are."""

WAYS = 256
"""Flows whose last segment is remembered; two that fall together are joined less."""

_PAYLOAD = int(Kind.PAYLOAD)
_ALL = int(Want.ALL)
_TCP = 6
_FIN, _SYN, _RST = 1, 2, 4
_RUN = np.int64(RUN)


class Runs:
    """The memory of `join`, made once."""

    def __init__(self) -> None:
        self._buffer = np.zeros(BUFFER, dtype=np.uint8)
        self._out = np.zeros(SEGMENT_CAP, dtype=SEGMENT)
        self._links = np.zeros((3, SEGMENT_CAP), dtype=np.int32)
        self._last = np.zeros(WAYS, dtype=np.int32)

    def join(self, data: NDArray[np.uint8], segments: NDArray[np.void], flows: NDArray[np.void]) -> NDArray[np.void]:
        """The rows of `segments` (dtype SEGMENT, payloads in `data`), joined; valid until the next call."""
        if not WORTH_IT <= len(segments) <= len(self._out):
            return segments
        written = _join(data, segments, flows, self._links, self._last, self._buffer, self._out)
        return self._out[:written]

    def payload(self, data: NDArray[np.uint8], offset: int, length: int) -> bytes:
        """The bytes of a row, joined or not."""
        source, at = (data, offset) if offset >= 0 else (self._buffer, -1 - offset)
        return source[at : at + length].tobytes()


@compiled
def _join(data, segments, flows, links, last, buffer, out):
    _link(segments, flows, links, last, len(data), len(buffer))
    written = 0
    used = 0
    for i in range(len(segments)):
        if links[1, i] >= 0:
            continue  # another follows
        out[written] = segments[i]
        first = links[0, i]
        if first != i:
            begin = used
            at = first
            while at >= 0:
                row = segments[at]
                length = np.uint64(row.length)
                offset = np.uint64(row.offset)
                to = np.uint64(used)
                for k in range(length):  # unsigned, so that no place is counted from the end: many bytes at a time
                    buffer[to + k] = data[offset + k]
                used += np.int64(length)
                at = links[1, at]
            joined = out[written]
            joined.offset = -1 - begin
            joined.length = used - begin
            joined.wire_length = used - begin
            joined.seq = segments[first].seq
        written += 1
    return written


@part
def _link(segments, flows, links, last, end, room):
    """links: first row of the run, next row of it or -1, bytes of it so far (at its first row)."""
    last[:] = -1
    for i in range(len(segments)):
        links[0, i] = i
        links[1, i] = -1
        row = segments[i]
        links[2, i] = min(np.int64(row.length), _RUN)
        way = np.int64(row.slot) & (WAYS - 1)
        j = last[way]
        last[way] = -1
        if row.kind != _PAYLOAD or row.proto != _TCP or row.offset < 0 or row.offset + np.int64(row.length) > end:
            continue
        last[way] = i
        if j < 0 or not _follows(segments[j], row, flows):
            continue
        first = links[0, j]
        size = links[2, first] + np.int64(row.length)
        needed = np.int64(row.length) + (links[2, first] if first == j else 0)
        if size > _RUN or needed > room:
            continue
        room -= needed
        links[2, first] = size
        links[0, i] = first
        links[1, j] = i


@part
def _follows(before, row, flows):
    if before.uid != row.uid or before.from_orig != row.from_orig:
        return False
    if before.flags & (_FIN | _SYN | _RST) or row.flags & (_SYN | _RST):
        return False
    if before.length == 0 or row.length == 0:
        return False
    if before.length != before.wire_length or row.length != row.wire_length:
        return False
    if np.uint32(before.seq + before.length) != row.seq:
        return False
    flow = flows[row.slot]
    return flow.uid == row.uid and flow.want == _ALL
