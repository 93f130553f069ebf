"""Serving the application with waitress until Ctrl-C or SIGTERM. Called by `vigie serve`, and by `vigie demo` in its own process."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from types import FrameType

from flask import Flask
from waitress import create_server


class ListenError(OSError):
    """The address cannot be listened on; the message says which and why."""


def parse_listen(text: str) -> tuple[str, int]:
    """Where to listen: "127.0.0.1:8080", "[::1]:8080" or "8080" (loopback) → (address, port). Errors: ValueError with a sentence."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    try:
        ip_address("127.0.0.1" if host == "localhost" else host)
        number = int(port)
    except ValueError as error:
        raise ValueError(f"{text}: an address and a port are wanted, such as 127.0.0.1:8080") from error
    if not 0 <= number <= 65535:
        raise ValueError(f"{text}: a port is a number from 0 to 65535")
    return host, number


def serve(app: Flask, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM. `on_ready` gets the base address once it answers ("http://127.0.0.1:8080").

    Port 0 takes a free one. Errors: ListenError.
    """
    try:
        server = create_server(app, host=host, port=port, threads=4, ident=None, clear_untrusted_proxy_headers=True)
    except OSError as error:
        raise ListenError(f"{host}:{port}: {error.strerror or error}") from error
    actual = int(server.effective_port)
    shown = f"[{host}]" if ":" in host else host
    try:
        with _ending():
            on_ready(f"http://{shown}:{actual}")
            server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


@contextmanager
def _ending() -> Iterator[None]:
    """SIGTERM, which systemd sends, ends it like Ctrl-C; and so does SIGINT where a script started it in the background, with SIGINT ignored."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
