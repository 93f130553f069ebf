"""Captures of other formats (snoop, ERF, Network Monitor…), through Wireshark's own reader where it is installed.

`editcap` reads the file and writes pcapng into a pipe, never onto a disk; the pipe is read like any capture, so no more is held than a
window. Its reader takes apart hostile bytes in C: it runs with bounds on memory and processor time, and ends with its source.
"""

import io
import resource
import shutil
import subprocess
import sys
from pathlib import Path as FilePath
from typing import Any

READER = "editcap"
PACKAGE = "wireshark-common"
MEMORY = 2 << 30
"""Bytes of address space it may use: its libraries alone take some hundred MB of it."""
CPU_SECONDS = 600


class Converted(io.RawIOBase):
    """The pcapng that Wireshark's reader makes of a file, byte after byte. OSError where it stopped before the end."""

    trouble = "Wireshark's reader stopped here"

    def __init__(self, program: str, name: str) -> None:
        command = [program, "-F", "pcapng", "--", str(FilePath(name).resolve()), "-"]
        self._run = subprocess.Popen(  # noqa: S603  Wireshark's, by its full path
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        if sys.platform == "linux":
            _bound(self._run.pid)
        self._out: Any = self._run.stdout
        self._said: Any = self._run.stderr  # some lines at most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # io's own stub is wider
        got: int = self._out.readinto(buffer) or 0
        if not got and len(buffer) and (self._run.wait() or b"cut short" in self._said.read(4_096)):
            raise OSError(self.trouble)
        return got

    def close(self) -> None:
        """Ends the program, wherever it is."""
        if not self.closed:
            super().close()
            self._out.close()
            self._said.close()
            self._run.kill()
            self._run.wait()


def converted(name: str) -> Converted | None:
    """A file of a format that is not ours, converted as it is read; None where the program is not installed."""
    program = shutil.which(READER)
    return Converted(program, name) if program else None


def _bound(pid: int) -> None:
    if sys.platform == "linux":
        for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_CORE, 0)):
            try:
                resource.prlimit(pid, what, (most, most))
            except ProcessLookupError:  # it ended already
                return
