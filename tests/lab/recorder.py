"""What Vigie's port receives, into a capture file: tcpdump on the mirror (libpcap puts VLAN tags back into the frames)."""

import re
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab.lab import LabError
from tests.lab.network import MIRROR, WATCHER

_LARGEST = 2_048  # octets of a frame: tcpdump shares its buffer out in slots of this size
_SETTLE = 0.25  # seconds for the last frames to reach the file


class Recorder:
    """Records while it is entered; a frame that tcpdump lost is an error, not a gap."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["ip", "netns", "exec", WATCHER, "tcpdump", "-i", MIRROR, "-U", "-n", "--immediate-mode", f"-s{_LARGEST}", "-B", "32768", "-Z", "root", "-w", self._file],
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "listening on" in line:
                return self
        raise LabError("tcpdump did not start")

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        time.sleep(_SETTLE)
        self._process.send_signal(signal.SIGINT)
        _, said = self._process.communicate(timeout=10)
        lost = re.search(r"(\d+) packets? dropped by kernel", said)
        if kind is None and lost and int(lost[1]):
            raise LabError(f"the recorder lost {lost[1]} packets")
