"""Captures as a `Source`: pcap and pcapng, from files (compressed or not) and pipes, framed by compiled code.

`open_capture` looks at the first bytes, never at the name:

* pcap: magic A1B2C3D4 (microseconds), A1B23C4D (nanoseconds) or A1B2CD34 (Kuznetzov's patched libpcap), in either byte
  order; version 2+2, zone 4, accuracy 4, snap length 4, link type 4 with the length of the frame check sequence in its
  highest bits (draft-ietf-opsawg-pcap)
* pcapng: section header block 0A0D0D0A with byte-order magic 1A2B3C4D (draft-ietf-opsawg-pcapng); several sections and
  interfaces, each with its own time resolution
* anything else of a file: through Wireshark's own reader, where it is installed (`sensor.capture.foreign`)

What is damaged stops the reading at that place and is told as a `Flaw`; what came before is judged.
"""

from collections.abc import Iterator
from pathlib import Path as FilePath

import numpy as np

from sensor.capture import FRAME, CaptureError, Flaw, Frames, Path, Source, foreign
from sensor.capture.framing import BLOCK, FULL, LONG, META, MORE, NO_INTERFACE, SHORT, pcap_frames, pcapng_frames
from sensor.capture.section import Section
from sensor.capture.streams import Bytes, open_bytes

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

MAGICS = frozenset({_PCAPNG, *(magic.to_bytes(4, order) for magic in _PCAP_MAGICS for order in ("big", "little"))})
"""First bytes of the files that are read as they are."""


def open_capture(path: str | FilePath) -> Source:
    """A capture ready to be read; `-` is standard input. Raises `CaptureError` with one line when nothing can be read."""
    name = str(path)
    try:
        data = open_bytes(name)
    except FileNotFoundError:
        raise CaptureError(f"{name}: no such file") from None
    except IsADirectoryError:
        raise CaptureError(f"{name}: is a directory, not a capture file") from None
    except PermissionError:
        raise CaptureError(f"{name}: may not be read (permission denied)") from None
    except OSError as error:
        raise CaptureError(f"{name}: cannot be read ({error.strerror})") from None
    try:
        return _recognised("standard input" if name == "-" else name, data)
    except _UnknownFormatError as error:
        data.close()
        if FilePath(name).is_file():
            return _foreign(name, error)
        raise
    except CaptureError:
        data.close()
        raise


class _UnknownFormatError(CaptureError):
    """Nothing that this module reads."""


def _foreign(name: str, error: _UnknownFormatError) -> Source:
    """By Wireshark's reader, if there is one and it knows the format."""
    stream = foreign.converted(name)
    if stream is None:
        told = f"; other formats are read with Wireshark's {foreign.READER}, which is not installed"
        raise CaptureError(f"{error}{told} (package {foreign.PACKAGE})") from None
    data = Bytes(stream, stream, None)
    try:
        return PcapngFile(name, data)
    except CaptureError:
        data.close()
        raise CaptureError(f"{error}; Wireshark's {foreign.READER} cannot read it either") from None


def _recognised(name: str, data: Bytes) -> Source:
    head = data.data[:24].tobytes()
    if head[:4] == _PCAPNG:
        return PcapngFile(name, data)
    for order in ("<", ">"):
        magic = int.from_bytes(head[:4], "big" if order == ">" else "little")
        if len(head) >= 4 and magic in _PCAP_MAGICS:
            if len(head) < 24:
                raise CaptureError(f"{name}: cut within its header, at byte {len(head)}")
            return PcapFile(name, data, big=order == ">")
    if data.flaw:
        raise CaptureError(f"{name}: {data.flaw}, at byte {len(head)} of what it holds")
    if not head:
        raise CaptureError(f"{name}: empty file")
    unknown = CaptureError if len(head) < 4 else _UnknownFormatError
    raise unknown(f"{name}: not a capture file (byte 0: {head[:4].hex(' ')})")


