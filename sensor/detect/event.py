"""An observation as rules look at it: with the destination that the lists know, the post's own side of the bytes, and what
the policy says. Each is found out when first asked for. Made once for each observation that some rule may want.
"""

from collections.abc import Callable
from typing import Any

from sensor.detect.alert import Hds
from sensor.detect.lists import Destination, Lists
from sensor.detect.policy import Policy
from sensor.detect.register import NOT_COVERED, Covered, cover, local_time
from sensor.detect.volumes import SPANS, Sums
from sensor.track.observation import Device, Direction, Observation, Peer, Session, Transfer

HIDING = {"dot": "encrypted-dns", "doq": "encrypted-dns", "dns_port": "encrypted-dns", "proxy": "socks", "ech": "ech"}
"""What a flow does to hide → the word by which the practice may allow it."""
_UNKNOWN = object()
NO_SUMS: Sums = ((0, 0),) * len(SPANS)


def _no_sums() -> Sums:
    return NO_SUMS


class Event:
    """See above. `device` is the practice's post: of a remote session inside, the one that is controlled."""

    __slots__ = (
        *("_contract", "_destination", "_place", "conn", "device", "direction"),
        *("lists", "o", "owns", "peer", "policy", "record", "shared", "sums"),
    )

    def __init__(self, o: Observation, lists: Lists, policy: Policy) -> None:
        self.o = o
        self.record: Any = o.record  # which kind, the service that the rule names says
        self.conn = o.conn
        self.device = o.device
        self.peer = o.peer
        self.direction = o.direction
        self.lists = lists
        self.policy = policy
        self.sums: Callable[[], Sums] = _no_sums  # of a transfer
        self.owns: Callable[[str], bool] = policy.is_own  # or what remembers its answers
        self._place: str | None = None
        self.shared = False  # whether the destination is known by the device's socket only: see `sensor.detect.calls`
        self._destination: object = _UNKNOWN
        self._contract: Covered | None = None
        if o.direction is Direction.INTERNAL and isinstance(o.record, Session) and o.device.ip == o.conn.orig.ip:
            self._take_controlled_side()

    def _take_controlled_side(self) -> None:
        controlled, origin = self.conn.resp, self.conn.orig
        named = self.policy.device(controlled.ip, controlled.mac)
        group = self.policy.group(controlled.ip, controlled.mac, self.conn.vlan)
        self.device = Device(controlled.ip, controlled.mac, named.name if named else None, None, group)
        self.peer = Peer(origin.ip, origin.port, self.o.device.name)

    @property
    def destination(self) -> Destination | None:
        """What the lists say of the program that the flow's own bytes show, else of the peer's name."""
        if self._destination is _UNKNOWN:
            self._destination = self.lists.of(self.conn.app, self.peer.host)
        return self._destination  # type: ignore[return-value] # the sentinel is gone

    def belongs_to(self, program: Destination) -> None:
        """The flow is of this program, whose other flows share the device's socket."""
        self._destination, self.shared = program, True

    @property
    def by_bytes(self) -> bool:
        """Whether the destination is known by the flow's own bytes: better evidence than any name."""
        return self.destination is not None and self.conn.app == self.destination.app

    @property
    def contract(self) -> Covered:
        """What the register says of this remote session; of anything else, nothing."""
        if self._contract is None:
            record, destination = self.record, self.destination
            app = record.app if isinstance(record, Session) else destination.app if destination else None
            contracts = self.policy.contracts
            at = local_time(self.o.ts, self.policy.practice.timezone)
            # A maker's relay says nothing of who is behind it.
            remote = self.peer if isinstance(record, Session) else None
            self._contract = cover(contracts, app, self.device, remote, at) if contracts and app else NOT_COVERED
        return self._contract

    @property
    def from_device(self) -> bool:
        """Whether the post opened the connection."""
        return self.conn.orig.ip == self.device.ip

    @property
    def bytes_out(self) -> int:
        """Sent by the post: of a transfer the increment, else of the connection so far."""
        if isinstance(self.record, Transfer):
            return self.record.bytes_out
        return self.conn.orig_bytes if self.from_device else self.conn.resp_bytes

    @property
    def bytes_in(self) -> int:
        if isinstance(self.record, Transfer):
            return self.record.bytes_in
        return self.conn.resp_bytes if self.from_device else self.conn.orig_bytes

    @property
    def place(self) -> str:
        """One word for where the peer is: the name on a list, else the registrable name, else the address."""
        if self._place is None:
            self._place = self.lists.place(self.peer.host, self.peer.ip)
        return self._place

    @property
    def hds(self) -> Hds:
        """What is known of the destination. "not_listed" is said of names on other lists only: of the rest we know nothing."""
        destination = self.destination
        if destination is None:
            return Hds.OWN if self.is_own else Hds.UNKNOWN
        if destination.hds is not None:
            return destination.hds
        return Hds.UNKNOWN if destination.cls in ("health", "to_check", "public") else Hds.NOT_LISTED

    @property
    def volumes(self) -> Sums:
        """Of a transfer: what went to this place lately."""
        return self.sums()

    @property
    def is_own(self) -> bool:
        """Whether the peer is the practice's: local, or another of its sites."""
        return self.direction is Direction.INTERNAL or self.owns(self.peer.ip)

    @property
    def allowed(self) -> bool:
        """Whether the practice allows this app, to all or to this post."""
        known = self.destination.app if self.destination is not None else None
        apps = {app for app in (known, HIDING.get(self.conn.hidden or "")) if app is not None}
        if not apps:
            return False
        named = self.policy.device(self.device.ip, self.device.mac)
        return not apps.isdisjoint(self.policy.allowed_apps) or (
            named is not None and not apps.isdisjoint(named.allowed)
        )

    @property
    def quiet(self) -> bool:
        """Whether it is within the practice's quiet hours."""
        hours = self.policy.quiet_hours
        return hours is not None and hours.hold(local_time(self.o.ts, self.policy.practice.timezone).time())
