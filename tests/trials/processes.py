"""The processes of the box as a trial kills them: `vigie watch` on a wire that mails pass, `vigie serve` that people come to, `vigie backup`.

Each is started by `tests.trials.running`, fed by a thread until it is killed, and has `lines`: what it had acknowledged by then, as of
`tests.trials.writer`: "a ID" once `watch` printed the alert, "i ADDRESS" once `serve` answered who came from there.
"""

import http.client
import itertools
import json
import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from sensor.demo import mail
from sensor.demo.film import Film
from tests.veth import send

ROOT = Path(__file__).resolve().parent.parent.parent
READY = 120  # seconds: a start compiles if nothing was compiled yet


def mails(first: int) -> Iterator[list[bytes]]:
    """Mails in clear, each from a post of its own: the frames of one at a time."""
    scanner = mail.SCANNER
    try:
        for n in itertools.count(first):
            low, high = n % 250 + 2, n // 250 % 250
            mail.SCANNER = replace(scanner, ip=f"192.168.{high}.{low}", mac=f"00:80:77:00:{high:02x}:{low:02x}")
            film = Film(n)
            mail.report_in_clear(film, 0)
            yield frames(film.develop(0))
    finally:
        mail.SCANNER = scanner


def frames(file: bytes) -> list[bytes]:
    """Of a film's capture."""
    at, found = 24, []
    while at < len(file):
        size = int.from_bytes(file[at + 8 : at + 12], "little")
        found.append(file[at + 16 : at + 16 + size])
        at += 16 + size
    return found


class Process:
    """One of them. `phase`: where it stands now."""

    def __init__(self, state: Path, shared: Path, seed: int) -> None:
        shared.write_bytes(b"not yet".ljust(16))
        self._seed = seed
        self._file = shared.open("r+b")
        self._shared = mmap.mmap(self._file.fileno(), 16)
        self._ended = threading.Event()
        self._known: list[str] = []
        state.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.trials.running", shared, *self._words(state)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._threads = [threading.Thread(target=one) for one in (self._read, self._feed)]
        for thread in self._threads:
            thread.start()

    def _words(self, state: Path) -> tuple[str | Path, ...]:
        raise NotImplementedError

    @property
    def phase(self) -> str:
        return self._shared[:16].decode().strip()

    def lines(self, count: int) -> list[str]:
        """What it has acknowledged by now, once that is so much."""
        end = time.monotonic() + READY
        while len(self._known) < count and self._process.poll() is None:
            assert time.monotonic() < end, f"{type(self).__name__}: {self.phase}, {len(self._known)} lines"
            time.sleep(0.005)
        return list(self._known)

    def reach(self, phase: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while self.phase != phase and time.monotonic() < end and self._process.poll() is None:
            pass

    def kill(self) -> tuple[str, list[str]]:
        """(the phase it was in, what it had acknowledged)."""
        self._process.send_signal(signal.SIGKILL)
        phase = self.phase
        self._process.wait()
        self._ended.set()
        for thread in self._threads:
            thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._shared.close()
        self._file.close()
        return phase, list(self._known)

    def _read(self) -> None:
        """What it prints."""

    def _feed(self) -> None:
        """What happens to it."""


class Watch(Process):
    """Made by the thread that moved into `tests.veth.wire`: its threads and processes are there too."""

    def _words(self, state: Path) -> tuple[str | Path, ...]:
        return "watch", "--interface", "here", "--state", state, "--json", "--lang", "en"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(ValueError):  # the last line may be half of one
                self._known.append(f"a {json.loads(line)['id']}")

    def _feed(self) -> None:
        for one in mails(self._seed * 1_000):
            if self._ended.wait(0.01):
                return
            with suppress(OSError):
                send(one)


class Serve(Process):
    """Each visitor has an address of its own, and a link that nobody gave."""

    def _words(self, state: Path) -> tuple[str | Path, ...]:
        return "serve", "--state", state, "--listen", "127.0.0.1:0"

    def _feed(self) -> None:
        assert self._process.stdout is not None
        at = urlsplit(self._process.stdout.readline().strip())
        for n in itertools.count(1):
            if self._ended.is_set() or at.port is None:
                return
            source = f"127.{self._seed % 200 + 1}.{n // 250}.{n % 250 + 1}"
            with suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection("127.0.0.1", at.port, timeout=5, source_address=(source, 0))
                line.request("GET", f"/enter/nobody-gave-this-{n}")
                if line.getresponse().status == 403:
                    self._known.append(f"i {source}")
                line.close()


class Backup(Process):
    """Ends by itself, which is a trial too."""

    def _words(self, state: Path) -> tuple[str | Path, ...]:
        secret = state.parent / "passphrase"
        secret.write_text("cheval agrafe pile\n")
        return "backup", "--state", state, "--to", self.target(state), "--passphrase-file", secret

    @staticmethod
    def target(state: Path) -> Path:
        return state.parent / "one.backup"


class Relay(Process):
    """Of a practice that has an InfluxDB (`tests.influxd.fixtures.practice_of`), whose vigie.yml lies beside the state directory."""

    def _words(self, state: Path) -> tuple[str | Path, ...]:
        return "relay", "--state", state, "--config", state.parent / "vigie.yml"


PROCESSES: dict[str, type[Process]] = {"watch": Watch, "serve": Serve, "relay": Relay, "backup": Backup}
