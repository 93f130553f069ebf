"""QUIC connections by the id that their packets bear: a flow that goes on elsewhere, or after a silence, keeps its name.

    short header: 0|any(7)  destination id  …      its length only the receiver knows (RFC 9000, 17.3.1)
                  the second bit, once always 1, both sides may agree to throw (RFC 9287)

The client calls the server by the id that the server gave in its first packet, until it changes paths on purpose: then it takes
one that was given under encryption, and only the device's DNS still explains the address. Asked for each new flow of datagrams
that begins with what may be a short header. Bounded: the least recently used goes first, and is counted.
"""

from collections import OrderedDict

from sensor.track.datagrams import UdpConversation
from sensor.track.flow import Flow, Known
from sensor.wire.records import Record

CAP = 8_192
SHORTEST = 4
"""Bytes of an id that is worth keeping: a shorter one comes up by chance."""


class QuicPaths:
    """(server's address, its id) → what was known."""

    __slots__ = ("_cap", "_known", "_sizes", "evicted")

    def __init__(self, cap: int = CAP) -> None:
        self._known: OrderedDict[tuple[str, bytes], Known] = OrderedDict()
        self._sizes: dict[int, None] = {}  # lengths of ids that came up: at most 17
        self._cap = cap
        self.evicted = 0

    def datagram(
        self, flow: Flow, conversation: UdpConversation, data: bytes, *, from_orig: bool, fresh: bool
    ) -> list[Record]:
        """One datagram of `flow`, `fresh` if it is the first: what is read of it."""
        known = self.of(flow.server, data) if fresh and from_orig else None
        if known is not None:
            flow.follow(known)
        if not data or not conversation.hungry:
            return []
        records = conversation.datagram(data, from_orig=from_orig)
        if conversation.quic_id:
            self.learn(flow.server, conversation.quic_id, flow.known)
        return records

    def learn(self, server: str, server_id: bytes, known: Known) -> None:
        if len(server_id) < SHORTEST or not (known.host or known.program):
            return
        self._known[server, server_id] = known
        self._known.move_to_end((server, server_id))
        self._sizes[len(server_id)] = None
        if len(self._known) > self._cap:
            self._known.popitem(last=False)
            self.evicted += 1

    def of(self, server: str, datagram: bytes) -> Known | None:
        """The connection that a client's datagram belongs to."""
        if not datagram or datagram[0] & 0x80:
            return None
        for size in self._sizes:
            known = self._known.get((server, datagram[1 : 1 + size]))
            if known is not None:
                self._known.move_to_end((server, datagram[1 : 1 + size]))
                return known
        return None
