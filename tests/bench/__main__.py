"""The bench: `./tests/bench/run [--only offline|mail|live] [--packets N] [--live-rate PPS] [--live-seconds S] [--record]`. Never part of the test suite.

For `bulk` and `mix`, beside each other: processor time of the whole process tree with start-up taken off (the same command on
a capture of one conversation, so that what is loaded at first use is start-up too; on an empty one it is told as well), packets
per CPU-second, highest RssAnon; the same for ndpiReader (Debian's libndpi-bin). Then a gigabyte of clear mail
beside Suricata, and the live run.
`--record` appends what was measured to RESULTS.md.
"""

import argparse
import datetime as dt
import os
import platform
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import mail, traffic
from tests.bench.live import live
from tests.bench.measure import best, figures, ndpi, run, vigie

RESULTS = Path(__file__).with_name("RESULTS.md")
ROUNDS = 3


def offline(folder: Path, packets: int) -> list[str]:
    """One line a capture and program."""
    none, one, stats = folder / "empty.pcap", folder / "one.pcap", folder / "stats.json"
    traffic.empty(none)
    traffic.bulk(one, traffic.FLOW_PACKETS)
    run(*vigie(one, stats))  # compiles what is not compiled yet
    start = {"vigie": best(ROUNDS, *vigie(one, stats)).cpu}
    lines = [f"start vigie      {best(ROUNDS, *vigie(none, stats)).cpu:.2f} CPU-s on an empty capture"]
    print(*lines, flush=True)
    if shutil.which("ndpiReader"):
        start["ndpiReader"] = best(ROUNDS, *ndpi(one)).cpu
    for name, make in (("bulk", traffic.bulk), ("mix", traffic.mix)):
        capture = folder / f"{name}.pcap"
        if name == "bulk":
            traffic.bulk(capture, packets)
        else:
            make(capture)
        for program, begun in start.items():
            cost = best(ROUNDS, *(vigie(capture, stats) if program == "vigie" else ndpi(capture)))
            told = figures(stats)
            work = max(cost.cpu - begun, 0.001)
            packets_read = told["packets"] - traffic.FLOW_PACKETS
            memory = f", RssAnon {told['rss_anon_kib'] / 1024:.0f} MB" if program == "vigie" else ""
            lines.append(
                f"{name:5} {program:10} {told['packets']:>9,} packets in {work:6.3f} CPU-s "
                f"(start-up {begun:.2f} s taken off): {packets_read / work / 1e6:5.2f} M packets per CPU-s{memory}"
            )
            print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--packets", type=int, default=traffic.BULK_PACKETS)
    parser.add_argument("--live-rate", type=int, default=200_000)
    parser.add_argument("--live-seconds", type=float, default=10)
    parser.add_argument("--only", choices=["offline", "mail", "live"])
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    lines = []
    with TemporaryDirectory(prefix="vigie-bench-") as name:
        folder = Path(name)
        if asked.only in (None, "offline"):
            lines += offline(folder, asked.packets)
        if asked.only in (None, "mail"):
            lines += mail.compare(folder, ROUNDS)
        if asked.only in (None, "live"):
            capture = folder / "live.pcap"
            traffic.bulk(capture, 20_000)
            result = live(capture, folder, asked.live_rate, asked.live_seconds)
            lines.append(f"live  {asked.live_rate:,} packets/s for {asked.live_seconds:g} s: {result}")
            print(lines[-1], flush=True)
    if asked.record:
        machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
        with RESULTS.open("a") as out:
            out.write(f"\n## {dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}\n\n    " + "\n    ".join(lines) + "\n")


main()
