"""The lab's own small switch, for what a kernel may lack: VLAN devices and netem.

Two kinds of wire between an AF_PACKET socket and a TAP interface, all served by one thread:

* `Tagger`: a VLAN device in user space. What leaves the TAP goes out of the trunk tagged (802.1Q); what comes in on the
  trunk with that tag (the kernel takes tags out of frames and tells them in PACKET_AUXDATA) goes up the TAP untagged.
* `Delayer`: an ordinary wire that holds each frame for a while and lets some overtake others.
"""

import fcntl
import heapq
import os
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

_TUNSETIFF, _IFF_TAP, _IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
_SOL_PACKET, _PACKET_AUXDATA, _PACKET_ADD_MEMBERSHIP, _MR_PROMISC = 263, 8, 1, 1
_VLAN_VALID, _OUTGOING, _ETH_P_ALL = 0x10, 4, 3
_LARGEST = 65_600


def open_tap(name: str) -> int:
    """A new TAP interface in this thread's network namespace; its other end as a descriptor."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TAP | _IFF_NO_PI))
    return descriptor


def open_wire(interface: str) -> socket.socket:
    """Every frame that comes in on an interface of this thread's network namespace, with its tag told aside."""
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
    wire.bind((interface, 0))
    wire.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
    member = struct.pack("iHH8x", socket.if_nametoindex(interface), _MR_PROMISC, 0)
    wire.setsockopt(_SOL_PACKET, _PACKET_ADD_MEMBERSHIP, member)
    wire.setblocking(False)
    return wire


def receive(wire: socket.socket) -> tuple[bytes, int | None] | None:
    """The next frame and its VLAN tag; None when it is one that this host sends itself."""
    frame, ancillary, _, sender = wire.recvmsg(_LARGEST, 256)
    if sender[2] == _OUTGOING:
        return None
    for level, kind, data in ancillary:
        if level == _SOL_PACKET and kind == _PACKET_AUXDATA:
            status, _, _, _, _, tag, _ = struct.unpack("IIIHHHH", data[:20])
            if status & _VLAN_VALID:
                return frame, tag & 0xFFF
    return frame, None


@dataclass(slots=True)
class Tagger:
    """A VLAN device: see the module."""

    wire: socket.socket
    tap: int
    vlan: int

    def from_wire(self, frame: bytes, tag: int | None) -> None:
        if tag == self.vlan:
            _write(self.tap, frame)

    def from_tap(self, frame: bytes) -> None:
        self.wire.send(frame[:12] + struct.pack("!HH", 0x8100, self.vlan) + frame[12:])

    def due(self, _now: float) -> float | None:
        return None


@dataclass(slots=True)
class Delayer:
    """A wire that takes `delay` seconds; every `overtaken`-th frame takes twice as long, so that others overtake it."""

    wire: socket.socket
    tap: int
    delay: float
    overtaken: int = 0
    _count: int = 0
    _held: list[tuple[float, int, bool, bytes]] = field(default_factory=list)

    def from_wire(self, frame: bytes, _tag: int | None) -> None:
        self._hold(frame, up=True)

    def from_tap(self, frame: bytes) -> None:
        self._hold(frame, up=False)

    def _hold(self, frame: bytes, *, up: bool) -> None:
        self._count += 1
        late = self.overtaken and self._count % self.overtaken == 0
        heapq.heappush(self._held, (time.monotonic() + self.delay * (2 if late else 1), self._count, up, frame))

    def due(self, now: float) -> float | None:
        """Lets out what has waited long enough; seconds until the next, None when nothing waits."""
        while self._held and self._held[0][0] <= now:
            _, _, up, frame = heapq.heappop(self._held)
            if up:
                _write(self.tap, frame)
            else:
                self.wire.send(frame)
        return self._held[0][0] - now if self._held else None


def _write(tap: int, frame: bytes) -> None:
    try:
        os.write(tap, frame)
    except (BlockingIOError, OSError):  # a full or downed interface loses frames, as a real one does
        return


class Switch(threading.Thread):
    """Serves wires until the process ends."""

    def __init__(self, wires: list[Tagger | Delayer]) -> None:
        super().__init__(daemon=True)
        self._wires = wires

    def run(self) -> None:
        readable = {wire.wire.fileno(): (wire, True) for wire in self._wires}
        readable |= {wire.tap: (wire, False) for wire in self._wires}
        while True:
            waits = [wait for wire in self._wires if (wait := wire.due(time.monotonic())) is not None]
            for descriptor in select.select(list(readable), [], [], min(waits, default=None))[0]:
                wire, of_wire = readable[descriptor]
                if not of_wire:
                    wire.from_tap(os.read(descriptor, _LARGEST))
                elif (received := receive(wire.wire)) is not None:
                    wire.from_wire(*received)
