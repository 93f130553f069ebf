"""Bytes to records, pure: no socket, no file, no clock. One file a protocol, one contract for all.

The reader contract, stated once:

* A stream reader is fed bytes and a direction (`from_orig`: sent by the side that opened the connection), in order,
  each byte once. `gap` tells it that `missing` bytes of one direction will never come; `end` that a direction closed.
* Each call has one of three outcomes, no others: `Events` (what was read, and what becomes of the rest), `MORE` (nothing
  yet, keep feeding) or `GIVE_UP` (these bytes are not mine, or no longer readable). After `GIVE_UP`, or `Events` whose
  `rest` is not `Rest.MORE`, it is fed no more.
* Nothing but its own `ParseError(ValueError)` ever leaves it, and whoever feeds it treats that as a give-up.
* Its buffer has a bound that its docstring states; its work is linear in the bytes it was fed.
* It opens nothing, logs nothing, knows no time, and keeps nothing that privacy forbids: its records are all that leaves.

A datagram reader is a function `(data, from_orig) -> Outcome` that keeps nothing between datagrams. Where one message
spans several datagrams (QUIC's hello) an entry also names a `session`: made once a flow, its `datagram` is called instead,
with the same three outcomes, and keeps no more than its docstring says.

Readers go by what bytes say, not by port: `Probe` functions look at the first bytes of both directions and answer with a
`Likeness`. `sensor.wire.readers` holds the table of probes and readers.
"""

from collections.abc import Callable
from enum import Enum
from typing import ClassVar, Protocol

from sensor.frozen import frozen
from sensor.wire.records import Record


class ParseError(ValueError):
    """Bytes that contradict the protocol: the only exception a reader lets out."""


class Rest(Enum):
    """What becomes of the bytes after these events."""

    MORE = "more"  # keep feeding this reader
    DONE = "done"  # the reader has all it wants: the flow may be counted only
    HANDOVER = "handover"  # another protocol begins here (STARTTLS, CONNECT, SOCKS): recognise anew


@frozen
class Events:
    """What was read. `left_orig` and `left_resp`: bytes already fed that belong to what follows: with `Rest.HANDOVER` to the next
    protocol; with `Rest.DONE` nobody reads them, and they only do not count as said before the record.
    """

    records: tuple[Record, ...]
    rest: Rest = Rest.MORE
    left_orig: bytes = b""
    left_resp: bytes = b""


@frozen
class NeedMore:
    """Nothing to tell yet."""


@frozen
class GiveUp:
    """Not this protocol, or no longer readable; `reason` is counted in `--stats`."""

    reason: str


MORE = NeedMore()
Outcome = Events | NeedMore | GiveUp


class Reader(Protocol):
    """A stream reader: see the contract above."""

    service: ClassVar[str]  # Zeek's name of the protocol: "ssl", "smtp"…

    def data(self, data: bytes, *, from_orig: bool) -> Outcome: ...

    def gap(self, missing: int, *, from_orig: bool) -> Outcome: ...

    def end(self, *, from_orig: bool) -> Outcome: ...


class Likeness(Enum):
    """What the first bytes of a flow say to a probe."""

    YES = "yes"  # these are the protocol's own bytes
    MAYBE = "maybe"  # nothing against it so far, too little to tell
    NO = "no"


Probe = Callable[[bytes, bytes], Likeness]
"""(first bytes from the originator, first bytes from the responder) → Likeness. Either may be empty: seen in one direction
only, mid-stream, or not yet."""

DatagramReader = Callable[[bytes, bool], Outcome]
"""(payload of one datagram, from_orig) → Outcome."""


class DatagramSession(Protocol):
    """A datagram reader that remembers: one for each flow."""

    def datagram(self, data: bytes, from_orig: bool) -> Outcome: ...


@frozen
class StreamEntry:
    """One row of the table of stream protocols."""

    service: str
    probe: Probe
    reader: Callable[[], Reader]
    first_bytes: int = 64  # how many bytes of a direction the probe may want before it must say YES or NO


@frozen
class DatagramEntry:
    """One row of the table of datagram protocols. `probe` sees one datagram and its direction's emptiness as in `Probe`."""

    service: str
    probe: Probe
    read: DatagramReader
    session: Callable[[], DatagramSession] | None = None  # used in place of `read` by whoever can keep one a flow
    tentative: bool = False  # its probe only hopes: nothing is recognised before its session's first `Events`
