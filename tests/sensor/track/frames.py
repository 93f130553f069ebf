"""scapy packets as a batch of frames, for tests of what comes behind the capture."""

import numpy as np

from sensor.capture import FRAME, Frames

ETHERNET = 1
START = 1_790_000_000_000_000_000
SECOND = 1_000_000_000


def frames_of(packets, *, start=START, step=1_000_000, link=ETHERNET):
    """(packet or bytes) in order, or (seconds, packet) pairs; `step` ns apart when no time is given."""
    table = np.zeros(len(packets), dtype=FRAME)
    data = bytearray()
    for i, packet in enumerate(packets):
        ts = start + i * step
        if isinstance(packet, tuple):
            seconds, packet = packet  # noqa: PLW2901  a pair opened in place
            ts = start + round(seconds * SECOND)
        raw = bytes(packet)
        table[i]["offset"], table[i]["ts"], table[i]["link"] = len(data), ts, link
        table[i]["caplen"] = table[i]["wirelen"] = len(raw)
        data += raw
    return Frames(np.frombuffer(bytes(data) or b"\0", dtype=np.uint8), table)
