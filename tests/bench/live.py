"""Live over a veth pair: `vigie watch` on one end, a sender at a steady rate on the other, in a network namespace of its own.

ARP and IPv6 are off on the pair, so that nothing else is counted: what the sender counts must be what `watch` saw and what the
kernel says it dropped.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench.measure import VIGIE

CLONE_NEWNET = 0x40000000
SETTLE = 2.5  # seconds for `watch` to open its ring


class Live(NamedTuple):
    sent: int
    packets: int
    drops: int
    cpu: float  # of `watch`, its start included
    rss_anon_kib: int

    def __str__(self) -> str:
        whole = "=" if self.sent == self.packets + self.drops else "≠"
        return (
            f"sent {self.sent:,} {whole} {self.packets:,} packets + {self.drops:,} kernel drops; "
            f"{self.cpu:.2f} CPU-s, RssAnon {self.rss_anon_kib / 1024:.0f} MB"
        )


def live(capture: Path, folder: Path, rate: int, seconds: float) -> Live:
    """Needs root. The namespace lives as long as this process and its children."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        raise SystemExit(f"live: {os.strerror(ctypes.get_errno())}: a network namespace needs root")
    for words in (
        "link add there type veth peer name here",
        "link set there arp off addrgenmode none up",
        "link set here arp off addrgenmode none up",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    stats = folder / "live.json"
    watch = subprocess.Popen(
        [str(VIGIE), "watch", "-i", "here", "--state", str(folder / "state"), "--stats", str(stats), "--json"],
        stdout=subprocess.DEVNULL,
    )
    time.sleep(SETTLE)
    words = [sys.executable, "-m", "tests.bench.sender", "there", str(capture), str(rate), str(seconds)]
    sent = int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    time.sleep(1)
    watch.send_signal(signal.SIGTERM)
    if watch.wait(20):
        raise SystemExit("live: vigie watch failed")
    told = json.loads(stats.read_text())
    return Live(sent, told["packets"], told["kernel_drops"], told["cpu_seconds"], told["rss_anon_kib"])
