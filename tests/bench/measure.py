"""What a command costs: processor time of its whole tree, and the highest anonymous memory."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

VIGIE = Path(sys.executable).with_name("vigie")


class Cost(NamedTuple):
    cpu: float  # user and system seconds, the process and all its children
    seconds: float  # on the wall


def run(*command: str) -> Cost:
    """Runs it to its end, its output thrown away; `wait4` adds up what its children used too."""
    begin = os.times().elapsed
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    said = child.stderr.read()
    child.stderr.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {child.returncode}\n{said.decode(errors='replace')}")
    return Cost(usage.ru_utime + usage.ru_stime, os.times().elapsed - begin)


def best(times: int, *command: str) -> Cost:
    """The least of some runs: what else the machine does only ever adds."""
    return min(run(*command) for _ in range(times))


def vigie(capture: Path, stats: Path) -> tuple[str, ...]:
    return (str(VIGIE), "inspect", str(capture), "--json", "--stats", str(stats))


def ndpi(capture: Path) -> tuple[str, ...]:
    return ("ndpiReader", "-q", "-i", str(capture))


def figures(stats: Path) -> dict[str, int | float]:
    found: dict[str, int | float] = json.loads(stats.read_text())
    return found
