"""A relay that a trial kills: `python -m tests.trials.relayed FOLDER STEP COUNT` ships once, and ends by SIGKILL at the COUNT-th STEP.

FOLDER holds vigie.yml and state/. Steps: before a write to InfluxDB, after it, before a cursor moves, after it, before alerts get
their place, after it. Ends by itself, with 0, if that step does not come so often.
"""

import os
import signal
import sys
from pathlib import Path

from dashboard.influx.client import Influx
from dashboard.relay.loop import Relay
from dashboard.relay.shipping import Site
from sensor.settings import load
from sensor.store.relay import RelayStore
from tests.influxd.fixtures import KEY

STEPS = ("before write", "after write", "before move", "after move", "before place", "after place")


def main(folder: Path, step: str, count: int) -> None:
    left = [count]

    def reached(name: str) -> None:
        left[0] -= name == step
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(name, really):
        def call(*given):
            reached(f"before {name}")
            found = really(*given)
            reached(f"after {name}")
            return found

        return call

    for owner, name in ((Influx, "write"), (RelayStore, "move"), (RelayStore, "place")):
        setattr(owner, name, watched(name, getattr(owner, name)))
    policy = load(folder / "vigie.yml", None).policy
    assert policy.influxdb is not None
    with RelayStore(folder / "state") as store:
        Relay(Site.of(folder / "state", policy.influxdb, policy, KEY), store, folder / "vigie.yml").once()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
