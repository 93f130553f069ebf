"""What a trial kills: `python -m tests.trials.writer STATE WORDS SEED WHO` writes as `watch`, `serve` or `relay` does, and says where it stands.

On stdout a line for what was acknowledged: "a ID" an alert, "s COUNT" flows of a batch of traffic, "d ID" a decision, "i ID" a sign-in,
"o ID" something put into the outbox, "e ID" one that was sent. WORDS is a file whose first sixteen bytes are the phase it is in: a parent
that maps it sees the phase at the moment of its kill.
"""

import mmap
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from sensor.store import SeriesRow, WatchStore, sealed
from sensor.store.backup import back_up
from sensor.store.journal import Kind
from sensor.store.relay import RelayStore
from sensor.store.serve import ServeStore
from tests.trials.made import NOW, SECOND, SET, alert

sealed._COST = (4, 8, 1)  # a trial is about when a backup is cut off, not about its passphrase

Phase = Callable[[str], None]


class Watch:
    """Traffic in batches, alerts at once, some of which end."""

    def __init__(self, state: Path) -> None:
        self.store = WatchStore(state, clock=lambda: NOW, terms=SET)
        self._n = 0

    def batch(self) -> None:
        rows = [
            SeriesRow(NOW // (60 * SECOND) + self._n, f"192.168.1.{d}", None, "ssl", 1, 2, 1, 1, 1) for d in range(60)
        ]
        self.store.add_series(rows)
        self.store.flush(NOW, force=True)
        say(f"s {len(rows)}")

    def commit(self, name: str) -> None:
        self._n += 1
        self._last = name
        self.store.upsert([alert(name)])
        say(f"a {name}")

    def upkeep(self) -> None:
        self.store.maintain(NOW)
        self.store.upsert([replace(alert(self._last), count=2, ended=True)])


class Serve:
    """Sign-ins and decisions, some of which are made again."""

    def __init__(self, state: Path) -> None:
        self.store = ServeStore(state, clock=lambda: NOW, terms=SET)

    def batch(self) -> None:
        name = f"{random.getrandbits(64):016x}"
        self.store.sign_in(name, "password", "192.168.1.5", "opened")
        say(f"i {name}")

    def commit(self, name: str) -> None:
        self._last = name
        self.store.record(Kind.DECISION, name, {"verdict": "known", "reason": "a trial"})
        say(f"d {name}")

    def upkeep(self) -> None:
        self.store.maintain(NOW)
        self.store.record(Kind.DECISION, self._last, {"verdict": "offence", "reason": "seen again"})


class Relay:
    """Things put into the outbox, and sent; cursors that move."""

    def __init__(self, state: Path) -> None:
        self.store = RelayStore(state, clock=lambda: NOW, terms=SET)
        self._n = 0

    def batch(self) -> None:
        self._n += 1
        self.store.move({"influx.minutes": str(self._n), "influx.alerts": str(self._n)})

    def commit(self, name: str) -> None:
        self.store.put(name, "mail", b"a body " * 40)
        say(f"o {name}")

    def upkeep(self) -> None:
        self.store.maintain(NOW)
        for item in self.store.waiting("mail", NOW, 3):
            self.store.ended(item, "sent", {"to": "@example.fr"})
            say(f"e {item.name}")


WHO = {"watch": Watch, "serve": Serve, "relay": Relay}


def main(state: Path, words: Path, seed: int, who: str) -> NoReturn:
    chance = random.Random(seed)
    with words.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), 16)

        def phase(name: str) -> None:
            shared[:16] = name.ljust(16).encode()

        phase("migration")
        writer = WHO[who](state)
        n = 0
        while True:
            phase("batch")
            writer.batch()
            for _ in range(chance.randrange(1, 8)):
                n += 1
                phase("commit")
                writer.commit(f"{seed:08x}{n:012x}")
            if chance.random() < 0.3:
                phase("checkpoint")
                writer.store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            if chance.random() < 0.3:
                phase("backup")
                back_up(state, None, words.with_name("backup"), "cheval agrafe pile")
            if chance.random() < 0.3:
                phase("upkeep")
                writer.upkeep()
            if chance.random() < 0.2:
                phase("idle")
                time.sleep(0.002)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
