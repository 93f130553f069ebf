"""What Vigie says of a recording, set against what the scenario says must be told."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.lab import waiting
from tests.lab.scenario import Alert, Scenario, judge

LIMIT = 240.0  # seconds for `vigie inspect`: where the packet loop is not compiled yet, it compiles it first


class InspectError(RuntimeError):
    """`vigie inspect` ended otherwise than with its alerts."""


def vigie() -> Path | None:
    """The command beside this Python, once it exists and knows `inspect`."""
    command = Path(sys.executable).parent / "vigie"
    inspects = Path(__file__).parents[2] / "dashboard" / "cli" / "inspect.py"
    return command if command.exists() and inspects.exists() else None


def alerts_of(text: str) -> list[Alert]:
    """Lines of `--json` → alerts as they were last told."""
    last: dict[str, Alert] = {}
    for line in text.splitlines():
        alert = json.loads(line)
        last[alert["id"]] = alert
    return list(last.values())


def inspect(pcap: bytes, config: str | None) -> list[Alert] | None:
    """`vigie inspect --json` of a capture; None while Vigie cannot inspect."""
    command = vigie()
    if command is None:
        return None
    with tempfile.TemporaryDirectory(prefix="vigie-lab-") as directory:
        file = Path(directory, "mirror.pcap")
        file.write_bytes(pcap)
        more = []
        if config:
            policy = Path(directory, "vigie.yml")
            policy.write_text(config)
            more = ["--config", policy]
        argv = [command, "inspect", file, "--json", *more]
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
        except subprocess.TimeoutExpired:
            raise InspectError(f"vigie inspect took more than {LIMIT} s") from None
    if done.returncode or done.stderr:
        raise InspectError(f"vigie inspect ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return alerts_of(done.stdout)


def verdict(scenario: Scenario, alerts: list[Alert] | None) -> tuple[str, list[str]]:
    """("right" | "wrong" | "waiting" | "recorded", sentences)."""
    if alerts is None:
        return "recorded", ["vigie inspect does not exist yet"]
    if subjects := waiting.waits_for(scenario.needs):
        return "waiting", [f"for: {subject}" for subject in subjects]
    wrong = judge(scenario, alerts)
    return ("wrong", wrong) if wrong else ("right", [])
