"""Debian's chromium driven by its chromedriver, over the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/).

What the tests of the page and the README's picture need, on the standard library: open, run a script, size, picture.
The browser has a fresh profile and stays away from the network.
"""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


class Browser:
    """One window."""

    def __init__(self, port: int, session: str) -> None:
        self._port = port
        self._session = session

    def go(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def run(self, script: str, *args: object) -> object:
        """What the script, a function's body, returns."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector))

    def size(self, width: int, height: int) -> None:
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def dark(self, wanted: bool) -> None:
        value = "dark" if wanted else "light"
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])

    def picture(self) -> bytes:
        return base64.b64decode(str(self._call("GET", "/screenshot")))

    def cdp(self, command: str, **params: object) -> object:
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def log(self) -> list[str]:
        """What the browser complained of since the last call: script errors, refused by the content policy…"""
        entries = self._call("POST", "/se/log", {"type": "browser"})
        assert isinstance(entries, list)
        return [entry["message"] for entry in entries]

    def wait(self, script: str, *args: object, seconds: float = 10) -> object:
        """The script's first true answer."""
        until = time.monotonic() + seconds
        while not (answer := self.run(script, *args)):
            assert time.monotonic() < until, f"not within {seconds} s: {script}"
            time.sleep(0.05)
        return answer

    def close(self) -> None:
        self._call("DELETE", "")

    def _call(self, method: str, path: str, body: object = None) -> object:
        return call(self._port, method, f"/session/{self._session}{path}", body)


def call(port: int, method: str, path: str, body: object = None) -> object:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())["value"]
    finally:
        connection.close()
    assert not (isinstance(answer, dict) and "error" in answer), answer
    return answer


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser for the length of the block."""
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
    assert driver, "Debian's chromium-driver is wanted"
    assert chromium, "Debian's chromium is wanted"
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running,
    ):
        try:
            port = _port(running)
            options = {"binary": chromium, "args": [*FLAGS, f"--user-data-dir={profile}"]}
            always = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            made = call(port, "POST", "/session", {"capabilities": {"alwaysMatch": always}})
            assert isinstance(made, dict)
            window = Browser(port, made["sessionId"])
            try:
                yield window
            finally:
                window.close()
        finally:
            running.terminate()


def _port(running: subprocess.Popen[str]) -> int:
    assert running.stdout is not None
    for line in running.stdout:
        if "started successfully on port" in line:
            return int(line.rstrip(".\n").rsplit(" ", 1)[1])
    message = "chromedriver did not start"
    raise AssertionError(message)
