"""Vigie's own page in the lab: `vigie serve` beside the `vigie watch` of a live scenario, and what the two wrote, to the last byte.

Both stand in the mirror's namespace, which no host of the lab reaches. The pages are read over its loopback.
"""

import re
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Self
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from tests.lab import network
from tests.lab.lab import LabError, until
from tests.lab.sandbox import LAB, OUT

STATE, POLICY = LAB / "state", LAB / "vigie.yml"
LISTEN = "127.0.0.1:8080"
WAYS = ("/", "/traffic", "/live/strip", "/live/alerts", "/live/traffic", "/api/v1/alerts", "/api/v1/coverage")
EACH = ("/alerts/", "/live/alerts/", "/api/v1/alerts/")


class Page:
    """`vigie serve`, and a browser that came by its one-time link."""

    def __enter__(self) -> Self:
        vigie = Path(sys.executable).parent / "vigie"
        self._said = LAB / "serve.log"
        with network.inside(network.WATCHER):
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                ["ip", "netns", "exec", network.WATCHER, vigie, "serve", "--state", STATE, "--listen", LISTEN, "--config", POLICY],
                stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        until(lambda: b"http" in self._said.read_bytes(), "vigie serve to print its link", 60.0)
        self._link = re.findall(r"http\S+", self._said.read_text())[-1]
        self._browser: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        self.get(self._link)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)

    def get(self, way: str) -> str:
        with network.inside(network.WATCHER), self._browser.open(urljoin(self._link, way), timeout=20) as answer:
            return answer.read().decode()

    def alerts(self) -> list[str]:
        """Their ids."""
        return re.findall(r'"id": ?"(\w+)"', self.get("/api/v1/alerts"))

    def everything(self) -> bytes:
        """Every page and answer, of each alert too, in both languages."""
        ways = [*WAYS, *(f"{way}{alert}" for alert in self.alerts() for way in EACH)]
        return "\0".join(self.get(f"{way}?lang={lang}") for way in ways for lang in ("fr", "en")).encode()

    def said(self) -> bytes:
        return self._said.read_bytes()


def written() -> dict[str, bytes]:
    """Every file that Vigie wrote, with its bytes: databases with their free pages and write-ahead logs, keys, JSON, logs."""
    files = [path for path in STATE.rglob("*") if path.is_file()]
    files += [path for path in OUT.iterdir() if path.is_file() and path.suffix != ".pcap"]
    return {str(path): path.read_bytes() for path in files}


def inspected() -> bytes:
    """What `vigie inspect` writes of what was recorded so far: report, JSON, statistics, Zeek's logs."""
    vigie, logs, stats = Path(sys.executable).parent / "vigie", LAB / "logs", LAB / "inspect.json"
    said = b""
    for more in (["--json"], ["--lang", "fr"], ["--lang", "en"]):
        argv = [vigie, "inspect", OUT / "mirror.pcap", "--logs", logs, "--stats", stats, *more]
        done = subprocess.run(argv, capture_output=True, check=False)
        if done.returncode:
            raise LabError(f"vigie inspect ended with {done.returncode}: {done.stderr.decode()[-500:]}")
        said += done.stdout + done.stderr
    return said + stats.read_bytes() + b"".join(path.read_bytes() for path in sorted(logs.iterdir()))
