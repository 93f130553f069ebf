"""What the store costs: `python -m tests.bench.store [--rows N] [--alerts N] [--folder DIR] [--only WHAT…]`. Never part of the suite.

full    a practice of 25 devices after a year: size, the pages' queries at the 95th percentile, the check at start, the chain
erase   `--rows` minutes past their time: a retention pass, and how long an alert waited meanwhile
wear    an hour of 25 busy devices on an ext4 of its own (root): what the device wrote, from /sys/block/loopN/stat
"""

import argparse
import os
import random
import sqlite3
import statistics
import subprocess
import threading
import time
from base64 import b64encode
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from dashboard.sources import AlertQuery
from dashboard.sources.local import LocalSource
from sensor.detect.alert import Alert, AlertDevice, AlertPeer, Category, Confidence, Hds, Severity, Words
from sensor.detect.words import Speaker, Told
from sensor.settings import load
from sensor.store import SeriesRow, WatchStore, keys, rescue
from sensor.store.reader import read
from sensor.store.traffic import Level
from sensor.store.upkeep import Terms
from sensor.store.verify import verify
from sensor.store.watch import database

PARIS = ZoneInfo("Europe/Paris")
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
DAY = 1440 * MINUTE
NOW = int(datetime(2026, 11, 20, 10, 30, tzinfo=PARIS).timestamp()) * SECOND
SET = Terms(trusted=lambda: True)  # a clock that is set, whatever the machine's is
DEVICES = 25
SERVICES = ("ssl", "http", "dns", "quic", "smtp", "ssh", "rdp", "other")
DESTINATIONS = ("local", "hds", "abroad")
DETAIL_ROWS = 140_000  # a busy day's minutes: 25 devices, ten hours, nine kinds of traffic a minute
random.seed(6)


_SETTINGS = load(None, None)
_RULES = [r for r in (*_SETTINGS.rules.rules, *_SETTINGS.rules.correlations) if r.telling.fr.title]
_SPEAKER = Speaker(_SETTINGS.rules.catalogue, PARIS)


def alert(n: int, seen: int) -> Alert:
    """As rules make them, in length and in what they hold; every tenth of a rule of the practice's own, in sentences nobody foresaw."""
    rule = _RULES[n % len(_RULES)]
    host = f"smtp{random.randrange(700)}.fournisseur{n % 40}.example"
    peer = AlertPeer(f"203.0.{random.randrange(200)}.{random.randrange(200)}", 25, host, "banner", Hds.NOT_LISTED, "FR")
    sent, received = random.randrange(10**7), random.randrange(10**5)
    facts = {
        "attachments": n % 3,
        "attachment_bytes": random.randrange(10**6),
        "direction": random.choice(("inbound", "outbound")),
        "duration": random.random() * 5_000,
        "mime_types": random.choice(("application/pdf", "image/jpeg", "application/msword")),
        "port": random.choice((25, 110, 143, 443, 3389)),
        "proto": "tcp",
        "tls": False,
    }
    spoken = Told("smtp", peer, facts | {"contract": "none"}, 1 + n % 9, sent, received, seen - MINUTE)
    french, english = _SPEAKER.say(rule.telling.fr, "fr", spoken), _SPEAKER.say(rule.telling.en, "en", spoken)
    if n % 10 == 0:
        french, english = shuffled(french, n % 500), shuffled(english, n % 500)
    digest = sha256(str(n).encode())
    return Alert(
        id=digest.hexdigest()[:20],
        rule=rule.name,
        category=rule.telling.category,
        app="smtp",
        nature=rule.telling.nature,
        severity=list(Severity)[n % 5],
        confidence=Confidence.CERTAIN,
        first_seen=seen - MINUTE,
        last_seen=seen,
        count=1 + n % 9,
        device=AlertDevice(f"192.168.1.{10 + n % DEVICES}", f"aa:bb:cc:dd:ee:{n % DEVICES:02x}", None, "Brother"),
        peer=peer,
        bytes_out=sent,
        bytes_in=received,
        packets=random.randrange(10**4),
        community_id=f"1:{b64encode(digest.digest()[:20]).decode()}",
        evidence=tuple(sorted(facts.items())),
        legal=rule.telling.legal,
        fr=french,
        en=english,
    )


def shuffled(words: Words, which: int) -> Words:
    """Of one of fifty rules of the practice's own: known words, sentences nobody foresaw."""

    def text(said: str) -> str:
        parts = said.split()
        random.Random(f"{which} {len(parts)}").shuffle(parts)
        return " ".join(parts)

    return Words(text(words.title), text(words.advice), text(words.expected), text(words.seen))


