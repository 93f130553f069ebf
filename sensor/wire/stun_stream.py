"""STUN and TURN on a stream (RFC 8489, 6.2.2; RFC 8656, 3.1), where UDP is not let through: the messages of `sensor.wire.stun`.

    message, message…  or  length(2) message, length(2) message… (RFC 4571)

Read until the first bytes that are no message: channel data, media, or DTLS.
"""

from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.records import Stun
from sensor.wire.sides import TwoSides, any_side, best, starts
from sensor.wire.stun import COOKIE, HEADER, StunSession

LARGEST = 1_500
FRAMED = 2  # bytes of a length before each message


class StunReader(TwoSides):
    """Buffer: one message of 1,500 bytes in each direction."""

    service: ClassVar[str] = "stun"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())
        self._session = StunSession()

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        buffer = self._buffers[from_orig]
        if self._lost[from_orig]:
            return MORE
        buffer += data[: 2 * LARGEST]
        records: list[Stun] = []
        while len(buffer) >= FRAMED + HEADER:
            ahead = 0 if buffer[4:8] == COOKIE else FRAMED
            size = ahead + HEADER + (buffer[ahead + 2] << 8 | buffer[ahead + 3])
            if buffer[ahead + 4 : ahead + 8] != COOKIE or size > LARGEST:
                return Events(tuple(records), Rest.DONE)
            if len(buffer) < size:
                break
            outcome = self._session.datagram(bytes(buffer[ahead:size]), from_orig)
            del buffer[:size]
            if isinstance(outcome, Events):
                records += [record for record in outcome.records if isinstance(record, Stun)]
                if outcome.rest is Rest.DONE:
                    return Events(tuple(records), Rest.DONE)
        return Events(tuple(records)) if records else MORE

    def _finish(self) -> Outcome:
        return GiveUp("no message")


def probe(orig: bytes, resp: bytes) -> Likeness:
    return any_side(_begins, orig, resp)


def _begins(data: bytes) -> Likeness:
    """A message's header, bare or behind its length."""
    return best(_header(data, ahead) for ahead in (0, FRAMED))


def _header(data: bytes, ahead: int) -> Likeness:
    head = data[ahead : ahead + HEADER]
    if head and (head[0] & 0xC0 or (len(head) >= 4 and head[3] & 3)):
        return Likeness.NO
    said = starts(head[4:8], COOKIE)
    if said is Likeness.YES and ahead:
        framed = (data[0] << 8 | data[1]) == HEADER + (head[2] << 8 | head[3])
        return Likeness.YES if framed else Likeness.NO
    return said
