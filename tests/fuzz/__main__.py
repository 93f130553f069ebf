"""`python -m tests.fuzz [--inputs N] [--seed N] [READER…]`: the long form, 100,000 inputs a reader unless told; exit 1 if one is broken."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sensor.settings import load
from sensor.wire.readers import DATAGRAMS, STREAMS
from tests.fuzz.fuzz import Figures, fuzz_datagrams, fuzz_stream, fuzz_whole
from tests.fuzz.seeds import WHOLES, harvest


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*")
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        streams, datagrams = harvest(load(None, None), Path(folder))
    broken = 0
    for kind, table, seeds, fuzz in (
        ("stream", STREAMS, streams, fuzz_stream),
        ("datagram", DATAGRAMS, datagrams, fuzz_datagrams),
    ):
        for entry in table:
            if not asked.readers or entry.service in asked.readers:
                broken += timed(kind, partial(fuzz, entry, seeds.get(entry.service, []), asked.inputs, asked.seed))
    for name in WHOLES:
        if not asked.readers or name in asked.readers:
            broken += timed("whole", partial(fuzz_whole, name, asked.inputs, asked.seed))
    return 1 if broken else 0


def timed(kind: str, fuzz: Callable[[], Figures]) -> int:
    """Tells one reader's figures; how many inputs broke it."""
    start = time.perf_counter()
    told = fuzz()
    spent = time.perf_counter() - start
    print(
        f"{kind:<8} {told.service:<12} {told.inputs:>7} inputs, {told.share:5.1%} with an event, {len(told.broken)} broken,"
        f" {spent / max(told.inputs, 1) * 1e6:4.0f} µs each",
        flush=True,
    )
    for error, pieces in told.broken[:3]:
        print(f"  {error}: {pieces!r}"[:2_000])
    return len(told.broken)


if __name__ == "__main__":
    sys.exit(main())
