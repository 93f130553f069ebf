"""Keeps a recording small enough for the repository, without a change to what Vigie can tell from it.

What a flow carries beyond its first FULL bytes a direction is cut to the headers (the lengths stay, so do the counts);
what is still larger than PLAIN is kept packed (.xz), cut
further until it is small.
"""

import lzma
import struct
from collections import Counter
from pathlib import Path

from tests.lab.frames import Way, frames

FULL = 48_000
LEAST = 3_000  # the first words of a dialogue stay
PLAIN = 40_000
LARGEST = 100_000  # of any file; the test of the recordings looks


def trim(data: bytes, full: int = FULL) -> bytes:
    """A pcap with its bulk cut to headers."""
    kept = [data[:24]]
    sent: Counter[Way] = Counter()
    for frame in frames(data):
        head, body = frame.head, frame.data
        if frame.way:
            if sent[frame.way] > full:
                body = body[: frame.payload]
                head = head[:8] + struct.pack("<I", len(body)) + head[12:]
            sent[frame.way] += frame.length
        kept += [head, body]
    return b"".join(kept)


def keep(data: bytes, file: Path) -> Path:
    """Writes a recording; `file`, or `file`.xz if it is large."""
    packed = file.with_name(file.name + ".xz")
    for old in (file, packed):
        old.unlink(missing_ok=True)
    small = trim(data)
    if len(small) <= PLAIN:
        file.write_bytes(small)
        return file
    full = FULL
    while len(tight := lzma.compress(trim(data, full), preset=9)) > PLAIN and full > LEAST:
        full //= 2
    packed.write_bytes(tight)
    return packed
