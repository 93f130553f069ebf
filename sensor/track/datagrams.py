"""What two hosts say on one flow of datagrams: recognise the protocol by its bytes, then let its reader read.

One `UdpConversation` a flow, made at its first payload and gone with the flow; it keeps no datagram.
"""

from sensor.track.conversation import Readers, without_numbers
from sensor.wire import (
    DatagramEntry,
    DatagramReader,
    DatagramSession,
    Events,
    GiveUp,
    Likeness,
    NeedMore,
    ParseError,
    Rest,
)
from sensor.wire.quic import QuicSession
from sensor.wire.records import Record
from sensor.wire.records_calls import Rtp

DATAGRAMS_TRIED = 6
MEDIA = (Rtp.service,)
"""What may run behind STUN on one flow."""
REASONS = 4
"""Reasons remembered of one flow."""
FIRST_BYTES_OF_QUIC = (
    3  # different ones among them: the header is masked (RFC 9001, 5.4), another protocol's stays the same
)


class UdpConversation:
    """Datagrams of one flow. Recognised by the first that a probe takes; unrecognised after `DATAGRAMS_TRIED`.

    What was taken up tentatively and gave up is left again, and the datagram is shown to the other probes.
    """

    __slots__ = (
        "_doubt",
        "_entry",
        "_left",
        "_read",
        "_readers",
        "_session",
        "_short",
        "_tried",
        "gave_up",
        "hungry",
        "services",
    )

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._entry: DatagramEntry | None = None
        self._read: DatagramReader | None = None
        self._session: DatagramSession | None = None
        self._left: tuple[str, ...] = ()  # taken up once, in vain
        self._tried = 0
        self._short: list[int] = []  # first bytes of what may be QUIC under way
        self._doubt: tuple[str, str] | None = None  # the protocol that it looked like, and what spoke against it
        self.services: tuple[str, ...] = ()
        self.gave_up: tuple[str, ...] = ()
        self.hungry = True

    def datagram(self, data: bytes, *, from_orig: bool) -> list[Record]:
        """One datagram's payload, in capture order."""
        while self._take_up(data, from_orig) and self._read is not None and self._entry is not None:
            entry = self._entry
            try:
                outcome = self._read(data, from_orig)
            except ParseError as error:
                outcome = GiveUp(str(error) or "malformed")
            match outcome:
                case Events(told, rest, _, _):
                    behind = MEDIA if told and type(told[0]) is Rtp else ()
                    self.services = (entry.service, *behind) if entry.service not in behind else behind
                    self.hungry = rest is Rest.MORE
                    return list(told)
                case GiveUp() if entry.tentative and not self.services:
                    self._read = self._entry = None
                    self._left += (entry.service,)
                    continue
                case GiveUp(reason):  # one bad datagram says nothing of the next
                    self._give_up(entry.service, reason)
                case NeedMore():
                    pass
            break
        return []

    def _take_up(self, data: bytes, from_orig: bool) -> bool:
        """Whether somebody reads this flow."""
        if self._read is not None:
            return True
        self._entry = entry = self._recognise(data, from_orig)
        if entry is None:
            self._tried += 1
            if data[0] & 0xC0 == 0x40:
                self._short.append(data[0])
            if self._tried >= DATAGRAMS_TRIED:
                self.finish()
            return False
        self._session = entry.session() if entry.session else None
        self._read = self._session.datagram if self._session else entry.read
        if not entry.tentative:
            self.services = (entry.service,)
        return True

    @property
    def quic_id(self) -> bytes:
        """By which a QUIC server is called from now on; empty if it did not say."""
        return self._session.server_id if isinstance(self._session, QuicSession) else b""

    def follow(self) -> None:
        """QUIC goes on here from elsewhere: nothing of it can be read."""
        self.services, self.hungry = ("quic",), False

    @property
    def quic_like(self) -> bool:
        """Nothing but what may be short headers of QUIC (RFC 9000, 17.3.1): two bits are plain, the rest is masked."""
        enough = self._tried >= DATAGRAMS_TRIED and len(self._short) == self._tried
        return enough and len(set(self._short)) >= FIRST_BYTES_OF_QUIC

    def finish(self) -> list[Record]:
        """The flow is over, or read no further: what nobody knew is counted."""
        if self.hungry and not self.services and (self._tried or self._read):
            self._give_up(*(self._doubt or ("datagram", "not recognised")))
        self.hungry = False
        return []

    def _give_up(self, service: str, reason: str) -> None:
        told = self._readers.count(service, reason)
        known = set(map(without_numbers, self.gave_up))
        if without_numbers(told) not in known and len(known) < REASONS:
            self.gave_up += (told,)

    def _recognise(self, data: bytes, from_orig: bool) -> DatagramEntry | None:
        sides = (data, b"") if from_orig else (b"", data)
        for entry in self._readers.datagrams:
            if entry.service in self._left:
                continue
            likeness = entry.probe(*sides)
            if likeness is Likeness.YES:
                return entry
            if likeness is Likeness.MAYBE and self._doubt is None:
                self._doubt = _doubt(entry, data, from_orig)
        return None


def _doubt(entry: DatagramEntry, data: bytes, from_orig: bool) -> tuple[str, str] | None:
    """What a reader says of a datagram that its probe is not sure of."""
    try:
        outcome = entry.read(data, from_orig)
    except ParseError as error:
        outcome = GiveUp(str(error))
    return (entry.service, outcome.reason) if isinstance(outcome, GiveUp) and outcome.reason else None
