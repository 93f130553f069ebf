"""`tests/lab/run SCENARIO…|all|short|mail|TABLE [--live] [--record PATH] [--keep] [--list]`: acts scenarios and judges what Vigie tells.

TABLE is one of `tables`: what it says is printed as a table, too. `mail` is the mail table, each cell of which is a scenario; it is printed
whenever some of it was acted.

Each scenario has a lab of its own, and of that nothing is left. By default the mirror is recorded, and `vigie inspect`
judges the recording; with --live, `vigie watch` sits on the mirror while the scenario acts. Ends with a line
`scenarios N, right N, waiting N` and exit status 1 if anything is wrong.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab import packages, recording, roots, table, table_cut, tables
from tests.lab import scenario as scenarios
from tests.lab.sandbox import command
from tests.lab.scenario import Alert
from tests.lab.verdict import InspectError, alerts_of, inspect, verdict

LIMIT = 180.0  # seconds a scenario may take
LIMIT_CELLS = 600.0  # and one of many cells
JOBS = 1 + (os.cpu_count() or 1)  # labs at the same time: mostly they wait
SHORT = (  # one of each kind, ≤ 3 minutes, for every run of the tests
    "mail_clear_pdf", "mail_starttls_pdf", "ssh_shell", "ssh_scanned", "vnc_session", "upload_transfer", "browsing", "guest_messenger",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Acted:
    """What a scenario left: the recording, and with --live what `vigie watch` told."""

    failure: str | None
    pcap: bytes
    live: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """ "right", "waiting", "recorded" or "wrong", with what there is to say, and what Vigie told; by cell, what is wrong with it."""

    word: str
    sentences: tuple[str, ...]
    alerts: tuple[Alert, ...] = ()
    seconds: float = 0.0
    cells: Mapping[str, list[str]] = field(default_factory=dict)


RUNNING: set[subprocess.Popen[bytes]] = set()


def act(name: str, *, live: bool = False, keep: bool = False) -> Acted:
    """Acts one scenario in a sandbox."""
    with tempfile.TemporaryDirectory(prefix="vigie-lab-") as directory:
        out = Path(directory)
        options = [option for option, on in (("--live", live), ("--keep", keep)) if on]
        argv = command([sys.executable, "-m", "tests.lab.inside", name, directory, *options])
        process = subprocess.Popen(argv, cwd=Path(__file__).parents[2])
        RUNNING.add(process)
        try:
            code = process.wait(None if keep else LIMIT_CELLS if scenarios.load(name).cells else LIMIT)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            process.kill()  # and with it, by the kernel, all of the sandbox
            process.wait()
            RUNNING.discard(process)
        if code == 130:
            raise KeyboardInterrupt
        failure = _text(out / "failure") or (f"the lab ended with {code}" if code else None)
        pcap = (out / "mirror.pcap").read_bytes() if (out / "mirror.pcap").exists() else b""
        failure = failure or (None if pcap else "the lab left no recording")
        return Acted(failure, pcap, _text(out / "alerts.jsonl") if live else None)


def _text(file: Path) -> str | None:
    return file.read_text() if file.exists() else None


def run_cells(name: str, *, record: Path | None, keep: bool) -> Outcome:
    """Acts and judges the cells of one server of the mail table."""
    begun = time.monotonic()
    cells = scenarios.load(name).cells
    acted = act(name, keep=keep)
    if acted.failure:
        found = {cell.name: [acted.failure] for cell in cells if not cell.impossible}
    else:
        found = table_cut.judged(cells, acted.pcap)
        if record:
            table_cut.keep(cells, acted.pcap, record / f"{name}.pcap.xz" if record.is_dir() else record)
    sentences = tuple(f"{cell}: {sentence}" for cell, wrong in found.items() for sentence in wrong)
    return Outcome("wrong" if sentences else "right", sentences, seconds=time.monotonic() - begun, cells=found)


def run(name: str, *, live: bool, record: Path | None, keep: bool) -> Outcome:
    """Acts and judges one scenario."""
    begun = time.monotonic()
    scenario = scenarios.load(name)
    if scenario.cells:
        return run_cells(name, record=record, keep=keep)
    acted = act(name, live=live or scenario.live, keep=keep)
    if acted.failure:
        return Outcome("wrong", (acted.failure,))
    if record:
        recording.keep(acted.pcap, record / f"{name}.pcap" if record.is_dir() else record)
    missing = scenarios.unseen(scenario, acted.pcap)
    if missing:
        return Outcome("wrong", tuple(missing))
    try:
        alerts = alerts_of(acted.live) if acted.live is not None else inspect(acted.pcap, scenario.config)
    except InspectError as failed:
        return Outcome("wrong", (str(failed),))
    word, sentences = verdict(scenario, alerts)
    return Outcome(word, tuple(sentences), tuple(alerts or ()), time.monotonic() - begun)


def run_each(chosen: list[str], one: Callable[[str], Outcome], jobs: int) -> Iterator[tuple[str, Outcome]]:
    """Some at a time, told as they end; whatever stops it, all end."""
    if jobs == 1 or len(chosen) == 1:
        yield from ((name, one(name)) for name in chosen)
        return
    with ThreadPoolExecutor(jobs) as pool:
        begun = {pool.submit(one, name): name for name in chosen}
        try:
            for done in as_completed(begun):
                yield begun[done], done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(RUNNING):
                process.kill()


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/lab/run", description="Real programs on a practice's network, judged.")
    parser.add_argument(
        "scenario", nargs="*", help=f"names, 'all', 'short', 'mail', {', '.join(map(repr, tables.TABLES))}"
    )
    parser.add_argument("--live", action="store_true", help="judge with vigie watch on the mirror port")
    parser.add_argument("--record", type=Path, metavar="PATH", help="keep the recording: a file, or a folder")
    parser.add_argument("--keep", action="store_true", help="leave the lab standing until Ctrl-C")
    parser.add_argument("--jobs", "-j", type=int, default=JOBS, help="labs at the same time (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="say which scenarios there are")
    given = parser.parse_args()
    every = scenarios.names()
    if given.list or not given.scenario:
        for name in every:
            print(f"{name:32} {scenarios.load(name).text.splitlines()[0]}")
        return 0
    if os.geteuid() != 0:
        print("The lab builds network namespaces: run it as root (sudo tests/lab/run …).", file=sys.stderr)
        return 2
    word = given.scenario[0]
    printed = tables.TABLES.get(word)
    groups = {"all": every, "short": list(SHORT), "mail": [name for name in every if scenarios.load(name).cells]}
    chosen = printed.names() if printed else groups.get(word, given.scenario)
    if unknown := {name for name in chosen if name not in every and not (scenarios.FOLDER / f"{name}.py").exists()}:
        print(f"No such scenario: {', '.join(sorted(unknown))}. --list names them.", file=sys.stderr)
        return 2
    packages.install()
    shutil.which("tcpdump") or sys.exit("tcpdump is missing")
    roots.make(*{root for name in chosen for root in scenarios.load(name).roots})
    outcomes: dict[str, Outcome] = {}
    jobs = 1 if given.keep else given.jobs
    for name, outcome in run_each(
        chosen, lambda name: run(name, live=given.live, record=given.record, keep=given.keep), jobs
    ):
        outcomes[name] = outcome
        print(f"{outcome.word:8} {name} ({outcome.seconds:.1f} s)", flush=True)
        for sentence in outcome.sentences:
            print(f"         {sentence}", flush=True)
    if printed:
        print(printed.text({name: (outcome.word, outcome.alerts) for name, outcome in outcomes.items()}))
    if cells := {cell: wrong for outcome in outcomes.values() for cell, wrong in outcome.cells.items()}:
        print(table.drawn(cells))
    words = [outcome.word for outcome in outcomes.values() if not outcome.cells]
    return _sum([*words, *("wrong" if wrong else "right" for wrong in cells.values())])


def _sum(words: list[str]) -> int:
    more = "".join(f", {word} {words.count(word)}" for word in ("wrong", "recorded") if word in words)
    print(f"scenarios {len(words)}, right {words.count('right')}, waiting {words.count('waiting')}{more}")
    return 1 if "wrong" in words else 0


if __name__ == "__main__":
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, signal.default_int_handler)  # however it is stopped, it clears up
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("stopped; nothing of the lab is left", file=sys.stderr)
        sys.exit(130)
