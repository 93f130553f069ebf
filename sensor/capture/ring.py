"""The AF_PACKET ring (packet_mmap, TPACKET_V3): how `vigie watch` sees a mirror port.

Made when a watch starts, read by the chain until it stops. The kernel writes frames into blocks of a memory that it shares
with us and hands over a block when it is full or `RETIRE_MS` old; we index it (`ring_index`), yield it, and give it back
when the next batch is asked for. Nothing is copied.

Needs CAP_NET_RAW and nothing else: promiscuity is asked for by PACKET_ADD_MEMBERSHIP, which ends with the socket and needs
no right over the interface. Sources: Documentation/networking/packet_mmap.rst, packet(7), netdevice(7).
"""

import fcntl
import mmap
import select
import socket
import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sensor.capture import FRAME, CaptureError, Flaw, Frames, Path
from sensor.capture.ring_index import BLOCK_FIRST, BLOCK_PACKETS, give_back, index_frames, status

RETIRE_MS = 100  # a block is handed over after this long even if it is not full: what an alert may wait for
POLL_MS = 250  # without packets, an empty batch each so often: time goes on
TABLE = 8192  # frames of one batch; a 1 MiB block holds some 6,500 of the smallest

_SOL_PACKET = 263
_ADD_MEMBERSHIP, _RX_RING, _STATISTICS, _VERSION = 1, 5, 6, 10
_TPACKET_V3 = 2
_PROMISCUOUS = 1
_ETH_P_ALL = 3
_FRAME_SIZE = 2048  # only checked for divisibility by the kernel: V3 packs frames as they come
_USER = 1  # TP_STATUS_USER: the block is ours
_SIOCGIFFLAGS, _SIOCGIFHWADDR = 0x8913, 0x8927
_IFF_UP = 1

LINKS = {
    1: 1,  # ARPHRD_ETHER → LINKTYPE_ETHERNET
    772: 1,  # loopback carries an Ethernet header
    512: 101,  # ARPHRD_PPP: the kernel gives bare IP → LINKTYPE_RAW
    519: 101,  # ARPHRD_RAWIP
    768: 101,  # ARPHRD_TUNNEL
    769: 101,  # ARPHRD_TUNNEL6
    776: 101,  # ARPHRD_SIT
    778: 101,  # ARPHRD_IPGRE
    0xFFFE: 101,  # ARPHRD_NONE: tun, WireGuard
    801: 105,  # ARPHRD_IEEE80211
    803: 127,  # ARPHRD_IEEE80211_RADIOTAP
}
"""Kind of interface (linux/if_arp.h) → LINKTYPE_ number of its frames."""


class RingSource:
    """Frames of one interface, as they pass. `block_size` in bytes, a multiple of the page size (16 KiB on a Pi 5)."""

    path = Path.RING

    def __init__(self, interface: str, *, block_size: int = 1 << 20, blocks: int = 64) -> None:
        if block_size % mmap.PAGESIZE or block_size % _FRAME_SIZE:
            raise ValueError(f"block size {block_size} is not a multiple of the page size {mmap.PAGESIZE}")
        self._interface = interface
        self._block_size = block_size
        self._blocks = blocks
        self._next = 0
        self._drops = 0
        self._closed = False
        self._socket = _open_socket(interface)
        try:
            self._link = _link_type(self._socket, interface)
            self._ring = _map_ring(self._socket, interface, block_size, blocks)
            _start(self._socket, interface)
        except CaptureError:
            self._socket.close()
            raise
        self._table = np.zeros(TABLE, dtype=FRAME)

    def batches(self) -> Iterator[Frames]:
        """Each block as one batch, or as several when it holds more frames than the table; empty ones while nothing passes."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN | select.POLLERR)
        base = int(self._ring.ctypes.data)
        empty = Frames(self._ring, self._table[:0])
        while not self._closed:
            start = self._next * self._block_size
            address = base + start
            if not status(address) & _USER:
                if any(event & ~select.POLLIN for _, event in poll.poll(POLL_MS)):
                    self._complain()
                if not status(address) & _USER:
                    yield empty
                    continue
            try:
                yield from self._block(start)
            finally:  # a reader that leaves here and comes back must find the next block, as the kernel will
                give_back(address)
                self._next = (self._next + 1) % self._blocks

    def _block(self, start: int) -> Iterator[Frames]:
        left, first = (
            int(word) for word in self._ring[start + BLOCK_PACKETS : start + BLOCK_FIRST + 4].view(np.uint32)
        )
        header = start + first
        while left > 0:
            count, header = index_frames(self._ring, header, left, self._link, self._table)
            left -= count
            yield Frames(self._ring, self._table[:count])

    def _complain(self) -> None:
        """Poll reported an error: say which. The socket carries it (ENETDOWN) until it is asked."""
        error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise CaptureError(
                f"{self._interface}: the interface went down or away; bring it back with"
                f" `ip link set {self._interface} up`, then start again"
            )

    def kernel_drops(self) -> int:
        """Frames that found no free block, since the start. Reading resets the kernel's own count: it is summed here."""
        if not self._closed:
            _, drops, _ = struct.unpack("III", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 12))
            self._drops += drops
        return self._drops

    def flaws(self) -> tuple[Flaw, ...]:
        return ()

    def progress(self) -> float | None:
        return None

    def close(self) -> None:
        """Stop capturing. The shared memory itself goes when the last batch that lies in it is forgotten."""
        if not self._closed:
            self.kernel_drops()
            self._closed = True
            self._socket.close()


