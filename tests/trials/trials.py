"""The trials, of the processes that write in turn: what was acknowledged is there afterwards, once, and the chain holds. Each says which phase it hit.

`run` makes a number of them, kinds in turn:
  kill       SIGKILL in each phase of a store in a process of its own
  process    SIGKILL of `vigie watch`, `serve`, `relay`, `backup` themselves, whole (`tests.trials.killed`)
  cut        the power goes: a copy, made in an instant, of the disk that is written
  process cut  the same of the disk that `vigie watch` or `serve` writes
  read-only  the disk refuses to be written from one moment to the next, as ext4 does after an error
  full       the disk is full
  clock      the clock goes back a day
  flip       a byte of a stored journal entry is another: it is found
  elsewhere  a byte anywhere else is: it is found, or all entries verify
"""

import contextlib
import mmap
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from sensor.store import SeriesRow, WatchStore, rescue
from sensor.store.base import OwnStore
from sensor.store.errors import StoreError, WillRetry
from sensor.store.health import Trouble
from sensor.store.journal import entries
from sensor.store.reader import read
from tests.influxd.server import Influxd
from tests.trials import disks, killed
from tests.trials.checks import STORES, Tally, check, faulty
from tests.trials.made import NOW, SECOND, SET, alert, old_store

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = (
    "kill",
    "process",
    "cut",
    "process",
    "full",
    "flip",
    "process",
    "read-only",
    "elsewhere",
    "process cut",
    "kill",
    "clock",
)
PHASES = ("migration", "batch", "commit", "checkpoint", "backup", "commit", "upkeep", "batch", "idle")
OLD_ROWS = 4_000
DAY = 86_400 * SECOND


