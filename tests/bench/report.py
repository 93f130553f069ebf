"""What a monthly report costs: `python -m tests.bench.report [--alerts N] [--folder DIR]`. Never part of the suite.

A full store (that of tests.bench.store: 25 devices after a year) with so many alerts in the month; then `vigie report` as a process:
seconds on the wall, of the processor, RssAnon at its highest (asked of /proc each hundredth of a second), and the files' sizes.
"""

import argparse
import os
import random
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from dashboard.report.month import Month
from sensor.store import WatchStore
from sensor.store.seeing import Counts
from tests.bench.measure import VIGIE
from tests.bench.store import DAY, NOW, PARIS, SECOND, SET, alert, filled

MONTH = Month(2026, 10)


def fill(state: Path, alerts: int) -> None:
    """Beside the store's own: the month's alerts, and how well the box saw."""
    filled(state, 20_000)
    first, after = (minute * 60 * SECOND for minute in MONTH.minutes(PARIS))
    draw = random.Random(12)
    with WatchStore(state, clock=lambda: NOW - DAY, terms=SET) as store:
        store._db.execute("DELETE FROM alert WHERE first_seen >= ? AND first_seen < ?", (first, after))
        for start in range(0, alerts, 500):
            made = range(start, min(start + 500, alerts))
            store.upsert([alert(1_000_000 + n, draw.randrange(first + 3600 * SECOND, after)) for n in made])
        for moment in range(first, after, 10 * SECOND):
            store.add_sight(moment, 10.0, Counts(packets=4_000, bytes=3_000_000, gaps=1))
        store.add_done_right(first + DAY, {"mssante": 300, "hds": 31, "mail": 120})
        store.flush(NOW, force=True)


def measured(*command: str | Path) -> tuple[float, float, float]:
    """(seconds, of the processor, MB of RssAnon at most)."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    highest = 0
    while child.poll() is None:
        try:
            status = Path(f"/proc/{child.pid}/status").read_text("ascii")
        except OSError:
            break
        found = [int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")]
        highest = max(highest, *found, 0) if found else highest
        if "State:\tZ" in status:
            break
        time.sleep(0.01)
    _, code, usage = os.wait4(child.pid, 0) if child.returncode is None else (0, child.returncode, None)
    if code:
        raise SystemExit(f"exit {code}")
    spent = usage.ru_utime + usage.ru_stime if usage else 0.0
    return time.perf_counter() - began, spent, highest / 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.report")
    parser.add_argument("--alerts", type=int, default=2_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="vigie-bench-", dir=asked.folder) as name:
        state, out = Path(name) / "state", Path(name) / "report.pdf"
        fill(state, asked.alerts)
        for lang in ("fr", "en"):
            command = (VIGIE, "report", "--state", state, "--month", str(MONTH), "--out", out, "--lang", lang)
            runs = [measured(*command) for _ in range(3)]
            seconds, spent, _ = min(runs)
            sizes = ", ".join(
                f"{suffix} {out.with_suffix(f'.{suffix}').stat().st_size / 1e6:.2f} MB"
                for suffix in ("pdf", "csv", "json")
            )
            told = (
                f"{seconds:.1f} s on the wall, {spent:.1f} CPU-s, RssAnon at most {max(run[2] for run in runs):.0f} MB"
            )
            print(f"report {lang}, {asked.alerts:,} alerts in the month: {told}; {sizes}", flush=True)


if __name__ == "__main__":
    main()
