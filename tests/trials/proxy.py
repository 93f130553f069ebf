"""A slow line: a TCP relay on loopback before a server, that lets so many bytes a second through each way and answers late."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 2_048


@contextmanager
def slow(port: int, rate: int, delay: float) -> Iterator[int]:
    """`rate` in bytes per second, `delay` in seconds a chunk. The port to connect to."""
    ended = threading.Event()
    threads: list[threading.Thread] = []
    sockets: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)

        def accept() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    near, _ = listening.accept()
                    far = socket.create_connection(("127.0.0.1", port))
                    near.settimeout(None)
                    sockets.extend((near, far))
                    for a, b in ((near, far), (far, near)):
                        threads.append(threading.Thread(target=_pump, args=(a, b, rate, delay)))
                        threads[-1].start()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ended.set()
            thread.join()
            for one in sockets:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            for pump in threads:
                pump.join()
            for one in sockets:
                one.close()


def _pump(source: socket.socket, target: socket.socket, rate: int, delay: float) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            time.sleep(delay + len(data) / rate)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
