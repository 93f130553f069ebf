"""Captures as lists of frames in memory, so that tests cut, mix and rewrite them and hand them to the chain."""

from dataclasses import dataclass, replace

import numpy as np

from sensor.capture import FRAME, Frames, Path
from sensor.capture.files import open_capture


@dataclass(frozen=True, slots=True)
class Frame:
    ts: int
    link: int
    data: bytes
    wirelen: int
    vlan: int = 0
    vlan_valid: int = 0
    fcs: int = 0

    def at(self, ts: int) -> "Frame":
        return replace(self, ts=ts)


class InMemory:
    """A source of these frames."""

    path = Path.KERNEL

    def __init__(self, frames, batch=2_048):
        self._frames = list(frames)
        self._batch = batch

    def batches(self):
        for start in range(0, len(self._frames), self._batch):
            yield batch_of(self._frames[start : start + self._batch])

    def kernel_drops(self):
        return 0

    def flaws(self):
        return ()

    def progress(self):
        return None

    def close(self):
        pass


def batch_of(frames):
    table = np.zeros(len(frames), dtype=FRAME)
    at = 0
    for row, frame in zip(table, frames, strict=True):
        for name in ("ts", "link", "wirelen", "vlan", "vlan_valid", "fcs"):
            row[name] = getattr(frame, name)
        row["offset"], row["caplen"] = at, len(frame.data)
        at += len(frame.data)
    return Frames(np.frombuffer(b"".join(frame.data for frame in frames) or b"\0", dtype=np.uint8), table)


def read(path):
    """All frames of a capture, as far as it can be read; CaptureError when it cannot at all."""
    source = open_capture(path)
    frames = []
    for batch in source.batches():
        for row in batch.table:
            start = int(row["offset"])
            data = batch.data[start : start + int(row["caplen"])].tobytes()
            rest = (int(row[name]) for name in ("wirelen", "vlan", "vlan_valid", "fcs"))
            frames.append(Frame(int(row["ts"]), int(row["link"]), data, *rest))
    source.close()
    return frames
