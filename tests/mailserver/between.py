"""What may stand between a relay and its mail server: a proxy that cuts the line at a point of the dialogue, and a greylist for postfix."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CUTS = ("greeting", "after 354", "within the message", "after the dot", "before the answer")


@contextmanager
def cutting(port: int, where: str) -> Iterator[tuple[int, list[int]]]:
    """A clear dialogue, cut the first time that it comes to `where`. (the port to connect to, [how often it was cut])."""
    cuts = [0]
    with _server(lambda near: _dialogue(near, port, where, cuts)) as there:
        yield there, cuts


def _dialogue(near: socket.socket, port: int, where: str, cuts: list[int]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as far:
        ended = threading.Event()

        def cut() -> None:
            cuts[0] += 1
            ended.set()
            for one in (near, far):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

        def answers() -> None:
            data, dot = b"", False
            with suppress(OSError):
                while data := far.recv(4_096):
                    dot = dot or b"queued as" in data
                    if not cuts[0] and (
                        where == "greeting" or (where == "after 354" and data.startswith(b"354")) or (where == "before the answer" and dot)
                    ):  # fmt: skip
                        cut()
                        return
                    near.sendall(data)

        thread = threading.Thread(target=answers)
        thread.start()
        with suppress(OSError):
            sent, tail = 0, b""
            while not ended.is_set() and (data := near.recv(4_096)):
                far.sendall(data)
                sent, tail = sent + len(data), (tail + data)[-5:]
                if not cuts[0] and where == "within the message" and sent > 3_000:
                    cut()
                if not cuts[0] and where == "after the dot" and tail == b"\r\n.\r\n":
                    cut()
            far.shutdown(socket.SHUT_WR)
        thread.join()


@contextmanager
def greylist(seconds: float) -> Iterator[str]:
    """postfix's policy service (SMTPD_POLICY_README): a sender it has not seen for so long is deferred. What to put into its settings."""
    seen: dict[str, float] = {}

    def asked(near: socket.socket) -> None:
        with near.makefile("rw", encoding="utf-8") as lines:
            known = {}
            for line in lines:
                name, _, value = line.rstrip("\n").partition("=")
                if name:
                    known[name] = value
                    continue
                triplet = f"{known['client_address']} {known['sender']} {known['recipient']}"
                first = seen.setdefault(triplet, time.monotonic())
                passed = time.monotonic() - first >= seconds
                lines.write(
                    "action=dunno\n\n" if passed else "action=defer_if_permit 4.2.0 Greylisted, come back later\n\n"
                )
                lines.flush()

    with _server(asked) as port:
        yield f"check_policy_service inet:127.0.0.1:{port}"


@contextmanager
def _server(serve) -> Iterator[int]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                serve(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
