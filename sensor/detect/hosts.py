"""The hosts that the practice uses: what went between its posts and each of them, for the register of processing (GDPR, article 30).

Called by the detector with each transfer that a post opened to the outside. A host on a list is kept with the post: who sends what to
which provider is what the register asks; so is a mail server on no list, known by what is spoken with it, or by its name and port where
all of it is encrypted. Any other is summed for all posts together, and personal devices, guests, messengers and what hides its
destination are left out: where people go is nobody's business. Bounded by `CAP` between two `take`s.
"""

from dataclasses import dataclass

from sensor.detect.destinations import OWN, is_hidden, word_of
from sensor.detect.event import Event
from sensor.track.observation import Direction

MAIL = "mail"
_MAIL = frozenset({"smtp", "imap", "pop3"})
_MAIL_PORTS = frozenset({465, 587, 993, 995})  # RFC 8314, 7; RFC 6409
CAP = 5_000
"""Hosts and posts of one stretch; past it the rest is summed under no name."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`device_ip` empty: all posts together. `cls` empty: on no list. Times in nanoseconds since the epoch."""

    device_ip: str
    device_mac: str | None
    place: str
    cls: str
    first: int
    last: int
    bytes_out: int
    bytes_in: int


def _class(event: Event) -> str:
    destination, conn = event.destination, event.conn
    if destination is not None:
        return word_of(destination)
    if event.is_own:
        return OWN
    named_mail = "ssl" in conn.services and event.peer.port in _MAIL_PORTS and event.peer.host
    return MAIL if named_mail or not _MAIL.isdisjoint(conn.services) else ""


class Hosts:
    """Sums of transfers; `take` empties them."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str | None, str, str], list[int]] = {}

    def add(self, event: Event) -> None:
        """`event` is of a `Transfer`."""
        if event.direction is not Direction.OUTBOUND or event.device.group != "own":
            return
        cls = _class(event)
        if cls == "messaging" or is_hidden(cls):
            return
        device = (event.device.ip, event.device.mac) if cls else ("", None)
        key = (*device, event.place, cls)
        if key not in self._sums and len(self._sums) >= CAP:
            key = ("", None, "", "")
        ts = event.o.ts
        sums = self._sums.setdefault(key, [ts, ts, 0, 0])
        sums[0], sums[1] = min(sums[0], ts), max(sums[1], ts)
        sums[2] += event.record.bytes_out
        sums[3] += event.record.bytes_in

    def take(self) -> list[Heard]:
        """All since the last call."""
        sums, self._sums = self._sums, {}
        return [Heard(*key, *values) for key, values in sums.items()]
