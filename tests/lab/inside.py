"""One scenario, acted in a lab of its own. Runs as process 1 of a sandbox: `python -m tests.lab.inside SCENARIO OUT`.

Leaves in OUT `mirror.pcap`, with --live also `alerts.jsonl` and `stats.json`, and `failure` if the lab failed.
"""

import argparse
import signal
import struct
import subprocess
import sys
import traceback
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from sensor.store.status import read_status, status_file
from tests.lab import scenario as scenarios
from tests.lab.frames import frames
from tests.lab.lab import Lab, LabError, until
from tests.lab.network import MIRROR, WATCHER
from tests.lab.recorder import Recorder
from tests.lab.sandbox import LAB, OUT, furnish

_OPENING = 90.0  # seconds for `vigie watch` to be ready: it may have to compile first
_LAST = 60.0  # seconds for it to take what the ring still holds
_TOLERANCE = 20_000_000  # nanoseconds between the recorder's clock and the ring's
_CLOSING = 30.0  # seconds for `vigie watch` to write what it knows


class Watch:
    """`vigie watch` on the mirror, as on the box."""

    def __init__(self, config: str | None) -> None:
        self._config = config

    def __enter__(self) -> Self:
        self._start()
        return self

    def restart(self) -> None:
        """As after an update of the box: what it knew is in its state, what it told before is told already."""
        self._stop()
        status_file(LAB / "state").unlink()
        self._start()

    def _start(self) -> None:
        vigie = Path(sys.executable).parent / "vigie"
        state, log = LAB / "state", OUT / "watch.log"
        policy = LAB / "vigie.yml"
        policy.write_text(self._config or "privacy: full\n")  # the judge must see who is meant
        with (OUT / "alerts.jsonl").open("ab") as told, log.open("ab") as said:
            self._process = subprocess.Popen(
                ["ip", "netns", "exec", WATCHER, vigie, "watch", "--interface", MIRROR, "--state", state, "--json",
                 "--stats", OUT / "stats.json", "--config", policy],
                stdout=told, stderr=said, start_new_session=True,
            )  # fmt: skip
        until(self._watching, "vigie watch to say how it goes", _OPENING)

    def _watching(self) -> bool:
        if self._process.poll() is not None:
            raise LabError(f"vigie watch ended with {self._process.returncode}\n{(OUT / 'watch.log').read_text()}")
        return read_status(status_file(LAB / "state")) is not None

    def _caught_up(self) -> bool:
        last = deque(frames((OUT / "mirror.pcap").read_bytes()), maxlen=1)
        status = read_status(status_file(LAB / "state"))
        if status is None or status.last_packet is None:
            return False
        seconds, micros = struct.unpack_from("<II", last[0].head)
        return status.last_packet > (seconds * 1_000_000 + micros) * 1_000 - _TOLERANCE

    def __exit__(self, *_: object) -> None:
        until(self._caught_up, "vigie watch to see what was recorded", _LAST)
        self._stop()

    def _stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_CLOSING)


def act(scenario: scenarios.Scenario, *, live: bool, keep: bool) -> None:
    lab = Lab()
    try:
        with ExitStack() as stack:

            def plug_in() -> None:
                stack.enter_context(Recorder(OUT / "mirror.pcap"))
                if live:
                    lab.restart_vigie = stack.enter_context(Watch(scenario.config)).restart

            if scenario.start == "late":
                lab.plug_in = plug_in
            else:
                plug_in()
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