def spread(db: sqlite3.Connection, level: Level, first: int, after: int, width: int, each: int) -> None:
    """`each` rows in each stretch of `width` minutes; of hours and tens a quarter outside the ten hours that a practice works."""
    kinds = [(d, s, t) for d in range(1, DEVICES + 1) for s in range(1, 9) for t in range(9, 12)]
    if level >= Level.TEN_ALL:
        kinds = [(0, s, t) for s in range(1, 9) for t in range(9, 12)]

    def rows():
        for start in range(first - first % width, after, width):
            works = level is Level.MINUTE or width >= 1440 or 7 <= start // 60 % 24 < 17
            for kind in random.sample(kinds, min(each if works else each // 4, len(kinds))):
                counts = (
                    random.randrange(10**6),
                    random.randrange(10**7),
                    random.randrange(10**3),
                    random.randrange(10**4),
                )
                yield (int(level), start, *kind, *counts, random.randrange(50))

    db.executemany("INSERT INTO traffic VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())


def filled(state: Path, alerts: int) -> None:
    """25 devices: seven days of detail, six months of devices and alerts, thirteen of totals."""
    minute = NOW // MINUTE
    with WatchStore(state, clock=lambda: NOW - 180 * DAY, terms=SET) as store:
        db = store._db
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO device VALUES (?, ?, ?, ?)",
            ((n, f"192.168.1.{n}", f"aa:bb:cc:dd:ee:{n:02x}", minute) for n in range(1, DEVICES + 1)),
        )
        db.executemany("INSERT INTO name VALUES (?, ?)", enumerate((*SERVICES, *DESTINATIONS), 1))
        spread(db, Level.MINUTE, minute - 7 * 1440, minute, 1, DETAIL_ROWS // 1440)
        spread(db, Level.TEN, minute - 7 * 1440, minute, 10, 200)
        spread(db, Level.HOUR, minute - 183 * 1440, minute, 60, 200)
        spread(db, Level.DAY, minute - 183 * 1440, minute, 1440, 400)
        spread(db, Level.TEN_ALL, minute - 395 * 1440, minute, 10, 12)
        spread(db, Level.HOUR_ALL, minute - 395 * 1440, minute, 60, 18)
        spread(db, Level.DAY_ALL, minute - 395 * 1440, minute, 1440, 24)
        db.execute("UPDATE meta SET value = ? WHERE key = 'rolled'", (minute - minute % 10,))
        db.execute("COMMIT")
        for start in range(0, alerts, 500):
            many = range(start, min(start + 500, alerts))
            store.upsert([alert(n, NOW - 180 * DAY + n * 180 * DAY // alerts) for n in many])


def parts(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """What each table and index takes."""
    return db.execute(
        "SELECT name, sum(pgsize) FROM dbstat GROUP BY name HAVING sum(pgsize) > 1e6 ORDER BY 2 DESC"
    ).fetchall()


def full(folder: Path, alerts: int) -> list[str]:
    state = folder / "full"
    filled(state, alerts)
    path = database(state)
    lines = [f"full   25 devices, {alerts:,} alerts: {path.stat().st_size / 1e6:.0f} MB"]
    lines += [f"full   {name}: {size / 1e6:.1f} MB" for name, size in read(path, parts)]
    source = LocalSource(state, PARIS)
    today = datetime.fromtimestamp(NOW // SECOND, UTC).astimezone(PARIS).date()
    last = source.alerts(AlertQuery(limit=50))

    def days(ago: int) -> None:
        source._days.clear()
        source.traffic(today - timedelta(days=ago))

    asked = {
        "inbox": lambda: source.alerts(AlertQuery()),
        "critical only": lambda: source.alerts(AlertQuery(least=Severity.CRITICAL)),
        "one category": lambda: source.alerts(AlertQuery(category=Category.REMOTE, least=Severity.HIGH)),
        "next page": lambda: source.alerts(AlertQuery(after=last.next)),
        "one alert": lambda: source.alert(sha256(str(random.randrange(alerts)).encode()).hexdigest()[:20]),
        "today": lambda: days(0),
        "a day of a week ago": lambda: days(6),
        "a day of a year ago": lambda: days(360),
        "change": source.change,
    }
    with WatchStore(state, clock=lambda: NOW, terms=SET):  # as on the box: the writer has it open
        for name, ask in asked.items():
            took, spent = [], []
            for _ in range(40):
                began, ran = time.perf_counter(), time.process_time()
                ask()
                took.append((time.perf_counter() - began) * 1000)
                spent.append((time.process_time() - ran) * 1000)
            wall, processor = (statistics.quantiles(each, n=20)[-1] for each in (took, spent))
            lines.append(f"full   {name}: {wall:.1f} ms at the 95th percentile, {processor:.1f} of the processor")
    began = time.perf_counter()
    wrong = rescue.damage(path)
    lines.append(f"full   check at start: {time.perf_counter() - began:.1f} s ({wrong or 'intact'})")
    began = time.process_time()
    verdict = read(path, lambda db: verify(db, keys.load(path.parent / "keys")))
    lines.append(
        f"full   chain of {verdict.entries:,} entries: {time.process_time() - began:.1f} CPU-s ({verdict.fault or 'intact'})"
    )
    return lines


def erase(folder: Path, rows: int) -> list[str]:
    """The upkeep works without a pause while alerts are written: how long did each wait?"""
    state = folder / "erase"
    minute = NOW // MINUTE
    terms = Terms(trusted=lambda: True)
    with WatchStore(state, clock=lambda: NOW, terms=terms) as store:
        store._db.execute("BEGIN")
        spread(store._db, Level.MINUTE, minute - 400 * 1440, minute - 400 * 1440 + rows // 500, 1, 500)
        store._db.execute("UPDATE meta SET value = ? WHERE key = 'rolled'", (minute,))
        year = ((0, minute - 400 * 1440 + n, 1) for n in range(365 * 1440))
        store._db.executemany("INSERT INTO touched VALUES (?, ?, ?)", year)
        store._db.execute("COMMIT")
        store.upsert([alert(n, NOW - 300 * DAY) for n in range(5_000)])
        store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        took: list[float] = []
        done = threading.Event()

        def write() -> None:
            n = 10_000
            while not done.is_set():
                began = time.perf_counter()
                store.upsert([alert(n, NOW)])
                took.append((time.perf_counter() - began) * 1000)
                n += 1
                time.sleep(0.02)

        writer = threading.Thread(target=write)
        writer.start()
        began = time.perf_counter()
        steps = 1
        longest, more = 0.0, True
        while more:
            step = time.perf_counter()
            more = store.maintain(NOW)
            longest = max(longest, (time.perf_counter() - step) * 1000)
            steps += 1
            time.sleep(0.001)  # as between two seconds of `watch`, much shortened
        spent = time.perf_counter() - began
        with_upkeep = len(took)
        time.sleep(min(spent, 20))
        done.set()
        writer.join()
        left = store._db.execute("SELECT count(*) FROM traffic WHERE level = 0").fetchone()[0]
        verdict = read(store.path, lambda db: verify(db, keys.load(store.keys)))
    told = f"{spent:.0f} s, longest step {longest:.0f} ms, {left} left, chain {verdict.fault or 'intact'}"
    lines = [f"erase  {rows:,} rows and 5,000 alerts in {steps:,} steps, {told}"]
    for name, part in (("meanwhile", took[:with_upkeep]), ("afterwards, with nothing to do", took[with_upkeep:])):
        part.sort()
        told = f"median {part[len(part) // 2]:.1f} ms, 99 % {part[int(len(part) * 0.99)]:.1f} ms, longest {part[-1]:.1f} ms"
        lines.append(f"erase  {len(part):,} alerts written {name}: {told}")
    return lines


@contextmanager
def ext4(folder: Path, size: str = "512M"):
    """(where it is mounted, the name of its loop device)."""
    image, mount = folder / "card.img", folder / "card"
    mount.mkdir()
    subprocess.run(["truncate", "-s", size, image], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", image], check=True)
    loop = subprocess.run(
        ["losetup", "--find", "--show", image], check=True, capture_output=True, text=True
    ).stdout.strip()
    try:
        subprocess.run(["mount", "-o", "noatime", loop, mount], check=True)
        try:
            yield mount, Path(loop).name
        finally:
            subprocess.run(["umount", mount], check=True)
    finally:
        subprocess.run(["losetup", "--detach", loop], check=True)


def wear(folder: Path) -> list[str]:
    """An hour by the store's own clocks: traffic handed over each second, alerts at once, the disk synced each 30 s as ext4 does."""
    with ext4(folder) as (mount, loop):
        stat = Path("/sys/block") / loop / "stat"
        ran = [0.0]
        with WatchStore(
            mount, clock=lambda: NOW + int(ran[0] * SECOND), terms=Terms(monotonic=lambda: ran[0], trusted=lambda: True)
        ) as store:
            os.sync()
            before = int(stat.read_text().split()[6])
            for second in range(3_600):
                ran[0] = float(second)
                now = NOW + second * SECOND
                rows = [
                    SeriesRow(
                        now // MINUTE, f"192.168.1.{d}", f"aa:bb:cc:dd:ee:{d:02x}", s, 1000, 2000, 5, 6, 1, "other"
                    )
                    for d in range(1, DEVICES + 1)
                    for s in random.sample(SERVICES, 4)
                ]
                store.add_series(rows)
                store.flush(now)
                if second % 300 == 0:
                    store.upsert([alert(second, now)])
                if second % 30 == 0:
                    os.sync()
            os.sync()
            written = (int(stat.read_text().split()[6]) - before) * 512
    return [
        f"wear   an hour of 25 busy devices, 12 alerts: {written / 1e6:.2f} MB to the device = {written / 3600 / 1000:.2f} kB/s"
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.store")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=["full", "erase", "wear"], nargs="*", default=["full", "erase", "wear"])
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="vigie-bench-", dir=asked.folder) as name:
        folder = Path(name)
        for what in asked.only:
            lines = (
                full(folder, asked.alerts)
                if what == "full"
                else erase(folder, asked.rows)
                if what == "erase"
                else wear(folder)
            )
            print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
