"""A wire for tests: two ends, `there` and `here`, in a network namespace of their own, on which nothing else speaks.

The calling thread moves in for as long as the context lasts, and so do the processes that it starts. Needs root.
"""

import contextlib
import ctypes
import os
import socket
import subprocess
from collections.abc import Iterable, Iterator

CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextlib.contextmanager
def wire() -> Iterator[None]:
    """ARP and IPv6 are off, so that a count of packets is a count of what was sent."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if _LIBC.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "a network namespace of its own")
        ip("link", "add", "there", "type", "veth", "peer", "name", "here")
        for end in ("there", "here"):
            ip("link", "set", end, "arp", "off", "addrgenmode", "none", "up")
        yield
    finally:
        if _LIBC.setns(home, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "back to the network that was left")
        os.close(home)


def send(frames: Iterable[bytes]) -> int:
    """Into `there`, to come out of `here`. Returns how many."""
    count = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.bind(("there", 0))
        for frame in frames:
            sock.send(frame)
            count += 1
    return count
