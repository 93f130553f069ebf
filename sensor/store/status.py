"""How the watching goes, right now: DIR/watch/status, overwritten in place by `watch` each second, read by the page.

Not in SQLite, because a commit each second would wear an SD card for figures that nobody needs after a power cut; never
synced, one fixed-size write. A reader may catch a write half done: the checksum tells, and it reads again.

Wire format, little-endian, 160 bytes: "VIGIEST1" · written, started, last packet (3 × i64, nanoseconds since the epoch, 0 for
never) · packets, drops (2 × u64) · packets per second (f64) · flags (u32: bit 0, watching ended) · version (24 bytes) ·
interface (32 bytes), both UTF-8 filled with NUL · 28 bytes kept for later · CRC-32 of all that.
"""

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sensor.store.errors import NeedsHuman, Reason

_BODY = struct.Struct("<8s3q2QdI24s32s28x")
_CRC = struct.Struct("<I")
SIZE = _BODY.size + _CRC.size
_MAGIC = b"VIGIEST1"
_ENDED = 1
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Status:
    """Times in nanoseconds since the epoch. `last_packet` is the time the packet carries; None before the first."""

    written: int
    started: int
    last_packet: int | None
    packets: int
    drops: int  # that the operating system or the ring lost, so far
    packets_per_second: float
    version: str
    interface: str = ""
    ended: bool = False  # the watching stopped as it should


def status_file(state: Path) -> Path:
    return state / "watch" / "status"


def pack(status: Status) -> bytes:
    body = _BODY.pack(
        _MAGIC,
        status.written,
        status.started,
        status.last_packet or 0,
        status.packets,
        status.drops,
        status.packets_per_second,
        _ENDED if status.ended else 0,
        _fitting(status.version, 24),
        _fitting(status.interface, 32),
    )
    return body + _CRC.pack(zlib.crc32(body))


def unpack(data: bytes) -> Status | None:
    """None if these bytes are not one whole status: torn, cut, or not ours."""
    if (
        len(data) != SIZE
        or not data.startswith(_MAGIC)
        or _CRC.unpack(data[-_CRC.size :])[0] != zlib.crc32(data[: _BODY.size])
    ):
        return None
    _, written, started, last, packets, drops, rate, flags, version, interface = _BODY.unpack(data[: _BODY.size])
    return Status(
        written=written,
        started=started,
        last_packet=last or None,
        packets=packets,
        drops=drops,
        packets_per_second=rate,
        version=_text(version),
        interface=_text(interface),
        ended=bool(flags & _ENDED),
    )


def read_status(path: Path) -> Status | None:
    """The last whole status; None if there is none yet, or only torn ones."""
    for _ in range(_TRIES):
        try:
            found = unpack(path.read_bytes())
        except OSError:
            return None
        if found is not None:
            return found
    return None


class StatusFile:
    """The writing side. Errors: NeedsHuman if the file cannot be made."""

    def __init__(self, state: Path | str) -> None:
        path = status_file(Path(state))
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise NeedsHuman(Reason.DENIED, path, error.strerror or str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, status: Status) -> None:
        os.pwrite(self._handle, pack(status), 0)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _fitting(text: str, size: int) -> bytes:
    return text.encode("utf-8", "replace")[:size]


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("utf-8", "replace")
