"""Live capture by scapy: the way in where there is no AF_PACKET ring (macOS, the BSDs, Windows with Npcap).

Slower by far than the ring (some tens of thousands of packets a second), and nobody tells it what the system dropped; good for
looking at a practice's network from a laptop. Frames are copied into a buffer, VLAN tags where scapy puts them: in the frame.
"""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import scapy.arch  # sets conf.L2listen for this system
import scapy.layers.inet  # noqa: F401 - scapy then knows what an Ethernet frame is
from scapy.config import conf
from scapy.error import Scapy_Exception

from sensor.capture import FRAME, CaptureError, Flaw, Frames, Path

POLL = 0.25  # seconds without a frame after which an empty batch is given
LINGER = 0.1  # seconds that the first frame of a batch waits for others
BATCH = 1024  # frames of a batch, at most
LONGEST = 65_536  # bytes of a frame, offloading included: scapy gives no more

LINKS = {
    "Ether": 1,  # LINKTYPE_ETHERNET
    "IP": 101,  # LINKTYPE_RAW
    "IPv6": 101,
    "Loopback": 0,  # LINKTYPE_NULL
    "CookedLinux": 113,  # LINKTYPE_LINUX_SLL
    "CookedLinuxV2": 276,
    "Dot11": 105,
    "RadioTap": 127,
}
"""What scapy calls the outermost layer → LINKTYPE_ number."""


class PortableSource:
    """Frames of one interface, as scapy hears them, promiscuously where the system allows."""

    path = Path.SCAPY

    def __init__(self, interface: str) -> None:
        self._interface = interface
        self._socket = _listen(interface)
        self._closed = False

    def batches(self) -> Iterator[Frames]:
        """What came within `LINGER`; an empty batch while nothing passes."""
        table = np.zeros(BATCH, dtype=FRAME)
        while not self._closed:
            buffer = bytearray()
            count = self._gather(buffer, table)
            data = np.frombuffer(bytes(buffer), dtype=np.uint8)
            yield Frames(data, table[:count])

    def _gather(self, buffer: bytearray, table: np.ndarray[Any, np.dtype[np.void]]) -> int:
        count = 0
        end = time.monotonic() + POLL
        while count < BATCH and (left := end - time.monotonic()) > 0:
            received = self._receive(left)
            if received is None:
                continue
            data, link, ts = received
            if not count:
                end = time.monotonic() + LINGER
            table[count] = (len(buffer), ts, len(data), len(data), link, 0, 0, 0, 0)
            buffer += data
            count += 1
        return count

    def _receive(self, timeout: float) -> tuple[bytes, int, int] | None:
        """The next frame, its link type and its time in ns; None if none came in time."""
        try:
            if not self._socket.select([self._socket], timeout):
                return None
            layer, data, ts = self._socket.recv_raw(LONGEST)
        except (OSError, Scapy_Exception) as error:
            raise CaptureError(f"{self._interface}: the interface went down or away ({error})") from error
        if data is None or layer is None:
            return None
        link = LINKS.get(layer.__name__, 0xFFFF)  # an unknown one is counted as unreadable
        return bytes(data), link, time.time_ns() if ts is None else round(float(ts) * 1e9)

    def kernel_drops(self) -> int:
        """Not known here."""
        return 0

    def flaws(self) -> tuple[Flaw, ...]:
        return ()

    def progress(self) -> float | None:
        return None

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._socket.close()


def _listen(interface: str) -> Any:
    try:
        return conf.L2listen(iface=interface, promisc=True)
    except PermissionError as error:
        raise CaptureError(f"{interface}: not allowed to capture; run as root or as administrator") from error
    except (OSError, ValueError, Scapy_Exception) as error:
        raise CaptureError(f"{interface}: cannot capture there ({error})") from error
