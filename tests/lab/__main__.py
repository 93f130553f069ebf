"""`tests/lab/run SCENARIO…|all [--live] [--record PATH] [--keep] [--list]`: acts scenarios and judges what Vigie tells of them.

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
from dataclasses import dataclass
from pathlib import Path

from tests.lab import packages, recording
from tests.lab import scenario as scenarios
from tests.lab.sandbox import command
from tests.lab.verdict import InspectError, alerts_of, inspect, verdict

LIMIT = 180.0  # seconds a scenario may take
SHORT = (  # one of each kind, ≤ 3 minutes, for every run of the tests
    "mail_clear_pdf", "mail_starttls_pdf", "ssh_shell", "ssh_scanned", "vnc_session", "upload_transfer", "browsing", "guest_messenger",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Acted:
    """What a scenario left: the recording, and with --live what `vigie watch` told."""

    failure: str | None
    pcap: bytes
    live: str | None


def act(name: str, *, live: bool = False, keep: bool = False) -> Acted:
    """Acts one scenario in a sandbox."""
    with tempfile.TemporaryDirectory(prefix="vigie-lab-") as directory:
        out = Path(directory)
        options = [option for option, on in (("--live", live), ("--keep", keep)) if on]
        argv = command([sys.executable, "-m", "tests.lab.inside", name, directory, *options])
        process = subprocess.Popen(argv, cwd=Path(__file__).parents[2])
        try:
            code = process.wait(None if keep else LIMIT)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            process.kill()  # and with it, by the kernel, all of the sandbox
            process.wait()
        if code == 130:
            raise KeyboardInterrupt
        failure = _text(out / "failure") or (f"the lab ended with {code}" if code else None)
        pcap = (out / "mirror.pcap").read_bytes() if (out / "mirror.pcap").exists() else b""
        return Acted(failure, pcap, _text(out / "alerts.jsonl") if live else None)


def _text(file: Path) -> str | None:
    return file.read_text() if file.exists() else None


def run(name: str, *, live: bool, record: Path | None, keep: bool) -> tuple[str, list[str]]:
    """Acts and judges one scenario: "right", "waiting", "recorded" or "wrong", with what there is to say."""
    scenario = scenarios.load(name)
    acted = act(name, live=live, keep=keep)
    if acted.failure:
        return "wrong", [acted.failure]
    if record:
        recording.keep(acted.pcap, record / f"{name}.pcap" if record.is_dir() else record)
    missing = scenarios.unseen(scenario, acted.pcap)
    if missing:
        return "wrong", missing
    try:
        alerts = alerts_of(acted.live) if acted.live is not None else inspect(acted.pcap, scenario.config)
    except InspectError as failed:
        return "wrong", [str(failed)]
    return verdict(scenario, alerts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/lab/run", description="Real programs on a practice's network, judged.")
    parser.add_argument("scenario", nargs="*", help="names, 'all' or 'short'")
    parser.add_argument("--live", action="store_true", help="judge with vigie watch on the mirror port")
    parser.add_argument("--record", type=Path, metavar="PATH", help="keep the recording: a file, or a folder")
    parser.add_argument("--keep", action="store_true", help="leave the lab standing until Ctrl-C")
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
    chosen = {"all": every, "short": list(SHORT)}.get(given.scenario[0], given.scenario)
    if unknown := {name for name in chosen if not (scenarios.FOLDER / f"{name}.py").exists()}:
        print(f"No such scenario: {', '.join(sorted(unknown))}. --list names them.", file=sys.stderr)
        return 2
    packages.install()
    shutil.which("tcpdump") or sys.exit("tcpdump is missing")
    count = {"right": 0, "waiting": 0, "wrong": 0, "recorded": 0}
    for name in chosen:
        begun = time.monotonic()
        outcome, sentences = run(name, live=given.live, record=given.record, keep=given.keep)
        count[outcome] += 1
        print(f"{outcome:8} {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        for sentence in sentences:
            print(f"         {sentence}", flush=True)
    more = "".join(f", {word} {count[word]}" for word in ("wrong", "recorded") if count[word])
    print(f"scenarios {len(chosen)}, right {count['right']}, waiting {count['waiting']}{more}")
    return 1 if count["wrong"] else 0


if __name__ == "__main__":
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, signal.default_int_handler)  # however it is stopped, it clears up
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("stopped; nothing of the lab is left", file=sys.stderr)
        sys.exit(130)
