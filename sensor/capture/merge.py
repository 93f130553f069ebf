"""Frames of several captures in one order of time: two mirrored ports written to two files are one wire.

Called by whoever reads several captures at once, with the batch that each has in hand. Only the part of each buffer that is given out is
copied, and only where captures overlap in time.
"""

from collections.abc import Sequence

import numpy as np

from sensor.capture import FRAME, Frames


def merge(lanes: Sequence[Frames], until: int) -> tuple[Frames, list[int]]:
    """What the lanes hold up to `until` (ns), in order of time, and how many rows of each that is.

    The order within a lane stays: where its clock jumps back, the frames behind come with the one before.
    """
    data, tables, taken = [], [], []
    at = 0
    for frames in lanes:
        count = up_to(frames, until)
        taken.append(count)
        if not count:
            continue
        table = frames.table[:count].copy()
        start = int(table["offset"].min())
        stop = int((table["offset"] + table["caplen"]).max())
        table["offset"] += at - start
        data.append(frames.data[start:stop])
        tables.append(table)
        at += stop - start
    if not tables:
        return Frames(np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=FRAME)), taken
    order = np.argsort(np.concatenate([np.maximum.accumulate(table["ts"]) for table in tables]), kind="stable")
    return Frames(np.concatenate(data), np.concatenate(tables)[order]), taken


def up_to(frames: Frames, until: int) -> int:
    """Rows before the first that is later than `until`."""
    late = frames.table["ts"] > until
    first = int(np.argmax(late)) if len(late) else 0
    return first if len(late) and late[first] else len(late)
