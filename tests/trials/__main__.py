"""The long run: `python -m tests.trials [--count N] [--seed S]`, as root; exit 1 if anything was lost, doubled or not found."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.influxd.server import running
from tests.trials.trials import run

parser = argparse.ArgumentParser(prog="python -m tests.trials")
parser.add_argument("--count", type=int, default=200)
parser.add_argument("--seed", type=int, default=1)
asked = parser.parse_args()
with TemporaryDirectory(prefix="vigie-influxd-") as name, running(Path(name)) as server:
    tally = run(asked.count, asked.seed, server, lambda line: print(line, flush=True))
print(tally)
sys.exit(not tally.well)
