"""The compiled side of the AF_PACKET ring: whose turn a block is, and where each frame lies in it.

Called by `sensor.capture.ring` only. Layout of what the kernel writes (linux/if_packet.h, TPACKET_V3), in 32-bit words,
offsets in bytes:

    block descriptor   8 status   12 packets   16 offset of the first packet header   20 length   24 sequence number
    packet header      0 offset of the next   4 seconds   8 nanoseconds   12 captured length   16 wire length   20 status
                      24 offset of the frame (16 bits)   26 of its network layer   32 VLAN TCI (16 bits used)

The status word is shared with the kernel, which may run on another core: it is read with acquire and returned with release
order, so that no frame is read before the kernel gave it nor after it was given back. x86 would forgive; ARM does not.
Numba has no such operations, so they are emitted as LLVM's atomic instructions.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from sensor.capture import FRAME
from sensor.compiled import compiled

BLOCK_STATUS = 8
BLOCK_PACKETS = 12
BLOCK_FIRST = 16

_WORD = ir.IntType(32)
_NANOSECONDS = 1_000_000_000


def _load_acquire(_context: Any, address: Any) -> Any:  # noqa: ARG001 - numba matches arguments by name
    """A 32-bit load after which nothing is read earlier."""

    def emit(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], _WORD.as_pointer())
        return builder.load_atomic(pointer, "acquire", align=4)

    return types.uint32(types.uintp), emit


def _store_release(_context: Any, address: Any, value: Any) -> Any:  # noqa: ARG001 - the same
    """A 32-bit store before which all reads are done."""

    def emit(target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], _WORD.as_pointer())
        builder.store_atomic(arguments[1], pointer, "release", align=4)
        return target.get_dummy_value()

    return types.void(types.uintp, types.uint32), emit


load_acquire: Any = intrinsic(_load_acquire)
store_release: Any = intrinsic(_store_release)


@compiled
def status(address: int) -> int:
    """The status of the block that begins at `address`: bit 0 says that it is ours."""
    word: int = load_acquire(np.uintp(address) + np.uintp(BLOCK_STATUS))
    return word


@compiled
def give_back(address: int) -> None:
    """Hand the block that begins at `address` back to the kernel."""
    store_release(np.uintp(address) + np.uintp(BLOCK_STATUS), np.uint32(0))


@compiled
def index_frames(
    ring: NDArray[np.uint8], header: int, left: int, link: int, table: NDArray[np.void]
) -> tuple[int, int]:
    """Fill `table` (FRAME) from the packet header at byte `header` of `ring` on, `left` packets at most.

    Returns how many were written and the byte of the next header. The kernel is trusted to write its own structures; a
    frame that would leave the ring all the same is given with a captured length of 0.
    """
    words = ring.view(np.uint32)
    size = ring.shape[0]
    count = min(left, table.shape[0])
    for i in range(count):
        word = header >> 2
        offset = header + np.int64(words[word + 6] & np.uint32(0xFFFF))
        caplen = words[word + 3]
        frame = table[i]
        frame.offset = offset
        frame.ts = np.int64(words[word + 1]) * _NANOSECONDS + np.int64(words[word + 2])
        frame.caplen = caplen if offset + np.int64(caplen) <= size else np.uint32(0)
        frame.wirelen = words[word + 4]
        frame.link = link
        frame.vlan = words[word + 8] & np.uint32(0xFFFF)
        frame.vlan_valid = (words[word + 5] >> np.uint32(4)) & np.uint32(1)
        frame.fcs = 0
        frame.interface = 0
        step = int(words[word])
        if step == 0:
            return i + 1, header
        header += step
    return count, header


def warm() -> None:
    """Compile all of it on an empty ring: called at set-up, so that no watch waits for it."""
    ring = np.zeros(256, dtype=np.uint8)
    give_back(int(ring.ctypes.data))
    status(int(ring.ctypes.data))
    ring.flags.writeable = False
    index_frames(ring, 0, 1, 1, np.zeros(1, dtype=FRAME))