class _File:
    """What both formats share: the place reached, flaws, progress."""

    path = Path.KERNEL

    def __init__(self, name: str, data: Bytes, at: int) -> None:
        self.name = name
        self._bytes = data
        self._at = at
        self._flaws: list[Flaw] = []
        self._table = np.zeros(BATCH, dtype=FRAME)
        self.growing = False
        """Set by who reads a file that is still written: at its end an empty batch is given, and more is asked for next time."""

    def kernel_drops(self) -> int:
        return 0

    def flaws(self) -> tuple[Flaw, ...]:
        return tuple(self._flaws)

    def progress(self) -> float | None:
        return self._bytes.share(self._at)

    def reached(self) -> int:
        """Bytes of the (unpacked) capture that are read."""
        return self._bytes.base + self._at

    def may_grow(self) -> bool:
        """Whether bytes that are written later can be read on: of a plain file."""
        return self._bytes.plain

    def close(self) -> None:
        """Let the bytes go. Frames given out are no longer valid."""
        self._bytes.close()

    def _waits(self, why: int) -> bool:
        """Whether all that a growing file held by the last look is read."""
        return self.growing and why == MORE

    def _stopped(self, why: int) -> bool:
        """Take up why the framing stopped; True when there is nothing more to read. Batches given out are void then."""
        if why == FULL:
            return False
        if why == MORE:
            before = self._bytes.base
            more = self._bytes.more(self._at)
            self._at -= self._bytes.base - before
            if more:
                return False
            if self._bytes.flaw:
                self._note(self._bytes.flaw)
            elif self.growing:
                return False
            elif self._at < len(self._bytes.data):
                self._note(_CUT)
        else:
            self._note(_REASONS[why])
        return True

    def _note(self, reason: str) -> None:
        self._flaws.append(Flaw(self.name, self._bytes.base + self._at, reason))


class PcapFile(_File):
    """A classic capture file."""

    def __init__(self, name: str, data: Bytes, *, big: bool) -> None:
        super().__init__(name, data, at=24)
        order = ">" if big else "<"
        magic, link = (int(np.frombuffer(data.data[i : i + 4].tobytes(), dtype=order + "u4")[0]) for i in (0, 20))
        self._big = big
        self._scale, self._header = _PCAP_MAGICS[magic]
        self._fcs = (link >> 28) * 2 if link & 0x04000000 else 0
        self._link = link & 0xFFFF if link & 0x03FF0000 == 0 else 0xFFFF

    def batches(self) -> Iterator[Frames]:
        done = False
        while not done:
            data = self._bytes.data
            rows, self._at, why = pcap_frames(
                data, self._at, self._table, self._big, self._scale, self._header, self._link, self._fcs
            )
            if rows or self._waits(why):
                yield Frames(data, self._table[:rows])
            done = self._stopped(why)


class PcapngFile(_File):
    """A capture file of blocks: sections, each with its own byte order and interfaces."""

    def __init__(self, name: str, data: Bytes) -> None:
        super().__init__(name, data, at=0)
        self._section = Section()
        while (why := self._framed()[1]) == MORE and data.more(0):
            pass
        flaw = self._section.read(data.data, 0) if why == META else "cut within a section header"
        if flaw:
            raise CaptureError(f"{name}: {flaw}, at byte 0")
        self._at = self._section.next

    def _framed(self) -> tuple[int, int]:
        section = self._section
        rows, self._at, why = pcapng_frames(
            self._bytes.data, self._at, self._table, section.big, section.interfaces, section.known
        )
        return rows, why

    def batches(self) -> Iterator[Frames]:
        done = False
        while not done:
            data = self._bytes.data
            rows, why = self._framed()
            if rows or self._waits(why):
                yield Frames(data, self._table[:rows])
            done = self._described() if why == META else self._stopped(why)

    def _described(self) -> bool:
        """Read the section header or interface description that is next; True when it ends the reading."""
        flaw = self._section.read(self._bytes.data, self._at)
        if flaw:
            self._note(flaw)
            return True
        self._at = self._section.next
        return False
