"""InfluxDB killed, away, slow, full, deceived; the relay killed at each step: `python -m tests.trials.influx [--kills N]`, as root.

After each the points in InfluxDB are those of the local store: lost 0, duplicated 0, or exit 1. The suite makes a few (test_influx.py).
"""

import argparse
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from dashboard.influx.client import Human, Influx, Later
from dashboard.relay import loop
from dashboard.relay.loop import Relay
from sensor.store import SeriesRow, WatchStore
from sensor.store.relay import RelayStore
from sensor.store.seeing import Counts
from sensor.store.upkeep import Terms
from tests.influxd.equal import Difference, compared
from tests.influxd.fixtures import Practice, practice_of
from tests.influxd.server import Influxd
from tests.trials.made import alert
from tests.trials.proxy import slow
from tests.trials.relayed import STEPS

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
TERMS = Terms(trusted=lambda: True)


@dataclass
class Tally:
    """What each trial came to."""

    found: dict[str, Difference] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        return bool(self.found) and all(
            not one.lost and not one.duplicated and one.points for one in self.found.values()
        )

    def __str__(self) -> str:
        lines = [
            f"influx {name}: {found}{f' {found.sample}' if found.sample else ''}" for name, found in self.found.items()
        ]
        points = sum(one.points for one in self.found.values())
        lost, more = (sum(getattr(one, name) for one in self.found.values()) for name in ("lost", "duplicated"))
        return "\n".join([*lines, f"influx all: {points} points: lost {lost}, duplicated {more}"])


class Trials:
    """One server and one practice a trial."""

    def __init__(self, server: Influxd, folder: Path, seed: int = 7) -> None:
        self._server = server
        self._folder = folder
        self._chance = random.Random(seed)
        self._made = 0
        self.tally = Tally()

    def practice(self) -> Practice:
        self._made += 1
        return practice_of(self._server, self._folder / str(self._made))

    def judge(self, name: str, made: Practice) -> None:
        self.tally.found[name] = compared(made)

    def kills(self, times: int) -> None:
        """influxd dies within a write, again and again, while traffic goes on."""
        made = self.practice()
        killed, armed = [0], threading.Event()
        really = Influx.write

        def write(influx: Influx, bucket: str, lines: tuple[str, ...]) -> None:
            if killed[0] < times and not armed.is_set():
                armed.set()
                killed[0] += 1
                threading.Timer(self._chance.random() * 0.02, self._server.kill).start()
            really(influx, bucket, lines)

        with patched(Influx, "write", write), patched(loop, "LONGEST", 0.5), patched(loop, "POLL", 0.2):
            with shipping(made) as failed:
                for turn in range(times):
                    fill(made, now() - turn * 40 * MINUTE, 40, devices=5, alerts=3)
                    wait(lambda turn=turn: killed[0] > turn and self._server._process is None, 120)
                    self._server.start()
                    armed.clear()
                wait(lambda: not failed(), 120)
            made.ship()
        assert killed[0] == times
        self.judge(f"killed {times} times", made)

    def away(self, points: int) -> None:
        """Nothing answers while so many points are made."""
        made = self.practice()
        self._server.kill()
        with shipping(made) as failed:
            for turn in range(4):
                fill(made, now() - turn * points // 40 * MINUTE, points // 40, devices=10, alerts=25)
            wait(failed, 60)
        self._server.start()
        made.ship()
        self.judge(f"away for {points} points", made)

    def slow(self, minutes: int) -> None:
        made = self.practice()
        fill(made, now(), minutes, devices=10, alerts=20)
        with slow(self._server.port, 32_000, 0.05) as port:
            there = replace(made.settings, url=f"http://127.0.0.1:{port}")
            replace(made, policy=replace(made.policy, influxdb=there)).ship()
        self.judge("slow line", made)

    def token(self) -> None:
        made = self.practice()
        fill(made, now(), 30, devices=5, alerts=5)
        right = made.files.write.read_text()
        made.files.write.write_text("wrong")
        expect(Human, made.ship)
        fill(made, now(), 3, devices=5, alerts=0)
        made.files.write.write_text(right)
        made.ship()
        self.judge("wrong token, then right", made)

    def bucket(self) -> None:
        made = self.practice()
        fill(made, now(), 30, devices=5, alerts=5)
        made.ship()
        for name in (made.settings.buckets.detail, made.settings.buckets.totals):
            found = made.server.get(f"/api/v2/buckets?name={name}")["buckets"][0]
            made.server.delete(f"/api/v2/buckets/{found['id']}")
        fill(made, now(), 2, devices=6, alerts=1)
        expect(Human, made.ship)
        made.set_up()
        made.ship()
        self.judge("bucket deleted, then made", made)

    def clock(self) -> None:
        made = self.practice()
        fill(made, now(), 60, devices=5, alerts=5)
        made.ship()
        fill(made, now() - 1440 * MINUTE, 60, devices=7, alerts=5)
        made.ship()
        fill(made, now(), 60, devices=5, alerts=5)
        made.ship()
        self.judge("clock back a day", made)

    def relay_killed(self, counts: tuple[int, ...]) -> None:
        """The relay dies at each of its steps; another begins where it stopped."""
        made = self.practice()
        died = 0
        for step in STEPS:
            for count in counts:
                fill(made, now() - died * 20 * MINUTE, 20, devices=5, alerts=4)
                command = [sys.executable, "-m", "tests.trials.relayed", str(made.folder), step, str(count)]
                died += subprocess.run(command, check=False).returncode == -9
        assert died >= len(STEPS), died
        made.ship()
        self.judge(f"relay killed at {died} steps", made)


def full_disk(folder: Path) -> Difference:
    """An InfluxDB whose disk is too small for what it is sent, then is not."""
    disk = folder / "disk"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], check=True)
    server = Influxd(folder / "influxd", engine=disk / "engine")
    try:
        made = practice_of(server.start().set_up(), folder / "practice")
        fill(made, now(), 400, devices=120, alerts=100)
        expect(Later, made.ship)
        subprocess.run(["mount", "-o", "remount,size=256m", disk], check=True)
        end = time.monotonic() + 120
        while True:
            try:
                made.ship()
                break
            except Later:
                server.kill()  # a shard that met a full disk may stay read-only: whoever makes room starts it again
                server.start()
                assert time.monotonic() < end
        return compared(made)
    finally:
        server.stop()
        subprocess.run(["umount", "--lazy", disk], check=False)


