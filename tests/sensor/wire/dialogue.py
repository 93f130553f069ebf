"""A whole dialogue as a table: what comes in, and what is expected out right after it.

    check(SshReader, [
        Resp(b"SSH-2.0-x\\r\\n"),
        Orig(b"SSH-2.0-y\\r\\n"),
        OrigEnd(),
        Ssh(version=2, client="SSH-2.0-y", server="SSH-2.0-x"),
        Rest.DONE,
    ])

Inputs: `Orig`, `Resp` (bytes), `OrigGap`, `RespGap` (missing bytes), `OrigEnd`, `RespEnd`. Anything else is an expectation: a
record, `Rest.DONE`, `Handover(left_orig, left_resp)` or `GiveUp` (any reason; also a `ParseError`). `Rest.MORE` needs no
word. Nothing may come after the end.

`check` plays the table as written, where each expectation must come right after the input above it, then byte by byte and
split in two at every place, where the same records must come in the same order with the same end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sensor.wire import Events, GiveUp, Outcome, ParseError, Reader, Rest
from sensor.wire.records import Record

MOST_SPLITS = 1_500
"""Long dialogues are split at evenly spread places only: each split is a whole replay."""


class Orig(bytes):
    """Bytes of the side that opened the connection."""


class Resp(bytes):
    """Bytes of the side that answers."""


class OrigGap(int):
    """So many bytes of the originator will never come."""


class RespGap(int):
    """So many bytes of the responder will never come."""


@dataclass(frozen=True, slots=True)
class OrigEnd:
    """The originator closed."""


@dataclass(frozen=True, slots=True)
class RespEnd:
    """The responder closed."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Another protocol begins. What the reader gave back plus what it was never fed."""

    left_orig: bytes = b""
    left_resp: bytes = b""


Input = Orig | Resp | OrigGap | RespGap | OrigEnd | RespEnd
INPUTS = (Orig, Resp, OrigGap, RespGap, OrigEnd, RespEnd)
Said = Record | Rest | Handover | type[GiveUp]
Step = Input | Said


def check(
    make: Callable[[], Reader], script: Sequence[Step], *, splits: bool = True, but: tuple[type[Record], ...] = ()
) -> None:
    """Play `script` as written and, with `splits`, in all its cuts. `but`: records that the table leaves out."""
    inputs = [s for s in script if isinstance(s, INPUTS)]
    expected = list(_as_written(script))

    def said_to(fed: Iterable[Input]) -> list[tuple[int, Said]]:
        return [(number, what) for number, what in play(make(), fed) if not isinstance(what, but)]

    played = said_to(inputs)
    assert played == expected, f"\n  out:      {played}\n  expected: {expected}"
    if splits:
        said = [what for _, what in expected]
        assert [what for _, what in said_to(_bytes_of(inputs))] == said, "byte by byte"
        for place, cut in _cuts(inputs):
            assert [what for _, what in said_to(cut)] == said, f"split at {place}"


def play(reader: Reader, inputs: Iterable[Input]) -> Iterator[tuple[int, Said]]:
    """Feed `inputs`; yields (number of the input, what came out). Stops feeding when the reader is through."""
    waiting = enumerate(inputs)
    for number, step in waiting:
        outcome = feed(reader, step)
        if isinstance(outcome, GiveUp):
            yield number, GiveUp
            return
        if not isinstance(outcome, Events):
            continue
        for record in outcome.records:
            yield number, record
        if outcome.rest is Rest.DONE:
            yield number, Rest.DONE
            return
        if outcome.rest is Rest.HANDOVER:
            rest = [s for _, s in waiting]
            yield (
                number,
                Handover(
                    outcome.left_orig + b"".join(s for s in rest if isinstance(s, Orig)),
                    outcome.left_resp + b"".join(s for s in rest if isinstance(s, Resp)),
                ),
            )
            return


def records(make: Callable[[], Reader], inputs: Iterable[Input]) -> list[Record]:
    """Only the records of a play."""
    return [what for _, what in play(make(), inputs) if what is not GiveUp and not isinstance(what, Rest | Handover)]


def feed(reader: Reader, step: Input) -> Outcome:
    """One input; a `ParseError` is a give-up, as for whoever feeds a reader."""
    try:
        match step:
            case Orig() | Resp():
                return reader.data(bytes(step), from_orig=isinstance(step, Orig))
            case OrigGap() | RespGap():
                return reader.gap(int(step), from_orig=isinstance(step, OrigGap))
            case OrigEnd() | RespEnd():
                return reader.end(from_orig=isinstance(step, OrigEnd))
    except ParseError as error:
        return GiveUp(str(error))


def _as_written(script: Sequence[Step]) -> Iterator[tuple[int, Said]]:
    number = -1
    for step in script:
        if isinstance(step, INPUTS):
            number += 1
        else:
            yield number, step


def _bytes_of(inputs: Sequence[Input]) -> Iterator[Input]:
    for step in inputs:
        if isinstance(step, Orig | Resp):
            yield from (type(step)(bytes([byte])) for byte in step)
        else:
            yield step


def _cuts(inputs: Sequence[Input]) -> Iterator[tuple[tuple[int, int], list[Input]]]:
    places = [(n, at) for n, s in enumerate(inputs) if isinstance(s, Orig | Resp) for at in range(1, len(s))]
    for number, at in places[:: 1 + len(places) // MOST_SPLITS]:
        step = inputs[number]
        assert isinstance(step, Orig | Resp)
        halves = [type(step)(step[:at]), type(step)(step[at:])]
        yield (number, at), [*inputs[:number], *halves, *inputs[number + 1 :]]
