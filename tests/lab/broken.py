"""`python -m tests.lab.broken`: breaks one guard of each reader on purpose, and sees whether the lab's recordings notice.

Each guard (`guards`) is a line of a reader turned into its opposite, in a Python of its own and on no disk; then Vigie judges the
recordings that live by it, and Wireshark is asked too. Prints `broken N, noticed N`; exit status 1 if one went unnoticed.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from tests.lab.guards import GUARDS, TOP, Guard

UNNOTICED, NOTICED, NOT_THERE = 10, 11, 12  # exit statuses that no failing Python has


class _Breaker(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from its source with a guard broken."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.broke = False

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._guard.module:
            return None
        file = TOP / (fullname.replace(".", "/") + ".py")
        return importlib.util.spec_from_file_location(fullname, file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        self.broke = self._guard.old in source
        exec(compile(source.replace(self._guard.old, self._guard.new), str(module.__file__), "exec"), module.__dict__)


def judge(guard: Guard) -> int:
    """In a Python of its own: UNNOTICED, NOTICED, or NOT_THERE when the guard's line is no longer in the source."""
    breaker = _Breaker(guard)
    sys.meta_path.insert(0, breaker)
    from click.testing import CliRunner

    from dashboard.cli import main as vigie
    from dashboard.cli.settings import load_settings
    from dashboard.compare import ours, theirs
    from dashboard.compare.judge import compare
    from tests.lab import scenario as scenarios
    from tests.lab.frames import read
    from tests.lab.verdict import alerts_of

    scenario = scenarios.load(guard.scenario)
    data = read(next((TOP / "tests" / "recordings").glob(f"{guard.scenario}.pcap*")))
    with tempfile.TemporaryDirectory(prefix="vigie-lab-") as directory:
        file = Path(directory, "mirror.pcap")
        file.write_bytes(data)
        config = Path(directory, "vigie.yml")
        config.write_text(scenario.config or "privacy: full\n", encoding="utf-8")
        result = CliRunner().invoke(vigie, ["inspect", str(file), "--json", "--config", str(config)])
        if not breaker.broke:
            return NOT_THERE
        if result.exit_code or scenarios.judge(scenario, alerts_of(result.stdout)):
            return NOTICED
        mine, packets = ours.read(str(file), load_settings(None, None))
        found = compare(mine, theirs.read(str(file), packets, seconds=120))
    return NOTICED if any(each.only == "wireshark" for each in found.differences) else UNNOTICED


def main() -> int:
    if len(sys.argv) == 2:
        return judge(GUARDS[int(sys.argv[1])])
    noticed = 0
    for number, guard in enumerate(GUARDS):
        done = subprocess.run(
            [sys.executable, "-m", "tests.lab.broken", str(number)],
            cwd=TOP,
            capture_output=True,
            text=True,
            check=False,
        )
        noticed += done.returncode == NOTICED
        if done.returncode != NOTICED:
            why = {UNNOTICED: "unnoticed", NOT_THERE: "its line is no longer there"}.get(
                done.returncode, done.stderr[-500:]
            )
            print(f"{guard.module} ({guard.old}): {why}")
    print(f"broken {len(GUARDS)}, noticed {noticed}")
    return 0 if noticed == len(GUARDS) else 1


if __name__ == "__main__":
    sys.exit(main())
