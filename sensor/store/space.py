"""Room on the disk: how full it is, and a reserved file that gives way to the alert which says so.

Called by the store's writer: at start, each minute, and when SQLite says that there is no room.
"""

import os
from contextlib import suppress
from pathlib import Path

WARN, FULL = 90, 95  # percent
RESERVE = 2 << 20


class Space:
    """Of the disk on which a store lies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reserve = folder / "reserve"

    def percent(self) -> int:
        """How full the disk is for whoever is not root, as `df` says it."""
        found = os.statvfs(self._folder)
        used = found.f_blocks - found.f_bfree
        there = used + found.f_bavail
        return 100 if there <= 0 else -(-100 * used // there)

    def hold(self) -> None:
        """Make the reserved file if it is not there and there is room for it."""
        with suppress(OSError):
            if self._reserve.exists() or self.percent() >= WARN:
                return
            handle = os.open(self._reserve, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(handle, 0, RESERVE)
            except OSError:
                self._reserve.unlink()
            finally:
                os.close(handle)

    def release(self) -> bool:
        """Give the room away. False if there was none."""
        try:
            self._reserve.unlink()
        except OSError:
            return False
        return True