def run(count: int, seed: int, server: Influxd, tell: Callable[[str], None] = lambda _line: None) -> Tally:
    """`server`: what `vigie relay` ships to. `tell` gets a line for each: which kind, of which process, and the phase it hit."""
    tally = Tally()
    with TemporaryDirectory(prefix="vigie-trials-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        instant = stack.enter_context(disks.xfs(folder))
        for n in range(count):
            kind = KINDS[n % len(KINDS)]
            chance = random.Random(f"{seed}-{n}")
            who = "watch" if kind in ("full", "clock") else tuple(STORES)[n % len(STORES)]
            before = tally.phases.copy()
            place = folder / f"t{n}"
            place.mkdir()
            tally.trials += 1
            match kind:
                case "kill":
                    phase = PHASES[sum(KINDS[k % len(KINDS)] == "kill" for k in range(n)) % len(PHASES)]
                    _kill(tally, place, phase, n, chance, "watch" if phase == "migration" else who)
                case "process":
                    killed.process(tally, place, n, chance, server)
                case "process cut":
                    killed.cut(tally, instant, n, chance)
                case "cut":
                    _cut(tally, instant, n, chance, who)
                case "read-only":
                    _read_only(tally, instant, n, chance, who)
                case "full":
                    _full(tally, place)
                case "clock":
                    _clock(tally, place)
                case _:
                    _flip(tally, place, chance, STORES[who], inside=kind == "flip")
            tell(f"trial {n + 1} {kind}, {who}: {', '.join(tally.phases - before)}")
    return tally


class Writer:
    """The process that is killed."""

    def __init__(self, state: Path, words: Path, seed: int, who: str) -> None:
        words.write_bytes(b" " * 16)
        self._file = words.open("r+b")
        self._shared = mmap.mmap(self._file.fileno(), 16)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.trials.writer", str(state), str(words), str(seed), who],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may end by itself on a disk that refuses
            cwd=ROOT,
        )

    @property
    def phase(self) -> str:
        return self._shared[:16].decode().strip()

    def reach(self, phase: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while self.phase != phase and time.monotonic() < end and self._process.poll() is None:
            pass

    def lines(self, count: int) -> list[str]:
        assert self._process.stdout is not None
        return [self._process.stdout.readline().decode().strip() for _ in range(count)]

    def kill(self) -> tuple[str, list[str]]:
        """(the phase it was in, what it had acknowledged)."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        phase = self.phase
        assert self._process.stdout is not None
        lines = self._process.stdout.read().decode().split("\n")[:-1]
        self._process.stdout.close()
        self._shared.close()
        self._file.close()
        return phase, lines


def _kill(tally: Tally, place: Path, phase: str, seed: int, chance: random.Random, who: str) -> None:
    state = place / "state"
    if phase == "migration":
        old_store(state, OLD_ROWS)
    writer = Writer(state, place / "words", seed, who)
    before: list[str] = [] if phase == "migration" else writer.lines(chance.randrange(3, 30))
    writer.reach(phase)
    time.sleep(chance.random() * (0.03 if phase == "migration" else 0.002))
    hit, after = writer.kill()
    tally.phases[f"{who} {hit}"] += 1
    check(tally, state, before + after, rows=OLD_ROWS if phase == "migration" else 0)


def _cut(tally: Tally, instant: Path, seed: int, chance: random.Random, who: str) -> None:
    with disks.ext4(instant) as (image, mount, _):
        writer = Writer(mount / "state", instant / "words", seed, who)
        lines = writer.lines(chance.randrange(3, 40))
        writer.reach(chance.choice(("commit", "batch", "checkpoint")))
        tally.phases[f"{who} power cut in {writer.phase}"] += 1
        cut = disks.copied_in_an_instant(image)
        _, more = writer.kill()
    with disks.mounted(cut, instant / "after"):
        check(tally, instant / "after" / "state", lines, at_most=lines + more)
    cut.unlink()


def _read_only(tally: Tally, instant: Path, seed: int, chance: random.Random, who: str) -> None:
    with disks.ext4(instant) as (image, mount, loop):
        writer = Writer(mount / "state", instant / "words", seed, who)
        lines = writer.lines(chance.randrange(3, 40))
        Path(f"/sys/fs/ext4/{loop}/trigger_fs_error").write_text("a trial\n")
        time.sleep(0.02)
        phase, more = writer.kill()
        tally.phases[f"{who} read-only in {phase}"] += 1
        kept = image.with_name("kept.img")
        disks.run("cp", "--reflink=always", image, kept)
    subprocess.run(["e2fsck", "-fy", kept], check=False, capture_output=True)  # it mends, as a start of the box does
    with disks.mounted(kept, instant / "after"):
        check(tally, instant / "after" / "state", lines + more)
    kept.unlink()


def _full(tally: Tally, place: Path) -> None:
    """Alerts until nothing more can be written; then there is room again."""
    with disks.small(place, "8M") as mount:
        lines, told = [], False
        with WatchStore(mount / "state", clock=lambda: NOW, terms=SET) as store:
            ballast = mount / "ballast"
            with ballast.open("wb", buffering=0) as out, contextlib.suppress(OSError):
                while True:
                    out.write(b"x" * 4096)
            for n in range(5_000):
                try:
                    store.upsert([alert(f"{n:020x}")])
                except WillRetry:
                    break
                lines.append(f"a {n:020x}")
            told = any(one.rule == Trouble.FULL for one in store.load_alerts())
            ballast.unlink()
            store.upsert([alert("after")])
            lines.append("a after")
        tally.phases["disk full"] += 1
        tally.lost += not told
        check(tally, mount / "state", lines)


def _clock(tally: Tally, place: Path) -> None:
    now = [NOW]
    lines = []
    with WatchStore(place / "state", clock=lambda: now[0], terms=SET) as store:
        for n, moved in enumerate((0, 0, -DAY, 0, DAY, 0)):
            now[0] += moved + 60 * SECOND
            store.upsert([alert(f"{n:020x}", now[0])])
            lines.append(f"a {n:020x}")
            store.add_series([SeriesRow(now[0] // (60 * SECOND), "192.168.1.20", None, "ssl", 1, 2, 1, 1, 1)])
            store.flush(now[0], force=True)
            lines.append("s 1")
    tally.phases["clock set back"] += 1
    check(tally, place / "state", lines)


def _flip(tally: Tally, place: Path, chance: random.Random, kind: type[OwnStore], *, inside: bool) -> None:
    state = place / "state"
    with kind(state, clock=lambda: NOW, terms=SET) as store:
        for n in range(40):
            store.upsert([alert(f"{n:020x}")])
        kept = read(store.path, lambda db: list(entries(db)))
        values = store._db.execute("SELECT body, mac FROM journal").fetchall()
    data = bytearray(store.path.read_bytes())
    spans = [(at, at + len(value)) for row in values for value in row for at in [data.find(value)] if value]
    assert all(first >= 0 for first, _ in spans)
    if inside:
        first, after = chance.choice(spans)
        place_of = chance.randrange(first, after)
    else:
        place_of = chance.randrange(len(data))
        while any(first <= place_of < after for first, after in spans):
            place_of = chance.randrange(len(data))
    data[place_of] ^= 1 << chance.randrange(8)
    store.path.write_bytes(data)
    try:
        found = bool(rescue.damage(store.path)) or faulty(state)
        whole = found or read(store.path, lambda db: list(entries(db))) == kept
    except StoreError:
        found = whole = True  # it is refused with a sentence
    tally.phases["flipped inside" if inside else "flipped elsewhere"] += 1
    if inside:
        tally.flipped += 1
        tally.found += found
    else:
        tally.broken += not whole
