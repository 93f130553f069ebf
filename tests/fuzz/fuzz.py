"""Readers fed with dialogues that were cut, joined, repeated and spoilt: nothing but `ParseError` may leave them.

A third of the inputs keeps its bytes and only comes in other pieces; the rest is spoilt in up to four places. So a good part still
yields events, and what spoils comes behind the first check that random bytes would fail at.
"""

import random
from dataclasses import dataclass, field

from sensor.wire import DatagramEntry, Events, GiveUp, ParseError, Rest, StreamEntry
from tests.fuzz.seeds import NOBODY, WHOLES, Piece

WHOLE = 1 / 3


@dataclass
class Figures:
    """Of one reader. `broken`: what was let out that the contract forbids, with the input."""

    service: str
    inputs: int = 0
    events: int = 0
    broken: list[tuple[str, list[Piece]]] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.events / max(self.inputs, 1)


def fuzz_stream(entry: StreamEntry, seeds: list[list[Piece]], inputs: int, seed: int) -> Figures:
    return _fuzz(entry.service, seeds, inputs, seed, lambda pieces: _stream(entry, pieces))


def fuzz_datagrams(entry: DatagramEntry, seeds: list[list[Piece]], inputs: int, seed: int) -> Figures:
    return _fuzz(entry.service, seeds, inputs, seed, lambda pieces: _datagrams(entry, pieces))


def fuzz_whole(name: str, inputs: int, seed: int) -> Figures:
    """A reader that is given one whole thing outside of flows: a frame, a certificate."""
    read, seeds = WHOLES[name]

    def feed(pieces: list[Piece]) -> bool:
        any_told = False
        for _, data in pieces:
            try:
                told = read(data)
            except ParseError:
                continue
            any_told |= bool(told) and told != NOBODY
        return any_told

    return _fuzz(name, [[(True, data)] for data in seeds], inputs, seed, feed)


def _fuzz(service, seeds, inputs, seed, feed) -> Figures:
    rng = random.Random(f"{service} {seed}")
    told = Figures(service)
    for _ in range(inputs if seeds else 0):
        pieces = spoilt(rng, rng.choice(seeds))
        told.inputs += 1
        try:
            told.events += feed(pieces)
        except Exception as error:  # noqa: BLE001 - any other is just what is looked for
            told.broken.append((repr(error), pieces))
    return told


def spoilt(rng: random.Random, dialogue: list[Piece]) -> list[Piece]:
    pieces = list(dialogue[: rng.randint(1, len(dialogue))] if rng.random() < 0.2 else dialogue)
    for _ in range(0 if rng.random() < WHOLE else rng.randint(1, 4)):
        at = rng.randrange(len(pieces))
        side, data = pieces[at]
        pieces[at : at + 1] = _spoil(rng, side, data)
    return pieces or [(True, b"")]


def _spoil(rng: random.Random, side: bool, data: bytes) -> list[Piece]:
    here, size = (rng.randrange(len(data) + 1), len(data))
    match rng.randrange(8):
        case 0:
            return [(side, data[:here] + bytes((rng.randrange(256),)) + data[here + 1 :])]
        case 1:
            return [
                (
                    side,
                    data[:here] + rng.choice((b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\r\n", b"\xff" * 8)) + data[here:],
                )
            ]
        case 2:
            return [(side, data[:here])]
        case 3:
            return [(side, data[:here]), (side, data[here:])]
        case 4:
            return [(side, data), (side, data)]
        case 5:
            return [(not side, data)]
        case 6:
            return [(side, data[:here] + data[rng.randrange(size + 1) :])]
        case _:
            return [(side, data[:here] + rng.randbytes(rng.randrange(40)) + data[here:])]


def _stream(entry: StreamEntry, pieces: list[Piece]) -> bool:
    reader, any_event = entry.reader(), False
    orig = b"".join(data for side, data in pieces if side)
    resp = b"".join(data for side, data in pieces if not side)
    entry.probe(orig[:4096], resp[:4096])
    steps = [lambda s=side, d=data: reader.data(d, from_orig=s) for side, data in pieces]
    steps += [lambda: reader.end(from_orig=True), lambda: reader.end(from_orig=False)]
    for step in steps:
        try:
            outcome = step()
        except ParseError:
            return any_event
        if isinstance(outcome, GiveUp):
            return any_event
        if isinstance(outcome, Events):
            any_event |= bool(outcome.records)
            if outcome.rest is not Rest.MORE:
                return any_event
    return any_event


def _datagrams(entry: DatagramEntry, pieces: list[Piece]) -> bool:
    read = entry.session().datagram if entry.session else entry.read
    for side, data in pieces:
        entry.probe(data, b"") if side else entry.probe(b"", data)
        try:
            outcome = read(data, side)
        except ParseError:
            continue
        if isinstance(outcome, Events):
            return bool(outcome.records)
    return False