def now() -> int:
    return time.time_ns() // MINUTE * MINUTE


def fill(made: Practice, at: int, minutes: int, *, devices: int, alerts: int) -> None:
    """Traffic of so many minutes up to `at`, summed as far as it is over, and alerts, new and grown."""
    with WatchStore(made.state, clock=lambda: at, terms=TERMS) as store:
        store.add_series(
            SeriesRow(
                at // MINUTE - ago, f"10.0.0.{n}", f"aa:bb:cc:dd:ee:{n:02x}", "ssl", 10 + n, 20 + ago, 1, 2, 1, "hds"
            )
            for ago in range(minutes)
            for n in range(devices)
        )
        for ago in range(0, minutes, 10):
            store.add_sight(at - ago * MINUTE, 5.5, Counts(packets=ago + 1, bytes=900, drops=ago % 3))
        store.add_done_right(at, {"mssante": 1 + minutes % 4, "hds": 2})
        store.flush(at, force=True)
        while store.maintain(at):
            pass
        store.upsert(replace(alert(f"{at}-{n // 2}", at - n * SECOND), count=n + 1) for n in range(alerts))


@contextmanager
def shipping(made: Practice) -> Iterator[Callable[[], bool]]:
    """An endless relay beside; the answer says whether it is failing."""
    stop = threading.Event()
    failures = [0]

    def run() -> None:
        with RelayStore(made.state) as store:
            relay = Relay(made.site(), store, made.config)
            really = relay._turn

            def turn(count: int) -> tuple[float, int]:
                wait_for, failures[0] = really(count)
                return wait_for, failures[0]

            relay._turn = turn  # type: ignore[method-assign]
            relay.run(stop)
            relay.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield lambda: failures[0] > 0
    finally:
        stop.set()
        thread.join()


@contextmanager
def patched(owner: object, name: str, value: object) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def wait(until: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def expect(kind: type[Exception], call: Callable[[], object]) -> None:
    try:
        call()
    except kind:
        return
    raise AssertionError(f"no {kind.__name__}")


def run(folder: Path, kills: int) -> Tally:
    """All of them."""
    server = Influxd(folder / "influxd").start().set_up()
    try:
        trials = Trials(server, folder)
        trials.kills(kills)
        trials.away(10_000)
        trials.slow(60)
        trials.token()
        trials.bucket()
        trials.clock()
        trials.relay_killed((1, 2, 3))
    finally:
        server.stop()
    trials.tally.found["full disk"] = full_disk(folder / "full")
    return trials.tally


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.trials.influx")
    parser.add_argument("--kills", type=int, default=50)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="vigie-influx-") as name:
        tally = run(Path(name), asked.kills)
    print(tally)
    sys.exit(not tally.well)
