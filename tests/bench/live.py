"""Live over a veth pair: `vigie watch` on one end, a sender at a steady rate on the other, in a network namespace of its own.

ARP and IPv6 are off on the pair, so that nothing else is counted: what the sender counts must be what `watch` saw and what the
kernel says it dropped.
"""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from sensor.store.status import read_status, status_file
from tests.bench.measure import VIGIE, run, vigie
from tests.veth import wire

PATIENCE = 120  # seconds for `watch` to open its ring: it may have to compile first


class Live(NamedTuple):
    sent: int
    rate: float  # packets per second that the sender reached
    packets: int
    drops: int
    cpu: float  # of `watch`, its start included
    rss_anon_kib: int

    def __str__(self) -> str:
        whole = "=" if self.sent == self.packets + self.drops else "≠"
        return (
            f"sent {self.sent:,} ({self.rate:,.0f}/s) {whole} {self.packets:,} packets + {self.drops:,} kernel drops; "
            f"{self.cpu:.2f} CPU-s, RssAnon {self.rss_anon_kib / 1024:.0f} MB"
        )


def live(capture: Path, folder: Path, rate: int, seconds: float) -> Live:
    """Needs root. What is not compiled yet is compiled first."""
    run(*vigie(capture, folder / "warm.json"))
    with wire():
        return _live(capture, folder, rate, seconds)


def _live(capture: Path, folder: Path, rate: int, seconds: float) -> Live:
    stats = folder / "live.json"
    watch = subprocess.Popen(
        [str(VIGIE), "watch", "-i", "here", "--state", str(folder / "state"), "--stats", str(stats), "--json"],
        stdout=subprocess.DEVNULL,
    )
    ready = time.monotonic() + PATIENCE
    while read_status(status_file(folder / "state")) is None:
        if watch.poll() is not None or time.monotonic() > ready:
            raise SystemExit("live: vigie watch does not start")
        time.sleep(0.1)
    words = [sys.executable, "-m", "tests.bench.sender", "there", str(capture), str(rate), str(seconds)]
    sent = int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    time.sleep(1)
    watch.send_signal(signal.SIGTERM)
    if watch.wait(20):
        raise SystemExit("live: vigie watch failed")
    told = json.loads(stats.read_text())
    return Live(sent, sent / seconds, told["packets"], told["kernel_drops"], told["cpu_seconds"], told["rss_anon_kib"])
