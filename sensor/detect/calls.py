"""Whose a call is that goes straight to the other person: the program's that the device's socket belongs to.

A call sends all that it sends from one UDP socket of the device (ICE, RFC 8445, 5.1.1): to its maker's STUN, TURN and other relays,
which their attributes, their realm, the program's own bytes or the device's DNS name, and to the other person, of whom nothing tells.
A port that one program has opened no other program sends from. What is known so is probable, and told of flows only that find their
way as calls do (STUN), carry media (RTP) or show nothing at all, towards an address without a name.

That a messenger is open on the device says nothing of a call beside it: a video consultation looks the same.
"""

from collections import OrderedDict

from sensor.detect.event import Event
from sensor.detect.lists import Destination

CAP = 4_096
"""Sockets remembered; the one unheard of for longest goes first, and is counted."""
SILENCE = 120 * 1_000_000_000
"""After so long without a word (nanoseconds) a socket may be another program's: a call keeps its way open every 15 s (RFC 8445, 11)."""
CALL = frozenset(("stun", "rtp", "fingerprint"))
LIST, ROLES = "messengers", ("chat", "media", "web")


class Calls:
    """(device's address, port) → the program that called from there."""

    __slots__ = ("_sockets", "evicted")

    def __init__(self) -> None:
        self._sockets: OrderedDict[tuple[str, int], tuple[Destination, int]] = OrderedDict()
        self.evicted = 0

    def place(self, event: Event) -> None:
        """Of a flow of UDP: remembers whose it is, or finds out."""
        conn = event.conn
        if conn.services and CALL.isdisjoint(conn.services):
            return
        known = event.destination
        near = conn.orig if event.from_device else conn.resp
        socket = (near.ip, near.port)
        if known is None and conn.app is None and event.peer.host is None:
            found = self._sockets.get(socket)
            if found is not None and event.o.ts - found[1] <= SILENCE:
                event.belongs_to(found[0])
                self._keep(socket, found[0], event.o.ts)
        elif known is not None and known.list == LIST and known.role in ROLES and conn.services:
            self._keep(socket, known, event.o.ts)

    def _keep(self, socket: tuple[str, int], program: Destination, now: int) -> None:
        self._sockets[socket] = (program, now)
        self._sockets.move_to_end(socket)
        if len(self._sockets) > CAP:
            self._sockets.popitem(last=False)
            self.evicted += 1
