"""Media of calls over UDP, by how it behaves: RTP (RFC 3550, 5.1), enciphered or not (RFC 3711 leaves the header in clear).

    2(2 bits) …(6) …(1) payload type(7) number(2) time(4) source(4) …     both ways, the number counts up, the source stays
    RTCP beside it: 2(2) …(6) 200 to 207 length(2, in words less one) source(4)       (RFC 5761: 64 to 95 is no payload type)
    through a relay behind channel(2, 0x4000 to 0x4FFF) length(2)                      (RFC 8656, 12.4)

It says that a call passes, never whose: a video consultation sends what a messenger does. `sensor.wire.stun` looks for it behind STUN;
alone it is what telephones of a practice send. One way of media is no call: that is television, or a camera.
"""

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.records_calls import Rtp

HEADER = 12
IN_ORDER = 3  # steps of a source that say it counts
MOST_LOST = 50  # between two packets of a source that were seen
MOST_SOURCES = 4  # in one direction: voice, picture, screen
MOST_DATAGRAMS, FEW_DATAGRAMS = 64, 10
WHILE_IT_RINGS = 512
"""Datagrams of one side's media for which the other's is waited for: a voice sends fifty a second."""
RTCP = range(200, 208)
CHANNELS = range(0x40, 0x50)
CLOCK_BACK = 1 << 31


def is_rtp(data: bytes) -> bool:
    if len(data) < HEADER or data[0] & 0xC0 != 0x80:
        return False
    kind = data[1] & 0x7F
    return not 35 <= kind <= 95 and len(data) >= HEADER + 4 * (data[0] & 0x0F)


def is_rtcp(data: bytes) -> bool:
    """Its first packet fits; behind it may be others, and a proof."""
    return (
        len(data) >= 8
        and data[0] & 0xC0 == 0x80
        and data[1] in RTCP
        and 4 * (1 + (data[2] << 8 | data[3])) <= len(data)
    )


class RtpWatch:
    """Listens to a flow until both sides' media has been heard. Keeps the last numbers of four sources a direction."""

    __slots__ = ("_counted", "_reported", "_sources", "datagrams")

    def __init__(self) -> None:
        self._sources: tuple[dict[bytes, tuple[int, int, int]], ...] = (
            {},
            {},
        )  # by from_orig: source → number, time, steps
        self._counted: list[int | None] = [None, None]  # payload type of a source that counts
        self._reported = [0, 0]
        self.datagrams = 0

    def heard(self, data: bytes, from_orig: bool) -> Rtp | None:
        """One datagram; what is told once both ways are sure. One of them may only report on what it hears."""
        self.datagrams += 1
        relayed = (
            len(data) > 4 and data[0] in CHANNELS and (data[2] << 8 | data[3]) in range(len(data) - 7, len(data) - 3)
        )
        if relayed:
            data = data[4:]
        if is_rtcp(data):
            self._reported[from_orig] += 1
        elif is_rtp(data):
            self._count(data, from_orig)
        resp, orig = (kind is not None or self._reported[side] >= 2 for side, kind in enumerate(self._counted))
        if not (orig and resp) or not self.counts:
            return None
        return Rtp(self._counted[True], self._counted[False], relayed)

    @property
    def counts(self) -> bool:
        """Whether one side's media is sure."""
        return self._counted != [None, None]

    def _count(self, data: bytes, from_orig: bool) -> None:
        sources = self._sources[from_orig]
        source, number, clock = data[8:12], data[2] << 8 | data[3], int.from_bytes(data[4:8], "big")
        before = sources.get(source)
        if before is None:
            if len(sources) < MOST_SOURCES:
                sources[source] = (number, clock, 0)
            return
        last, time, steps = before
        goes_on = 0 < (number - last) & 0xFFFF <= MOST_LOST and (clock - time) & 0xFFFFFFFF < CLOCK_BACK
        steps = steps + 1 if goes_on else 0
        sources[source] = (number, clock, steps)
        if steps >= IN_ORDER:
            self._counted[from_orig] = data[1] & 0x7F


class RtpSession:
    """Media without STUN before it. Keeps what `RtpWatch` keeps."""

    def __init__(self) -> None:
        self._watch = RtpWatch()

    def datagram(self, data: bytes, from_orig: bool) -> Outcome:
        if not (is_rtp(data) or is_rtcp(data)):
            return GiveUp("not media")  # STUN, DTLS: whoever reads those
        told = self._watch.heard(data, from_orig)
        if told is not None:
            return Events((told,), Rest.DONE)
        return (
            MORE
            if self._watch.datagrams < (WHILE_IT_RINGS if self._watch.counts else FEW_DATAGRAMS)
            else GiveUp("media one way, or none")
        )


def probe(orig: bytes, resp: bytes) -> Likeness:
    """It only hopes: what one datagram shows says little."""
    if not orig and not resp:
        return Likeness.MAYBE
    return Likeness.YES if is_rtp(orig or resp) else Likeness.NO


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader without memory: one datagram is never enough."""
    del data, from_orig
    return GiveUp("media takes several datagrams")
