"""What a trial kills: `python -m tests.trials.writer STATE WORDS SEED` writes alerts and traffic, and says where it stands.

Each acknowledged alert is a line "a ID" on stdout, each acknowledged batch of traffic "s COUNT". WORDS is a file whose first sixteen bytes
are the phase it is in: a parent that maps it sees the phase at the moment of its kill.
"""

import mmap
import random
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from sensor.store import SeriesRow, WatchStore, sealed
from sensor.store.backup import back_up
from tests.trials.made import NOW, SECOND, alert

sealed._COST = (4, 8, 1)  # a trial is about when a backup is cut off, not about its passphrase


def main(state: Path, words: Path, seed: int) -> NoReturn:
    chance = random.Random(seed)
    with words.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), 16)

        def phase(name: str) -> None:
            shared[:16] = name.ljust(16).encode()

        phase("migration")
        store = WatchStore(state, clock=lambda: NOW)
        n = 0
        while True:
            phase("batch")
            rows = [
                SeriesRow(NOW // (60 * SECOND) + n, f"192.168.1.{d}", None, "ssl", 1, 2, 1, 1, 1) for d in range(60)
            ]
            store.add_series(rows)
            store.flush(NOW, force=True)
            say(f"s {len(rows)}")
            for _ in range(chance.randrange(1, 8)):
                n += 1
                phase("commit")
                store.upsert([alert(f"{seed:08x}{n:012x}")])
                say(f"a {seed:08x}{n:012x}")
            if chance.random() < 0.3:
                phase("checkpoint")
                store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            if chance.random() < 0.3:
                phase("backup")
                back_up(state, None, words.with_name("backup"), "cheval agrafe pile")
            if chance.random() < 0.2:
                phase("upkeep")
                store.maintain(NOW)
                store.upsert([replace(alert(f"{seed:08x}{n:012x}"), count=2, ended=True)])
            if chance.random() < 0.2:
                phase("idle")
                time.sleep(0.002)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
