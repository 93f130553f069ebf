"""The trials of whole processes: `vigie watch`, `serve`, `relay` and `backup`, killed in each of their phases, or with the power of their disk cut."""

import random
import time
from contextlib import nullcontext
from pathlib import Path

from sensor.store import WatchStore
from sensor.store.backup import unpack
from tests.influxd.equal import compared
from tests.influxd.fixtures import practice_of
from tests.influxd.server import Influxd
from tests.trials import disks
from tests.trials.checks import Tally, check
from tests.trials.influx import fill, now
from tests.trials.made import NOW, SET, alert, old_store
from tests.trials.processes import PROCESSES, Backup, Process
from tests.veth import wire

PHASES = (
    ("watch", "commit"),
    ("serve", "commit"),
    ("watch", "batch"),
    ("relay", "commit"),
    ("watch", "migration"),
    ("serve", "checkpoint"),
    ("watch", "checkpoint"),
    ("backup", "backup"),
    ("watch", "upkeep"),
    ("relay", "checkpoint"),
    ("serve", "upkeep"),
    ("watch", "commit"),
)
CUTS = (("watch", "commit"), ("serve", "commit"), ("watch", "batch"), ("serve", "checkpoint"), ("watch", "checkpoint"))
OLD_ROWS = 4_000
_LATE = {"migration": 0.03, "commit": 0.002, "batch": 0.002}  # seconds that a phase may last


def process(tally: Tally, place: Path, seed: int, chance: random.Random, server: Influxd) -> None:
    """One that is killed."""
    number = tally.turn("process")
    who, phase = PHASES[number % len(PHASES)]
    match who:
        case "relay":
            _relay(tally, place, phase, chance, server)
        case "backup":
            _backup(tally, place, chance)
        case _:
            _kept(tally, place, (who, phase), seed, chance)


def _kept(tally: Tally, place: Path, what: tuple[str, str], seed: int, chance: random.Random) -> None:
    """`watch` or `serve`: what they said they keep is kept."""
    who, phase = what
    state, rows = place / "state", 0
    if phase == "migration":
        rows = OLD_ROWS
        old_store(state, rows, now())
    with wire() if who == "watch" else nullcontext():
        running = PROCESSES[who](state, place / "words", seed)
        if phase != "migration":
            running.lines(chance.randrange(2, 12))
        lines = _killed(tally, running, who, phase, chance.random() * _LATE.get(phase, 0.0002))
    check(tally, state, lines, rows=rows, whole=True)


def _relay(tally: Tally, place: Path, phase: str, chance: random.Random, server: Influxd) -> None:
    """What it had not shipped another ships, and what it had is not there twice."""
    made = practice_of(server, place / "practice")
    fill(made, now(), 30, devices=5, alerts=1)
    running = PROCESSES["relay"](made.state, place / "words", 0)
    _killed(tally, running, "relay", phase, chance.random() * 0.002)
    fill(made, now(), 2, devices=5, alerts=1)
    made.ship()
    found = compared(made)
    tally.acknowledged += found.points
    tally.lost += found.lost
    tally.duplicated += found.duplicated
    check(tally, made.state, [], whole=True)


def _backup(tally: Tally, place: Path, chance: random.Random) -> None:
    """Its stores are as they were, and there is a whole backup or none."""
    state = place / "state"
    names = [f"{n:020x}" for n in range(40)]
    with WatchStore(state, clock=lambda: NOW, terms=SET) as store:
        store.upsert(alert(name) for name in names)
    running = PROCESSES["backup"](state, place / "words", 0)
    _killed(tally, running, "backup", "backup", chance.random() * 0.1)
    if Backup.target(state).exists():
        unpack(Backup.target(state), "cheval agrafe pile", place / "unpacked")
    check(tally, state, [f"a {name}" for name in names], whole=True)


def _killed(tally: Tally, running: Process, who: str, phase: str, late: float) -> list[str]:
    running.reach(phase)
    time.sleep(late)
    hit, lines = running.kill()
    tally.phases[f"vigie {who} {hit}"] += 1
    return lines


def cut(tally: Tally, instant: Path, seed: int, chance: random.Random) -> None:
    """The power of the disk that it writes."""
    number = tally.turn("process cut")
    who, phase = CUTS[number % len(CUTS)]
    with disks.ext4(instant) as (image, mount, _), wire() if who == "watch" else nullcontext():
        running = PROCESSES[who](mount / "state", instant / "words", seed)
        running.lines(chance.randrange(2, 12))
        running.reach(phase)
        lines = running.lines(0)
        hit = running.phase
        image_cut = disks.copied_in_an_instant(image)
        tally.phases[f"vigie {who} power cut in {hit}"] += 1
        running.kill()
    with disks.mounted(image_cut, instant / "after"):
        check(tally, instant / "after" / "state", lines, whole=True)
    image_cut.unlink()