def _open_socket(interface: str) -> socket.socket:
    try:
        return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    except PermissionError as error:
        raise CaptureError(
            f"{interface}: not allowed to capture; run as root (`sudo vigie watch …`) or with the capability CAP_NET_RAW"
        ) from error


def _link_type(sock: socket.socket, interface: str) -> int:
    """LINKTYPE_ of the interface's frames. Refuses one that is absent, down, or of a kind whose frames nobody reads."""
    name = interface.encode()
    if not 0 < len(name) < 16:
        raise CaptureError(f"{interface!r}: not the name of an interface; `ip link` lists them")
    try:
        flags = fcntl.ioctl(sock, _SIOCGIFFLAGS, struct.pack("16s16x8x", name))
        kind = fcntl.ioctl(sock, _SIOCGIFHWADDR, struct.pack("16s16x8x", name))
    except OSError as error:
        present = ", ".join(sorted(each for _, each in socket.if_nameindex()))
        raise CaptureError(f"{interface}: no such interface; present: {present}") from error
    if not struct.unpack_from("H", flags, 16)[0] & _IFF_UP:
        raise CaptureError(f"{interface}: the interface is down; bring it up with `ip link set {interface} up`")
    hardware = struct.unpack_from("H", kind, 16)[0]
    if hardware not in LINKS:
        raise CaptureError(f"{interface}: frames of this kind of interface (ARPHRD {hardware}) cannot be read")
    return LINKS[hardware]


def _map_ring(sock: socket.socket, interface: str, block_size: int, blocks: int) -> NDArray[np.uint8]:
    size = block_size * blocks
    # struct tpacket_req3: block size and count, frame size and count, retire timeout, private bytes, features
    request = struct.pack("7I", block_size, blocks, _FRAME_SIZE, size // _FRAME_SIZE, RETIRE_MS, 0, 0)
    try:
        sock.setsockopt(_SOL_PACKET, _VERSION, _TPACKET_V3)
        sock.setsockopt(_SOL_PACKET, _RX_RING, request)
        shared = mmap.mmap(sock.fileno(), size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
    except OSError as error:
        raise CaptureError(
            f"{interface}: no capture ring of {size >> 20} MiB ({error.strerror}); free memory, then start again"
        ) from error
    ring = np.frombuffer(shared, dtype=np.uint8)
    ring.flags.writeable = False  # as with mapped files: one compiled kernel serves both
    return ring


def _start(sock: socket.socket, interface: str) -> None:
    """Begin to receive: everything that passes, whomever it is for."""
    try:
        index = socket.if_nametoindex(interface)
        sock.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, struct.pack("iHH8x", index, _PROMISCUOUS, 0))
        sock.bind((interface, _ETH_P_ALL))
    except OSError as error:
        raise CaptureError(f"{interface}: cannot capture there ({error.strerror})") from error
