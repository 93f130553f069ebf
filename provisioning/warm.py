"""Compiles and unpacks, at set-up, what would else be at the first packet: run by provisioning/setup.sh in the environment.

The loop over packets, what passes in bulk and the ring have a function for it; the two capture formats are warmed by reading a file of each.
"""

import struct
import tempfile
from pathlib import Path

from sensor.capture import ring_index
from sensor.capture.files import open_capture
from sensor.vendors import vendor
from sensor.wire import bulk, kernel

ETHERNET = 1
FRAME = bytes(60)
PCAP = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, ETHERNET) + struct.pack("<IIII", 1, 0, 60, 60) + FRAME


def block(kind: int, body: bytes) -> bytes:
    """A block of pcapng (draft-ietf-opsawg-pcapng, 3.1)."""
    length = 12 + len(body)
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


PCAPNG = (
    block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    + block(1, struct.pack("<HHI", ETHERNET, 0, 65535))
    + block(6, struct.pack("<IIIII", 0, 0, 0, 60, 60) + FRAME)
)


def main() -> None:
    kernel.warm()
    bulk.warm()
    ring_index.warm()
    vendor("00:00:01:00:00:00")
    with tempfile.TemporaryDirectory(prefix="vigie-warm-") as folder:
        for name, data in (("warm.pcap", PCAP), ("warm.pcapng", PCAPNG)):
            path = Path(folder, name)
            path.write_bytes(data)
            source = open_capture(path)
            walked = [len(frames.table) for frames in source.batches()]
            source.close()
            assert sum(walked) == 1, f"{name}: {walked}"


if __name__ == "__main__":
    main()
