"""What stream readers share: who was heard, who can still be read, and one line at a time off a direction.

A reader that meets a gap on one side may well read the other to its end (a mirror that loses packets, or shows one
direction only), so a side is lost on its own; when none is left, what is known is told.
"""

from collections.abc import Callable, Iterable

from sensor.wire import MORE, Likeness, Outcome, ParseError

_ORDER = (Likeness.NO, Likeness.MAYBE, Likeness.YES)


class TwoSides:
    """Base of stream readers. They say what they know in `_finish`, and may refine `_lost_side`."""

    def __init__(self) -> None:
        self._heard = [False, False]  # by bool(from_orig)
        self._lost = [False, False]

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        """The direction cannot be followed any further, however much is `missing`."""
        del missing
        self._lost[from_orig] = True
        return self._finish() if all(self._lost) else self._lost_side(from_orig=from_orig)

    def end(self, *, from_orig: bool) -> Outcome:
        """Closed: over when both are, or when the other side was never heard."""
        self._lost[from_orig] = True
        if all(self._lost) or not self._heard[not from_orig]:
            return self._finish()
        return self._lost_side(from_orig=from_orig)

    def _lost_side(self, *, from_orig: bool) -> Outcome:
        """One side can no longer be read, the other can."""
        del from_orig
        return MORE

    def _finish(self) -> Outcome:
        """No more comes: what is known."""
        raise NotImplementedError


class Lines:
    """Lines off one direction. Buffer: at most `limit` bytes plus what one call feeds; each byte is searched once."""

    __slots__ = ("_limit", "_scanned", "data")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._scanned = 0
        self.data = bytearray()

    def feed(self, data: bytes) -> None:
        self.data += data

    def next(self) -> bytes | None:
        """The next line without its CR LF or LF; None while its end has not come. `ParseError` if longer than the limit."""
        end = self.data.find(b"\n", self._scanned)
        if end < 0:
            self._scanned = len(self.data)
            if self._scanned > self._limit:
                raise ParseError(f"a line of more than {self._limit} bytes")
            return None
        if end > self._limit:
            raise ParseError(f"a line of more than {self._limit} bytes")
        line = bytes(self.data[:end])
        self.take(end + 1)
        return line.removesuffix(b"\r")

    def take(self, size: int) -> bytes:
        """Up to `size` bytes that are no line."""
        taken = bytes(self.data[:size])
        del self.data[:size]
        self._scanned = 0
        return taken

    def drop(self, size: int) -> int:
        """Up to `size` bytes unread; how many they were."""
        size = min(size, len(self.data))
        del self.data[:size]
        self._scanned = 0
        return size


def best(said: Iterable[Likeness]) -> Likeness:
    """The most hopeful of several answers; NO if there are none."""
    return max(said, key=_ORDER.index, default=Likeness.NO)


def any_side(judge: Callable[[bytes], Likeness], orig: bytes, resp: bytes) -> Likeness:
    """A probe out of a judge of one direction's bytes, for signs so sure that one side's YES is enough."""
    said = [judge(data) for data in (orig, resp) if data]
    if Likeness.YES in said:
        return Likeness.YES
    return Likeness.NO if Likeness.NO in said else Likeness.MAYBE


def likeness(judge: Callable[[bytes], Likeness], orig: bytes, resp: bytes) -> Likeness:
    """A probe out of a judge of one direction's bytes, for protocols that look alike from both sides: one NO is enough."""
    said = [judge(data) for data in (orig, resp) if data]  # no set: enums hash slowly
    if Likeness.NO in said:
        return Likeness.NO
    return Likeness.YES if Likeness.YES in said else Likeness.MAYBE


def starts(data: bytes, word: bytes) -> Likeness:
    """Whether `data` begins with `word`, as far as it goes."""
    if data.startswith(word):
        return Likeness.YES
    return Likeness.MAYBE if word.startswith(data) else Likeness.NO


def both(
    orig: bytes, resp: bytes, client: Callable[[bytes], Likeness], server: Callable[[bytes], Likeness]
) -> Likeness:
    """A probe out of what each side says of its own: YES when both do; MAYBE while one has not spoken."""
    said = [judge(data) if data else Likeness.MAYBE for judge, data in ((client, orig), (server, resp))]
    if Likeness.NO in said:
        return Likeness.NO
    return Likeness.MAYBE if Likeness.MAYBE in said else Likeness.YES
