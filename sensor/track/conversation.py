"""What two hosts say on one flow: recognise the protocol by its bytes, then let its reader read.

    segments → Stream (order) → head (recognise: every probe looks at the first bytes of both directions) → reader → records

One `Conversation` a flow, made at its first payload and gone with the flow. Memory: the head (≤ `HEAD_BYTES` a direction),
two streams and the reader's own bound. A reader that hands over (STARTTLS, CONNECT) leads back to recognising.
"""

import re
from dataclasses import dataclass, field

from sensor.frozen import frozen
from sensor.track.reassembly import Gap, Stream
from sensor.wire import (
    MORE,
    DatagramEntry,
    Events,
    GiveUp,
    Likeness,
    NeedMore,
    Outcome,
    ParseError,
    Reader,
    Rest,
    StreamEntry,
)
from sensor.wire.records import Record

HEAD_BYTES = 4_096
"""What a direction may say before it counts as unrecognised."""
HEAD_PIECES = 64
LAYERS = 6
"""Handovers in one flow: SOCKS, CONNECT, TLS… More is an attack or a mistake."""


REASONS = 256
_NUMBER = re.compile(r"\b\d+\b")


def without_numbers(text: str) -> str:
    return _NUMBER.sub("N", text)


@dataclass(slots=True)
class Readers:
    """The protocols a conversation may be in, and what counts give-ups by reason."""

    streams: tuple[StreamEntry, ...]
    datagrams: tuple[DatagramEntry, ...]
    given_up: dict[str, int] = field(default_factory=dict)
    conflicts: int = 0  # segments sent again with other content, of streams that were read

    def count(self, service: str, reason: str) -> str:
        """Counts one give-up; returns its words. Numbers are left out of what is counted, so that the table stays short."""
        key = f"{service}: {without_numbers(reason)}"
        if key not in self.given_up and len(self.given_up) >= REASONS:
            key = f"{service}: other reasons"
        self.given_up[key] = self.given_up.get(key, 0) + 1
        return f"{service}: {reason}"


_Piece = tuple[bool, bytes | Gap]


@frozen
class Segment:
    """One TCP segment. `missing`: payload bytes that the capture cut off behind `data`; `ack`: None without the flag."""

    seq: int
    data: bytes = b""
    ack: int | None = None
    missing: int = 0
    fin: bool = False
    rst: bool = False


