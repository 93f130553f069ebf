"""Wireshark's second opinion over captures of the corpus, many at a time: `python -m tests.corpus.oracle [--every N]`.

Vigie reads each capture by itself. tshark, whose start costs more than most captures, is given captures end to end, never two
in which one flow occurs: so a flow is one capture's, and its values are compared as if it had been read alone. A capture that
cannot stand behind another (cut short, of another format) is given to tshark alone, and so is one with a difference that nobody
has looked at: tshark's guesses about one capture may come from the one before.

Prints each difference that is not in `oracle_known.KNOWN`, then the agreement of each kind, in which every difference counts,
then `captures N, refused N, values N, agreed N, known N, left N`. Exit status 1 if a difference is left, if one that is known no
longer occurs (over all captures), or if a kind agrees in less than 99 %.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dashboard.cli.settings import load_settings
from dashboard.compare import Kind, Views, ours, theirs
from dashboard.compare.judge import Comparison, Difference, Why, compare
from tests.conftest import CORPUS
from tests.corpus.oracle_known import KNOWN, known

LEAST = 0.99
TOGETHER = 60  # captures that one tshark reads
PACKETS = 10_000  # of them together
SECONDS = 1_800.0
JOBS = 2
UNREADABLE = (Why.GAP, Why.MALFORMED, Why.FOREIGN)  # these are listed and not counted


@dataclass(slots=True)
class Opinion:
    """The comparison of some captures, its differences by capture; `refused`: what could not be read by one of the two."""

    captures: int = 0
    refused: list[str] = field(default_factory=list)
    found: Comparison = field(default_factory=Comparison)
    by_capture: list[tuple[str, Difference]] = field(default_factory=list)
    known: Counter[Kind] = field(default_factory=Counter)

    def add(self, other: "Opinion") -> None:
        self.captures += other.captures
        self.refused += other.refused
        self.found.counted += other.found.counted
        self.found.agreed += other.found.agreed
        self.by_capture += other.by_capture
        self.known += other.known

    def left(self) -> list[str]:
        """What Wireshark reads, Vigie does not, and no table explains."""
        return [
            f"{name}: {each.ends} {each.kind} {each.value!r} ({each.why})"
            for name, each in self.by_capture
            if known(name, each) is None
        ]

    def gone(self) -> list[str]:
        """What the table explains, and is no longer so."""
        there = {(name, each.ends, each.kind, each.value) for name, each in self.by_capture}
        return [f"{' '.join(key)}: is in the table, and no difference" for key in sorted(KNOWN.keys() - there)]


@dataclass(slots=True)
class Batch:
    views: Views = field(default_factory=Views)
    owner: dict[str, str] = field(default_factory=dict)  # flow → capture
    files: dict[str, Path] = field(default_factory=dict)  # by capture
    packets: int = 0

    def takes(self, views: Views, packets: int) -> bool:
        if views.foreign or self.views.foreign:
            return not self.files
        room = len(self.files) < TOGETHER and (not self.files or self.packets + packets <= PACKETS)
        return room and self.views.flows.keys().isdisjoint(views.flows)

    def add(self, name: str, file: Path, views: Views, packets: int) -> None:
        self.views.flows |= views.flows
        self.views.foreign = views.foreign
        self.owner |= dict.fromkeys(views.flows, name)
        self.files[name] = file
        self.packets += packets


def captures(corpus: Path) -> list[Path]:
    return sorted(path for path in corpus.rglob("*.pcap*") if "derived" not in path.parts[-2])


def opinion(corpus: Path, files: list[Path], jobs: int = 1) -> Opinion:
    """Vigie and Wireshark on these captures."""
    told = Opinion()
    batches: list[Batch] = []
    settings = load_settings(None, None)
    for file in files:
        try:
            views, packets = ours.read(str(file), settings)
        except ours.UnreadableError:
            told.refused.append(str(file.relative_to(corpus)))
            continue
        batch = next((each for each in batches if each.takes(views, packets)), None)
        if batch is None:
            batches.append(batch := Batch())
        batch.add(str(file.relative_to(corpus)), file, views, packets)
    if jobs == 1:
        for batch in batches:
            told.add(_judged(corpus, batch))
        return told
    with ProcessPoolExecutor(jobs) as pool:  # pyshark wants a main thread
        for number, part in enumerate(pool.map(partial(_judged, corpus), batches), 1):
            told.add(part)
            sys.stderr.write(f"{number} of {len(batches)} parts, {told.captures} captures\n")
    return told


def _judged(corpus: Path, batch: Batch) -> Opinion:
    told = Opinion(captures=len(batch.files))
    second = Views()
    with tempfile.TemporaryDirectory(prefix="vigie-oracle-") as private:
        for file, packets in _end_to_end(batch, Path(private)):
            try:
                second.flows |= theirs.read(str(file), packets, seconds=SECONDS).flows
            except theirs.NoWiresharkError:
                if not file.is_relative_to(corpus):
                    raise
                told.refused.append(str(file.relative_to(corpus)))
                told.captures -= 1
                del batch.files[str(file.relative_to(corpus))]
    told.found = compare(batch.views, second)
    new = [each for each in _counted(told.found) if known(batch.owner.get(each.flow, ""), each) is None]
    if new:
        _look_alone(batch, second, {each.flow for each in new})
        told.found = compare(batch.views, second)
    for each in _counted(told.found):
        name = batch.owner[each.flow]
        told.by_capture.append((name, each))
        told.known[each.kind] += known(name, each) is not None
    return told


def _counted(found: Comparison) -> list[Difference]:
    return [each for each in found.differences if each.only == "wireshark" and each.why not in UNREADABLE]


def _look_alone(batch: Batch, second: Views, flows: set[str]) -> None:
    """What tshark reads in these flows when it has their capture only. Of one that Vigie has not, each may be the capture."""
    owners = {batch.owner.get(flow) for flow in flows}
    for flow in flows:
        second.flows.pop(flow)
    for name in batch.files if None in owners else owners:
        views = theirs.read(str(batch.files[name]), batch.packets, seconds=SECONDS)
        for flow in flows & views.flows.keys():
            if batch.owner.setdefault(flow, name) == name:
                second.flows[flow] = views.flows[flow]


def _end_to_end(batch: Batch, private: Path) -> Iterator[tuple[Path, int]]:
    """(capture, packets): the batch as one, and those that will not be joined."""
    joined = private / "joined.pcapng"
    fit, alone = [], []
    for file in batch.files.values():
        whole = _merge([file], joined)
        (fit if whole else alone).append(file)
    if fit and _merge(fit, joined):
        yield joined, batch.packets
    else:
        alone = list(batch.files.values())
    yield from ((file, batch.packets) for file in alone)


def _merge(files: list[Path], into: Path) -> bool:
    tool = shutil.which("mergecap") or "mergecap"
    argv = [tool, "-a", "-I", "none", "-w", str(into), *map(str, files)]
    done = subprocess.run(argv, capture_output=True, check=False)
    return done.returncode == 0 and not done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.corpus.oracle", description="Wireshark beside Vigie, over the corpus."
    )
    parser.add_argument("--every", type=int, default=1, help="every so manieth capture only")
    given = parser.parse_args()
    if not CORPUS.is_dir():
        sys.exit(f"no corpus at {CORPUS}")
    files = captures(CORPUS)[:: given.every]
    told = opinion(CORPUS, files, JOBS)
    return report(told, told.gone() if given.every == 1 else [])


def report(told: Opinion, gone: list[str]) -> int:
    say = sys.stdout.write
    left = told.left()
    for line in (*sorted(left), *gone):
        say(f"{line}\n")
    low = 0
    for kind in Kind:
        share = told.found.share(kind)
        if share is not None:
            low += share < LEAST
            agreed, counted = told.found.agreed[kind], told.found.counted[kind]
            say(f"{kind:14} {agreed:>6} of {counted:>6} agree: {share:.2%}, {told.known[kind]} known\n")
    values, agreed = told.found.counted.total(), told.found.agreed.total()
    say(
        f"captures {told.captures}, refused {len(told.refused)}, values {values}, agreed {agreed}, "
        f"known {told.known.total()}, left {len(left)}\n"
    )
    return 1 if left or gone or low else 0


if __name__ == "__main__":
    sys.exit(main())
