"""What a new flow costs in Python: `python -m tests.bench.flows`. Short TLS connections to a hundred names, each looked up first.

The slope between two numbers of flows: whatever a run costs once falls out. Processor time, the best of some rounds.
"""

import struct
import time
from collections.abc import Iterator
from ipaddress import ip_address

from sensor.chain import Chain
from sensor.settings import Settings, load
from tests.corpus.in_memory import Frame, InMemory
from tests.sensor.wire.hellos import chrome, record, server_hello_13

FEW, MANY, ROUNDS = 500, 3_000, 5
S, START = 1_000_000_000, 1_795_420_800_000_000_000
POST, RESOLVER = "192.168.1.20", "192.168.1.1"


def _ip(ts: int, src: str, dst: str, proto: int, segment: bytes) -> Frame:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0x4000, 64, proto, 0)
    data = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + head + ip_address(src).packed + ip_address(dst).packed + segment
    return Frame(ts, 1, data, len(data))


def _tcp(ts: int, there: bool, ends: tuple[str, int], seq: int, ack: int, flags: int, data: bytes = b"") -> Frame:
    server, port = ends
    ports = (port, 443) if there else (443, port)
    head = struct.pack("!HHIIBBHHH", *ports, seq, ack, 0x50, flags, 65_535, 0, 0)
    return _ip(ts, *((POST, server) if there else (server, POST)), 6, head + data)


def _dns(ts: int, port: int, name: bytes, address: str) -> Iterator[Frame]:
    asked = b"".join(bytes((len(label),)) + label for label in name.split(b".")) + b"\0\0\1\0\1"
    for there, flags, tail in (
        (True, b"\1\0\0\1\0\0", b""),
        (False, b"\x81\x80\0\1\0\1", b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + ip_address(address).packed),
    ):
        body = b"\0\7" + flags + bytes(4) + asked + tail
        ports = (port, 53) if there else (53, port)
        ends = (POST, RESOLVER) if there else (RESOLVER, POST)
        yield _ip(ts, *ends, 17, struct.pack("!HHHH", *ports, 8 + len(body), 0) + body)


def connections(number: int) -> Iterator[Frame]:
    answer = record(22, server_hello_13())
    hellos = [record(22, chrome(b"www.n%d.example" % n)) for n in range(100)]
    for n in range(number):
        name, server, ts = n % 100, f"203.0.113.{n % 100 + 1}", START + n * 20_000_000
        hello, ends = hellos[name], (server, 20_000 + n)
        if n < 100:
            yield from _dns(ts, 10_000 + n, b"www.n%d.example" % name, server)
        yield _tcp(ts, True, ends, 0, 0, 2)
        yield _tcp(ts + 1, False, ends, 0, 1, 0x12)
        yield _tcp(ts + 2, True, ends, 1, 1, 0x18, hello)
        yield _tcp(ts + 3, False, ends, 1, 1 + len(hello), 0x18, answer)
        yield _tcp(ts + 4, True, ends, 1 + len(hello), 1 + len(answer), 0x11)
        yield _tcp(ts + 5, False, ends, 1 + len(answer), 2 + len(hello), 0x11)


def cost(settings: Settings, number: int) -> float:
    frames = list(connections(number))
    best = float("inf")
    for _ in range(ROUNDS):
        chain = Chain(settings, seed=1)
        source = InMemory(frames)
        start = time.process_time()
        batches = list(source.batches())
        made = time.process_time() - start
        start = time.process_time()
        for _ in chain.run(InMemory(frames)):
            pass
        best = min(best, time.process_time() - start - made)
        assert chain.stats().flows == number + 100
        del batches
    return best


def main() -> None:
    settings = load(None, None)
    few, many = cost(settings, FEW), cost(settings, MANY)
    print(f"a short TLS connection, whole: {(many - few) / (MANY - FEW) * 1e6:.0f} µs of processor time")


if __name__ == "__main__":
    main()
