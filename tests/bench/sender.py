"""Sends the frames of a capture into an interface at a steady rate, with sendmmsg(2), and prints how many it sent.

    python -m tests.bench.sender INTERFACE CAPTURE RATE SECONDS

Whole frames only; after the last the first again. The count is what the system call says it took.
"""

import ctypes
import os
import socket
import sys
import time
from pathlib import Path

BURST = 64
QDISC_BYPASS = 20  # PACKET_QDISC_BYPASS: no queue between us and the wire
FRAMES = 8192  # of the capture, at most: they stay in the cache of the processor, which is not what is measured


class IoVec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class Message(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("namelen", ctypes.c_uint32),
        ("iov", ctypes.POINTER(IoVec)),
        ("iovlen", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("controllen", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("sent", ctypes.c_uint),
    )


def frames(capture: Path) -> list[bytes]:
    """The first whole frames of a pcap of ours."""
    found: list[bytes] = []
    with capture.open("rb") as file:
        file.seek(24)
        while len(found) < FRAMES and len(head := file.read(16)) == 16:
            caplen, wirelen = (int.from_bytes(head[i : i + 4], "little") for i in (8, 12))
            data = file.read(caplen)
            if caplen == wirelen:
                found.append(data)
    return found


def send(interface: str, capture: Path, rate: int, seconds: float) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    packets = frames(capture)
    packets = packets[: len(packets) // BURST * BURST]
    buffers = [ctypes.create_string_buffer(data, len(data)) for data in packets]
    vectors = (IoVec * len(packets))(*(IoVec(ctypes.addressof(b), len(b)) for b in buffers))
    messages = (Message * len(packets))()
    for i in range(len(packets)):
        messages[i].iov, messages[i].iovlen = ctypes.pointer(vectors[i]), 1
    sent, at = 0, 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.setsockopt(263, QDISC_BYPASS, 1)
        sock.bind((interface, 0))
        begin = time.perf_counter()
        while (now := time.perf_counter() - begin) < seconds:
            if sent > now * rate:
                time.sleep(min((sent - now * rate) / rate, 0.001))
                continue
            took = libc.sendmmsg(sock.fileno(), ctypes.byref(messages, at * ctypes.sizeof(Message)), BURST, 0)
            if took < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            sent += took
            at = (at + took) % len(packets) // BURST * BURST
    return sent


if __name__ == "__main__":
    print(send(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])), flush=True)
