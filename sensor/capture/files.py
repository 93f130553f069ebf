"""Capture files as a `Source`: pcap and pcapng, mapped into memory and framed by compiled code.

`open_capture` looks at the first bytes, never at the name:

* pcap: magic A1B2C3D4 (microseconds), A1B23C4D (nanoseconds) or A1B2CD34 (Kuznetzov's patched libpcap), in either byte
  order; version 2+2, zone 4, accuracy 4, snap length 4, link type 4 with the length of the frame check sequence in its
  highest bits (draft-ietf-opsawg-pcap)
* pcapng: section header block 0A0D0D0A with byte-order magic 1A2B3C4D (draft-ietf-opsawg-pcapng); several sections and
  interfaces, each with its own time resolution

What is damaged stops the reading at that place and is told as a `Flaw`; what came before is judged.
"""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path as FilePath

import numpy as np
from numpy.typing import NDArray

from sensor.capture import FRAME, CaptureError, Flaw, Frames, Path, Source
from sensor.capture.framing import BLOCK, FULL, LONG, META, MORE, NO_INTERFACE, SHORT, pcap_frames, pcapng_frames
from sensor.capture.section import Section

BATCH = 2_048
"""Rows of a batch: its table (256 KiB) stays in the processor's cache."""

_REASONS = {
    LONG: "a record claims to be longer than any frame",
    BLOCK: "a block claims an impossible length",
    NO_INTERFACE: "a packet of an interface that was not described",
    SHORT: "a block is too short for its packet",
}
_CUT = "cut in mid-packet"

_PCAP_MAGICS = {0xA1B2C3D4: (1000, 16), 0xA1B23C4D: (1, 16), 0xA1B2CD34: (1000, 24)}
"""Magic → (nanoseconds of a unit, bytes of a record's header)."""

_PCAPNG = b"\x0a\x0d\x0d\x0a"


def open_capture(path: str | FilePath) -> Source:
    """A capture file ready to be read. Raises `CaptureError` with one line that names the file when nothing can be read."""
    name = str(path)
    try:
        data = _mapped(name)
    except FileNotFoundError:
        raise CaptureError(f"{name}: no such file") from None
    except IsADirectoryError:
        raise CaptureError(f"{name}: is a directory, not a capture file") from None
    except PermissionError:
        raise CaptureError(f"{name}: may not be read (permission denied)") from None
    except OSError as error:
        raise CaptureError(f"{name}: cannot be read ({error.strerror})") from None
    return _recognised(name, data)


def _mapped(name: str) -> NDArray[np.uint8]:
    if FilePath(name).is_dir():
        raise IsADirectoryError
    with open(name, "rb") as file:  # noqa: PTH123 # the name is what messages show
        if os.fstat(file.fileno()).st_size == 0:
            raise CaptureError(f"{name}: empty file")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    mapped.madvise(mmap.MADV_SEQUENTIAL)
    return np.frombuffer(mapped, dtype=np.uint8)


def _recognised(name: str, data: NDArray[np.uint8]) -> Source:
    head = data[:24].tobytes()
    if head[:4] == _PCAPNG:
        return PcapngFile(name, data)
    if len(head) >= 4:
        for order in ("little", "big"):
            magic = int.from_bytes(head[:4], "little" if order == "little" else "big")
            if magic in _PCAP_MAGICS:
                if len(head) < 24:
                    raise CaptureError(f"{name}: cut within its header, at byte {len(head)}")
                return PcapFile(name, data, big=order == "big")
    raise CaptureError(f"{name}: not a capture file (byte 0: {head[:4].hex(' ')})")


class _File:
    """What both formats share: the place reached, flaws, progress."""

    path = Path.KERNEL

    def __init__(self, name: str, data: NDArray[np.uint8], at: int) -> None:
        self.name = name
        self._data = data
        self._at = at
        self._flaws: list[Flaw] = []
        self._table = np.zeros(min(BATCH, 64 + len(data) // 64), dtype=FRAME)

    def kernel_drops(self) -> int:
        return 0

    def flaws(self) -> tuple[Flaw, ...]:
        return tuple(self._flaws)

    def progress(self) -> float | None:
        return min(1.0, self._at / len(self._data))

    def close(self) -> None:
        """Let the mapping go. Frames given out are no longer valid."""
        self._data = np.zeros(0, dtype=np.uint8)

    def _stopped(self, why: int) -> bool:
        """Note why the framing stopped; True when there is nothing more to read."""
        if why == FULL:
            return False
        if why == MORE:
            if self._at < len(self._data):
                self._flaws.append(Flaw(self.name, self._at, _CUT))
        else:
            self._flaws.append(Flaw(self.name, self._at, _REASONS[why]))
        return True


class PcapFile(_File):
    """A classic capture file."""

    def __init__(self, name: str, data: NDArray[np.uint8], *, big: bool) -> None:
        super().__init__(name, data, at=24)
        order = ">" if big else "<"
        magic, link = (int(np.frombuffer(data[i : i + 4].tobytes(), dtype=order + "u4")[0]) for i in (0, 20))
        self._big = big
        self._scale, self._header = _PCAP_MAGICS[magic]
        self._fcs = (link >> 28) * 2 if link & 0x04000000 else 0
        self._link = link & 0xFFFF if link & 0x03FF0000 == 0 else 0xFFFF

    def batches(self) -> Iterator[Frames]:
        done = False
        while not done:
            rows, self._at, why = pcap_frames(
                self._data, self._at, self._table, self._big, self._scale, self._header, self._link, self._fcs
            )
            done = self._stopped(why)
            if rows:
                yield Frames(self._data, self._table[:rows])


class PcapngFile(_File):
    """A capture file of blocks: sections, each with its own byte order and interfaces."""

    def __init__(self, name: str, data: NDArray[np.uint8]) -> None:
        super().__init__(name, data, at=0)
        self._section = Section()
        flaw = self._section.read(data, 0)
        if flaw:
            raise CaptureError(f"{name}: {flaw}, at byte 0")
        self._at = self._section.next

    def batches(self) -> Iterator[Frames]:
        done = False
        while not done:
            section = self._section
            rows, self._at, why = pcapng_frames(
                self._data, self._at, self._table, section.big, section.interfaces, section.known
            )
            if why == META:
                flaw = section.read(self._data, self._at)
                if flaw:
                    self._flaws.append(Flaw(self.name, self._at, flaw))
                    done = True
                else:
                    self._at = section.next
            else:
                done = self._stopped(why)
            if rows:
                yield Frames(self._data, self._table[:rows])
