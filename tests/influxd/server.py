"""A running influxd: `Influxd(folder)` starts it on a free port of loopback, kills it, starts it again on the same data."""

import json
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.influxd.build import influxd
from tests.lab.authority import Pair

READY = 120  # seconds: three on a machine at rest


class Influxd:
    """`url` and the operator's `token`, once it has been set up."""

    org = "vigie"

    def __init__(self, folder: Path, *, engine: Path | None = None, tls: tuple[Pair, Path] | None = None) -> None:
        """`tls`: its certificate, made for localhost or not, and the authority that the tests themselves trust."""
        self.folder = folder
        self._tls: Pair | None = None
        self.ca: Path | None = None
        self._context: ssl.SSLContext | None = None
        if tls is not None:
            self.shows(*tls)
        self._engine = engine or folder / "engine"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.token = ""
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}" if self._tls is None else f"https://localhost:{self._port}"

    @property
    def port(self) -> int:
        return self._port

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Influxd":
        command = [influxd(), "--bolt-path", self.folder / "bolt", "--sqlite-path", self.folder / "sqlite"]
        command += ["--engine-path", self._engine, "--http-bind-address", f"127.0.0.1:{self._port}"]
        command += ["--reporting-disabled", "--log-level", "error", "--query-queue-size", "100"]
        if self._tls is not None:
            command += ["--tls-cert", self._tls.certificate, "--tls-key", self._tls.key]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        self._until_ready()
        return self

    def shows(self, pair: Pair, ca: Path) -> None:
        """From its next start on this is its certificate, which the tests themselves believe whatever name it bears."""
        self._tls, self.ca = pair, ca
        self._context = ssl.create_default_context(cafile=str(ca))
        self._context.check_hostname = False

    def set_up(self) -> "Influxd":
        """The organisation and the operator's token, as a person does at first."""
        asked = {"username": "operator", "password": "operator-of-tests", "org": self.org, "bucket": "first"}
        self.token = str(self.post("/api/v2/setup", asked)["auth"]["token"])
        return self

    def kill(self) -> None:
        """Without warning, as a power cut."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def get(self, path: str) -> dict:
        return self._ask("GET", path)

    def post(self, path: str, body: dict) -> dict:
        return self._ask("POST", path, body)

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

    def rss_anon(self) -> int:
        """Bytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        return 0

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        with urllib.request.urlopen(request, timeout=30, context=self._context) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def _until_ready(self) -> None:
        end = time.monotonic() + READY
        while time.monotonic() < end:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=2, context=self._context) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.1)
        log = (self.folder / "log").read_text(errors="replace")[-2_000:]
        self.stop()
        raise AssertionError(f"influxd did not become ready:\n{log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path) -> Iterator[Influxd]:
    """One that is set up, for the length of a `with`."""
    server = Influxd(folder)
    try:
        yield server.start().set_up()
    finally:
        server.stop()
        _gone(server)


def _gone(server: Influxd) -> None:
    for path in (server.folder / "bolt", server.folder / "sqlite"):
        if path.exists():
            path.unlink()
