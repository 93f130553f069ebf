"""One scenario, acted in a lab of its own. Runs as process 1 of a sandbox: `python -m tests.lab.inside SCENARIO OUT`.

Leaves in OUT `mirror.pcap`, with --live also `alerts.jsonl` and `stats.json`, and `failure` if the lab failed.
"""

import argparse
import signal
import subprocess
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path

from tests.lab import scenario as scenarios
from tests.lab.lab import Lab, LabError, until
from tests.lab.network import MIRROR, WATCHER
from tests.lab.recorder import Recorder
from tests.lab.sandbox import LAB, OUT, furnish

_CLOSING = 30.0  # seconds for `vigie watch` to write what it knows


class Watch:
    """`vigie watch` on the mirror, as on the box."""

    def __init__(self, config: str | None) -> None:
        self._config = config

    def __enter__(self) -> None:
        vigie = Path(sys.executable).parent / "vigie"
        state, log = LAB / "state", OUT / "watch.log"
        more = []
        if self._config:
            (LAB / "vigie.yml").write_text(self._config)
            more = ["--config", str(LAB / "vigie.yml")]
        with (OUT / "alerts.jsonl").open("wb") as told, log.open("wb") as said:
            self._process = subprocess.Popen(
                ["ip", "netns", "exec", WATCHER, vigie, "watch", "--interface", MIRROR, "--state", state, "--json",
                 "--stats", OUT / "stats.json", *more],
                stdout=told, stderr=said, start_new_session=True,
            )  # fmt: skip
        until(self._listening, "vigie watch to open the mirror port")

    def _listening(self) -> bool:
        if self._process.poll() is not None:
            raise LabError(f"vigie watch ended with {self._process.returncode}\n{(OUT / 'watch.log').read_text()}")
        listed = subprocess.run(
            ["ip", "netns", "exec", WATCHER, "cat", "/proc/net/packet"], capture_output=True, check=True
        )
        return len(listed.stdout.splitlines()) > 2  # its heading, and the recorder's own socket

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_CLOSING)


def act(scenario: scenarios.Scenario, *, live: bool, keep: bool) -> None:
    lab = Lab()
    try:
        with ExitStack() as stack:
            stack.enter_context(Recorder(OUT / "mirror.pcap"))
            if live:
                stack.enter_context(Watch(scenario.config))
            lab.furnish()
            scenario.act(lab)
            if keep:
                _stay()
    except (LabError, subprocess.SubprocessError, OSError):
        (OUT / "failure").write_text(f"{traceback.format_exc()}\n{lab.logs()}")
        raise


def _stay() -> None:
    """Keeps the lab standing for a look."""
    print("The lab stands until Ctrl-C. From another terminal, as root:")
    print("  nsenter -m -n -p -t $(pgrep -f tests.lab.inside | tail -1) ip netns exec accueil bash", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        return


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("out", type=Path)
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    scenario = scenarios.load(given.scenario)
    furnish(given.out)
    try:
        act(scenario, live=given.live, keep=given.keep)
    except (LabError, subprocess.SubprocessError, OSError):
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
