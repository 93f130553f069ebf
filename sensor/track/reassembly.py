"""One direction of a TCP stream put back in order, bounded (RFC 9293 §3.4).

Called for every segment that the kernel hands up. What comes out is each payload byte once, in sequence order, or a
`Gap` that says how many bytes will never come. Where a segment repeats bytes with other content, the first wins, as it
did at most receivers, and the conflict is counted; of bytes that were delivered the last `REMEMBERED` are compared.

A hole is given up when the bytes waiting behind it pass `WAITING_BYTES` or `WAITING_SEGMENTS`, when the receiver
acknowledged bytes beyond it (it had them, we did not see them), or when the stream ends.
"""

from collections.abc import Iterable, Iterator

from sensor.frozen import frozen

WAITING_BYTES = 256 * 1024
WAITING_SEGMENTS = 256
REMEMBERED = 2_048
FAR = 1 << 24
"""A jump beyond any window without scaling: the stream is taken up anew there instead of being told a gap of gigabytes."""

_HALF = 1 << 31
_MASK = 0xFFFF_FFFF


@frozen
class Gap:
    """`missing` bytes that were not captured."""

    missing: int


class Stream:
    """The bytes of one direction. Memory ≤ WAITING_BYTES plus one segment and REMEMBERED."""

    __slots__ = ("_last", "_waiting", "_waiting_bytes", "conflicts", "gap_bytes", "next_seq", "passed", "retransmitted")

    def __init__(self) -> None:
        self.next_seq: int | None = None  # of the next byte to deliver
        self.gap_bytes = 0
        self.passed = 0  # bytes delivered or given up
        self.retransmitted = 0
        self.conflicts = 0
        self._last = b""  # of what was delivered, the end
        self._waiting: dict[int, bytes] = {}  # by distance-free sequence number; at most one segment a start
        self._waiting_bytes = 0

    def start(self, seq: int) -> None:
        """The first byte's sequence number is known (a SYN was seen)."""
        if self.next_seq is None:
            self.next_seq = seq & _MASK

    def segment(self, seq: int, data: bytes, missing_tail: int = 0) -> Iterable[bytes | Gap]:
        """Takes one segment's payload; gives what became deliverable.

        `missing_tail`: bytes of the payload that the capture cut off: they are a gap of their own.
        """
        if seq == self.next_seq and not self._waiting and not missing_tail:  # in order, as nearly always
            return self._deliver(data)
        return self._sort_in(seq, data, missing_tail)

    @property
    def waits(self) -> bool:
        """Whether bytes wait behind a hole."""
        return bool(self._waiting)

    def _sort_in(self, seq: int, data: bytes, missing_tail: int) -> Iterator[bytes | Gap]:
        if not data and not missing_tail:
            return
        if self.next_seq is None:
            self.next_seq = seq
        ahead = _distance(self.next_seq, seq)
        if abs(ahead) > FAR:
            yield from self._restart(seq, ahead)
            ahead = 0
        if ahead < 0:
            self.retransmitted += min(len(data), -ahead)
            self._compare(ahead, data)
            data = data[-ahead:]
            if not data and not missing_tail:
                return
            ahead = 0
        if ahead == 0:
            yield from self._deliver(data)
            if missing_tail:
                yield from self._skip(missing_tail)
            yield from self._deliver_waiting()
            return
        self._keep(seq, data)  # if its tail was cut off, what follows it will tell the gap
        if self._waiting_bytes > WAITING_BYTES or len(self._waiting) > WAITING_SEGMENTS:
            yield from self._give_up_hole()

    def acknowledged(self, ack: int) -> Iterator[bytes | Gap]:
        """The receiver has all bytes before `ack`: holes before it will not be filled."""
        while self._waiting and self.next_seq is not None and _distance(self.next_seq, ack) > 0:
            first = min(self._waiting, key=self._ahead)
            if _distance(first, ack) < 0:
                return
            yield from self._give_up_hole()

    def reached(self, seq: int) -> bool:
        """Whether all bytes before `seq` were delivered or given up."""
        return self.next_seq is None or _distance(self.next_seq, seq) <= 0

    def finish(self) -> Iterator[bytes | Gap]:
        """No more segments come: what waits is delivered around its holes."""
        while self._waiting:
            yield from self._give_up_hole()

    def drop(self) -> None:
        """Forgets what waits."""
        self._waiting.clear()
        self._waiting_bytes = 0

    def _ahead(self, seq: int) -> int:
        assert self.next_seq is not None
        return _distance(self.next_seq, seq)

    def _deliver(self, data: bytes) -> tuple[bytes, ...]:
        assert self.next_seq is not None
        if not data:
            return ()
        self.next_seq = (self.next_seq + len(data)) & _MASK
        self.passed += len(data)
        self._last = data[-REMEMBERED:]
        return (data,)

    def _skip(self, missing: int) -> Iterator[Gap]:
        assert self.next_seq is not None
        self.next_seq = (self.next_seq + missing) & _MASK
        self._last = b""
        self.passed += missing
        self.gap_bytes += missing
        yield Gap(missing)

    def _compare(self, start: int, data: bytes) -> None:
        """`data`, which begins `start` bytes from the next one to deliver, before it, beside what was delivered there; not a keep-alive."""
        if start == -1 and len(data) == 1:
            return
        first, past = max(start, -len(self._last)), min(start + len(data), 0)
        known = self._last[first + len(self._last) : past + len(self._last)]
        if first < past and data[first - start : past - start] != known:
            self.conflicts += 1

    def _keep(self, seq: int, data: bytes) -> None:
        old = self._waiting.get(seq)
        if old is not None:
            self.retransmitted += min(len(old), len(data))
            shared = min(len(old), len(data))
            if old[:shared] != data[:shared]:
                self.conflicts += 1
                data = old + data[len(old) :]
            if len(data) <= len(old):
                return
            self._waiting_bytes -= len(old)
        self._waiting[seq] = data
        self._waiting_bytes += len(data)

    def _deliver_waiting(self) -> Iterator[bytes | Gap]:
        while self._waiting:
            first = min(self._waiting, key=self._ahead)
            ahead = self._ahead(first)
            if ahead > 0:
                return
            data = self._waiting.pop(first)
            self._waiting_bytes -= len(data)
            self._compare(ahead, data)
            if -ahead < len(data):
                yield from self._deliver(data[-ahead:])
            self.retransmitted += min(-ahead, len(data))

    def _give_up_hole(self) -> Iterator[bytes | Gap]:
        first = min(self._waiting, key=self._ahead)
        ahead = self._ahead(first)
        if ahead > 0:
            yield from self._skip(ahead)
        yield from self._deliver_waiting()

    def _restart(self, seq: int, ahead: int) -> Iterator[bytes | Gap]:
        yield from self.finish()
        self.next_seq = seq
        self._last = b""
        self.gap_bytes += max(ahead, 0)
        yield Gap(max(ahead, 1))


def _distance(start: int, seq: int) -> int:
    """How far `seq` lies after `start`, −2³¹ … 2³¹−1, over the wrap (RFC 1982)."""
    return ((seq - start + _HALF) & _MASK) - _HALF
