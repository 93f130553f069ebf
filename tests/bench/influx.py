"""What InfluxDB costs: `python -m tests.bench.influx [--days N] [--alerts N]`. Never part of the suite.

ship    a backlog of seven days of minutes, six months of hours, thirteen months of totals, of 25 devices and 6 classes, and 10,000 alerts
query   what the pages ask, on that: the 95th percentile of 40
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sensor.store import WatchStore
from sensor.store.traffic import Level
from tests.bench.store import alert
from tests.influxd.fixtures import KEY, Practice, practice_of
from tests.influxd.server import Influxd

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
DEVICES = 25
CLASSES = ("hds", "cloud", "named", "webmail", "backup", "own")
SHIP = """
import sys, time
from pathlib import Path
from dashboard.cli.relay import relay
relay.main(["--once", "--state", sys.argv[1], "--config", sys.argv[2]], standalone_mode=False)
"""


def filled(made: Practice, now: int, days: int, alerts: int) -> int:
    """How many rows there are to ship."""
    minute = now // MINUTE
    with WatchStore(made.state, clock=lambda: now) as store:
        db = store._db
        db.execute("BEGIN")
        devices = [(n, f"192.168.1.{n}", f"aa:bb:cc:dd:ee:{n:02x}", minute) for n in range(1, DEVICES + 1)]
        db.executemany("INSERT INTO device VALUES (?, ?, ?, ?)", devices)
        db.executemany("INSERT INTO name VALUES (?, ?)", enumerate(("ssl", *CLASSES), 1))
        spans = (
            (Level.MINUTE, days * 1440, 1),
            (Level.HOUR, 183 * 1440, 60),
            (Level.TEN_ALL, 395 * 1440, 10),
            (Level.DAY_ALL, 395 * 1440, 1440),
        )
        for level, span, width in spans:
            db.executemany(
                "INSERT INTO traffic VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows(level, minute, span, width)
            )
        db.execute(
            "INSERT OR REPLACE INTO touched SELECT DISTINCT level, start, 1 FROM traffic WHERE level IN (0, 2, 4)"
        )
        db.execute("UPDATE meta SET value = ? WHERE key = 'rolled'", (minute - minute % 10,))
        count = db.execute("SELECT count(*) FROM traffic WHERE level IN (0, 2, 4)").fetchone()[0]
        db.execute("COMMIT")
        for first in range(0, alerts, 500):
            seen = [now - n * 180 * 86_400 * SECOND // alerts for n in range(first, min(first + 500, alerts))]
            store.upsert(alert(first + n, at) for n, at in enumerate(seen))
    return int(count) + alerts


def rows(level: Level, minute: int, span: int, width: int) -> Iterator[tuple[int, ...]]:
    who = [0] if level >= Level.TEN_ALL else range(1, DEVICES + 1)
    chance = random.Random(7)
    for start in range((minute - span) // width * width, minute - minute % 10 if width > 1 else minute, width):
        for device in who:
            for kind in range(2, 2 + len(CLASSES)):
                sizes = (
                    chance.randrange(10**6),
                    chance.randrange(10**7),
                    chance.randrange(10**3),
                    chance.randrange(10**4),
                )
                yield (int(level), start, device, 1, kind, *sizes, chance.randrange(50))


def ship(made: Practice, count: int) -> list[str]:
    """By the command itself, in a process of its own: time, and the peak of RssAnon."""
    (made.state / "watch" / "pseudonym.key").write_bytes(KEY)
    began = time.monotonic()
    command = [sys.executable, "-c", SHIP, str(made.state), str(made.config)]
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, rss_anon(process.pid))
            time.sleep(0.1)
        told = process.stdout.read().strip() if process.stdout else ""
        took, spent = time.monotonic() - began, os.times().children_user + os.times().children_system
    server, work = made.server.rss_anon() / 1e6, cpu(made.server.pid)
    return [
        f"ship   {count:,} points in the store: {told} in {took:.0f} s ({spent:.0f} CPU-s of the relay), RssAnon at most {peak / 1e6:.0f} MB",
        f"ship   influxd afterwards: RssAnon {server:.0f} MB, {work:.0f} CPU-s since its start; load average {os.getloadavg()[0]:.1f}",
    ]


def rss_anon(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def cpu(pid: int) -> float:
    """Seconds that a process spent so far, its children left out."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def query(made: Practice, now: int) -> list[str]:
    source = made.source(clock=lambda: now)
    today = datetime.fromtimestamp(now // SECOND, UTC).astimezone(made.policy.practice.timezone).date()

    def day(ago: int) -> None:
        source._days.clear()
        source.traffic(today - timedelta(days=ago))

    def box() -> None:
        source._box_at = None
        source.change()

    asked = {
        "today": lambda: day(0),
        "yesterday": lambda: day(1),
        "a day of a week ago": lambda: day(6),
        "a day of a month ago": lambda: day(30),
        "a day of a year ago": lambda: day(360),
        "alerts of a month": lambda: source.alerts_over_time(today - timedelta(days=30), today),
        "alerts of six months": lambda: source.alerts_over_time(today - timedelta(days=180), today),
        "change and coverage": box,
    }
    lines = []
    for name, ask in asked.items():
        ask()
        took, spent = [], cpu(made.server.pid) + time.process_time()
        for _ in range(40):
            began = time.perf_counter()
            ask()
            took.append((time.perf_counter() - began) * 1000)
        middle, last = statistics.median(took), statistics.quantiles(took, n=20)[-1]
        spent = (cpu(made.server.pid) + time.process_time() - spent) * 1000 / 40
        lines.append(
            f"query  {name}: median {middle:.0f} ms, {last:.0f} ms at the 95th percentile; {spent:.0f} CPU-ms each"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.influx")
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--alerts", type=int, default=10_000)
    asked = parser.parse_args()
    now = time.time_ns() // MINUTE * MINUTE
    with TemporaryDirectory(prefix="vigie-influx-") as name:
        server = Influxd(Path(name) / "influxd").start().set_up()
        try:
            made = practice_of(server, Path(name) / "practice")
            count = filled(made, now, asked.days, asked.alerts)
            for line in (*ship(made, count), *query(made, now)):
                print(line, flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
