"""After set-up nothing is left to compile: provisioning/warm.py reaches all compiled code that a capture file needs."""

import os
import subprocess
import sys

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.utils import PcapNgWriter, PcapWriter

from tests.house.tree import ROOT

PACKETS = [
    Ether(dst="aa:bb:cc:00:11:22") / IP(src="192.168.1.2", dst="192.168.1.3") / UDP(sport=1, dport=2) / b"x",
    Ether(dst="aa:bb:cc:00:11:22") / Dot1Q(vlan=3) / IPv6(src="fd00::1", dst="fd00::2") / UDP(sport=1, dport=2) / b"x",
]


def test_a_capture_after_the_set_up_compiles_nothing(tmp_path):
    cache = tmp_path / "cache"
    captures = [tmp_path / "one.pcap", tmp_path / "one.pcapng"]
    for path, writer in zip(captures, (PcapWriter, PcapNgWriter), strict=True):
        with writer(str(path)) as out:
            for packet in PACKETS:
                out.write(packet)

    def run(*command):
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True, capture_output=True)
        return {path.name: path.stat().st_mtime_ns for path in cache.rglob("*.nb[ci]")}

    warm = run("provisioning/warm.py")
    assert len(warm) >= 8
    for path in captures:
        assert run("-c", "from dashboard.cli import main; main()", "inspect", str(path), "--json") == warm