class TcpConversation:
    """A stream's conversation. `hungry` says whether more payload is wanted at all."""

    __slots__ = (
        "_candidates",
        "_fins",
        "_head",
        "_left",
        "_orig_head",
        "_orig_stream",
        "_reader",
        "_readers",
        "_resp_head",
        "_resp_stream",
        "gave_up",
        "hungry",
        "services",
    )

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._orig_stream, self._resp_stream = Stream(), Stream()
        self._fins: dict[bool, int] = {}  # from_orig → sequence number behind the last byte
        self._reader: Reader | None = None
        self.services: tuple[str, ...] = ()
        self.gave_up: tuple[str, ...] = ()  # why it was read no further
        self.hungry = True
        self._left = (0, 0)  # bytes that came with the last record and lie behind it
        self._begin()

    def start(self, seq: int, *, from_orig: bool) -> None:
        """A SYN gave the first byte's sequence number."""
        (self._orig_stream if from_orig else self._resp_stream).start(seq)

    def segment(self, segment: Segment, *, from_orig: bool) -> list[Record]:
        """One segment in capture order."""
        records: list[Record] = []
        mine, other = (self._orig_stream, self._resp_stream) if from_orig else (self._resp_stream, self._orig_stream)
        if segment.ack is not None:
            if other.waits:
                for piece in other.acknowledged(segment.ack):
                    self._piece(piece, not from_orig, records)
            if self._fins:
                self._end_if_complete(not from_orig, other, records)
        for piece in mine.segment(segment.seq, segment.data, segment.missing):
            self._piece(piece, from_orig, records)
        if segment.fin:
            self._fins[from_orig] = (segment.seq + len(segment.data) + segment.missing) & 0xFFFF_FFFF
        if self._fins:
            self._end_if_complete(from_orig, mine, records)
        if segment.rst and self.hungry:
            records.extend(self.finish())
        return records

    def _end_if_complete(self, from_orig: bool, stream: Stream, records: list[Record]) -> None:
        """A FIN that overtook the last bytes waits for them."""
        behind = self._fins.get(from_orig)
        if behind is not None and self.hungry and stream.reached(behind):
            del self._fins[from_orig]
            self._end(from_orig, records)

    def finish(self) -> list[Record]:
        """The flow is over, or forgotten: what can still be told is told."""
        records: list[Record] = []
        for from_orig, stream in ((True, self._orig_stream), (False, self._resp_stream)):
            if self.hungry:
                for piece in stream.finish():
                    self._piece(piece, from_orig, records)
        if self.hungry and self._reader is None:
            self._recognise(records, last=True)
        for from_orig in (True, False):
            if self.hungry:
                self._end(from_orig, records)
        self._stop()
        return records

    def said(self) -> tuple[int, int]:
        """Payload bytes (from orig, from resp) up to what the reader has read, gaps included."""
        return self._orig_stream.passed - self._left[0], self._resp_stream.passed - self._left[1]

    def _begin(self) -> None:
        self._candidates: tuple[StreamEntry, ...] = self._readers.streams
        self._head: list[_Piece] = []
        self._orig_head, self._resp_head = b"", b""

    def _give_up(self, service: str, reason: str) -> None:
        self.gave_up += (self._readers.count(service, reason),)
        self._stop()

    def _stop(self) -> None:
        if self.hungry:
            self._readers.conflicts += self._orig_stream.conflicts + self._resp_stream.conflicts
        self.hungry = False
        self._reader = None
        self._head = []
        self._orig_head = self._resp_head = b""
        self._orig_stream.drop()
        self._resp_stream.drop()

    def _piece(self, piece: bytes | Gap, from_orig: bool, records: list[Record]) -> None:
        if not self.hungry:
            return
        if self._reader is not None:
            self._feed(self._reader, piece, from_orig, records)
            return
        self._head.append((from_orig, piece))
        if isinstance(piece, bytes):
            if from_orig:
                self._orig_head = (self._orig_head + piece)[:HEAD_BYTES]
            else:
                self._resp_head = (self._resp_head + piece)[:HEAD_BYTES]
        self._recognise(records)

    def _recognise(self, records: list[Record], *, last: bool = False) -> None:
        still = []
        for entry in self._candidates:
            likeness = entry.probe(self._orig_head, self._resp_head)
            if likeness is Likeness.YES:
                self._adopt(entry, records)
                return
            if likeness is Likeness.MAYBE:
                still.append(entry)
        self._candidates = tuple(still)
        full = min(len(self._orig_head), len(self._resp_head)) >= HEAD_BYTES or len(self._head) > HEAD_PIECES
        if not still or full or last:
            self._give_up("stream", "not recognised")

    def _adopt(self, entry: StreamEntry, records: list[Record]) -> None:
        self._reader = reader = entry.reader()
        self.services += (entry.service,)
        pieces, self._head = self._head, []
        for index, (from_orig, piece) in enumerate(pieces):
            if self._reader is not reader:  # handed over, finished or given up within the head
                if self.hungry:
                    for late_orig, late in pieces[index:]:
                        self._piece(late, late_orig, records)
                return
            self._feed(reader, piece, from_orig, records)

    def _feed(self, reader: Reader, piece: bytes | Gap, from_orig: bool, records: list[Record]) -> None:
        try:
            if isinstance(piece, Gap):
                outcome = reader.gap(piece.missing, from_orig=from_orig)
            else:
                outcome = reader.data(piece, from_orig=from_orig)
        except ParseError as error:
            outcome = GiveUp(str(error) or "malformed")
        self._take(reader, outcome, records)

    def _end(self, from_orig: bool, records: list[Record]) -> None:
        reader = self._reader
        if reader is None:
            return
        try:
            outcome = reader.end(from_orig=from_orig)
        except ParseError as error:
            outcome = GiveUp(str(error) or "malformed")
        self._take(reader, outcome, records)

    def _take(self, reader: Reader, outcome: Outcome, records: list[Record]) -> None:
        if outcome is MORE:  # as nearly always
            return
        match outcome:
            case NeedMore():
                return
            case GiveUp(reason):
                self._give_up(reader.service, reason)
            case Events(told, rest, left_orig, left_resp):
                records.extend(told)
                if rest is Rest.DONE:
                    self._left = (len(left_orig), len(left_resp))
                    self._stop()
                elif rest is Rest.HANDOVER:
                    self._hand_over(left_orig, left_resp, records)

    def _hand_over(self, left_orig: bytes, left_resp: bytes, records: list[Record]) -> None:
        self._reader = None
        if len(self.services) >= LAYERS:
            self._give_up("stream", "too many protocols in one another")
            return
        self._begin()
        for from_orig, left in ((True, left_orig), (False, left_resp)):
            if left:
                self._piece(left, from_orig, records)
