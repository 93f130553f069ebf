"""What a new flow costs in Python: `python -m tests.bench.flows [--beside CHECKOUT]`.

    tls    a short TLS connection, SYN to FIN, to one of a hundred names that was looked up first
    quic   a QUIC v1 connection to one of them: the client's Initial, the server's, four packets more
    mix    a flow of the bench's `mix` (`traffic.mix`), with all that long sessions and their alerts cost while they last; the
           compiled loop and the reading of the file, which packets cost, are taken off

Of tls and quic the slope between two numbers of connections: whatever a run costs once falls out. Processor time, the best of some
rounds, and calls of Python functions, which no neighbour changes. `--beside`: the same of another checkout of Vigie, in turn.
"""

import argparse
import gc
import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

import sensor.wire.kernel
from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.settings import Settings, load
from tests.bench import traffic
from tests.corpus.in_memory import Frame, InMemory
from tests.sensor.wire.hellos import chrome, record, server_hello_13
from tests.sensor.wire.initials import crypto, initial

FEW, MANY, ROUNDS, TURNS = 500, 3_000, 5, 3
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


@cache
def _opening(number: int) -> tuple[bytes, bytes]:
    """The client's first datagram and the server's; few enough of them that they are soon made, more than any cache of keys holds."""
    dcid = number.to_bytes(8, "big")
    hello = crypto(0, chrome(b"www.n%d.example" % (number % 100)))
    answer = initial(b"\2\0\0\0\0", dcid=b"", scid=b"server%02d" % (number % 100), keyed=dcid, side=b"server in")
    return initial(hello + bytes(1_150 - len(hello)), dcid=dcid), answer


def quic_connections(number: int) -> Iterator[Frame]:
    for n in range(number):
        name, server, ts = n % 100, f"203.0.113.{n % 100 + 1}", START + n * 20_000_000
        if n < 100:
            yield from _dns(ts, 10_000 + n, b"www.n%d.example" % name, server)
        asked, answered = _opening(n % 500)
        later = b"\x40server%02d" % name + bytes(60)
        said = ((True, asked), (False, answered), (True, later), (False, b"\x40" + bytes(60))) * 1 + (
            (True, later),
        ) * 2
        for there, data in said:
            ports, ends = ((20_000 + n, 443), (POST, server)) if there else ((443, 20_000 + n), (server, POST))
            yield _ip(ts, *ends, 17, struct.pack("!HHHH", *ports, 8 + len(data), 0) + data)


class Ready(InMemory):
    """The same batches again and again."""

    def __init__(self, frames: Iterator[Frame]) -> None:
        super().__init__(frames)
        self._made = list(super().batches())

    def batches(self):
        return iter(self._made)


def run(settings: Settings, source) -> Chain:
    chain = Chain(settings, seed=1)
    for _ in chain.run(source):
        pass
    return chain


def best(work: Callable[[], float]) -> float:
    return min(work() for _ in range(ROUNDS))


def calls(settings: Settings, source) -> int:
    """Calls of Python functions."""
    made = 0

    def count(_frame, event, _argument):
        nonlocal made
        made += event == "call"

    sys.setprofile(count)
    try:
        run(settings, source)
    finally:
        sys.setprofile(None)
    return made


def slope(settings: Settings, make: Callable[[int], Iterator[Frame]]) -> tuple[float, float]:
    """(microseconds, calls) of one more connection."""
    few, many = Ready(make(FEW)), Ready(make(MANY))
    gc.freeze()  # as the commands do with what lasts

    def spent(source) -> float:
        start = time.process_time()
        run(settings, source)
        return time.process_time() - start

    flows = MANY - FEW
    took = best(lambda: spent(many)) - best(lambda: spent(few))
    return took / flows * 1e6, (calls(settings, many) - calls(settings, few)) / flows


def mix(settings: Settings) -> tuple[float, float]:
    """(microseconds, calls) of a flow, whole, without the compiled loop and the reading of the file."""
    with TemporaryDirectory(prefix="vigie-bench-") as folder:
        capture = Path(folder) / "mix.pcap"
        traffic.mix(capture)
        compiled, in_loop = sensor.wire.kernel.walk, 0.0

        def timed(*given):
            nonlocal in_loop
            start = time.process_time()
            done = compiled(*given)
            in_loop += time.process_time() - start
            return done

        def judged() -> float:
            nonlocal in_loop
            in_loop, start = 0.0, time.process_time()
            run(settings, open_capture(capture))
            return time.process_time() - start - in_loop

        def read() -> float:
            start = time.process_time()
            for _ in open_capture(capture).batches():
                pass
            return time.process_time() - start

        flows = run(settings, open_capture(capture)).stats().flows
        sensor.wire.kernel.walk = timed
        try:
            took = best(judged) - best(read)
        finally:
            sensor.wire.kernel.walk = compiled
        return took / flows * 1e6, calls(settings, open_capture(capture)) / flows


def measured() -> dict[str, tuple[float, float]]:
    settings = load(None, None)
    gc.set_threshold(10_000)
    return {
        "tls": slope(settings, connections),
        "quic": slope(settings, quic_connections),
        "mix": mix(settings),
    }


def there(checkout: Path) -> dict[str, tuple[float, float]]:
    """What this file measures of the code of `checkout`."""
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    command = (sys.executable, __file__, "--json")
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, tuple[float, float]] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.flows")
    parser.add_argument("--beside", type=Path, help="another checkout of Vigie, measured in turn")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.json:
        print(json.dumps(measured()))
        return
    here = Path(__file__).parents[2]
    sides = [here, asked.beside.resolve()] if asked.beside else [here]
    turns = [[there(side) for side in sides] for _ in range(TURNS if asked.beside else 1)]
    for line in ("tls", "quic", "mix"):
        ours, *other = (min(turn[n][line] for turn in turns) for n in range(len(sides)))
        beside = "".join(f"; beside it {us:.0f} µs and {n:.0f}: {ours[0] / us:.2f} times" for us, n in other)
        print(f"{line:5} {ours[0]:.0f} µs of processor time and {ours[1]:.0f} calls a flow{beside}")


if __name__ == "__main__":
    main()
