"""Whose MAC a frame shows: behind a router every device shows the router's, which is not theirs.

A MAC is a router's when strangers' addresses come from it. ARP and DHCP say which addresses a card has itself; once a router's
own are known, its MAC is nobody else's: a device behind it is known by its address, or by the MAC that DHCP told. Addresses that
no router passes on (link-local) keep theirs.
"""

from collections import OrderedDict
from ipaddress import ip_address

CAP = 4_096
ROUTERS = 64
"""Routers remembered: a practice has one or two."""


class Routers:
    """MACs that forward, and addresses bound to MACs. Bounded: what was heard of least recently goes."""

    __slots__ = ("_bound", "_owned", "_routers", "evicted")

    def __init__(self) -> None:
        self._routers: OrderedDict[str, None] = OrderedDict()
        self._bound: OrderedDict[str, str] = OrderedDict()  # address → MAC
        self._owned: dict[str, int] = {}  # MAC → addresses bound to it
        self.evicted = 0

    def forwards(self, mac: str) -> None:
        """A stranger's packet came from this card, or went to it."""
        self._routers[mac] = None
        self._routers.move_to_end(mac)
        if len(self._routers) > ROUTERS:
            self._routers.popitem(last=False)
            self.evicted += 1

    def bind(self, ip: str, mac: str) -> None:
        """ARP or DHCP says that this address stands at this card."""
        self._unbind(ip)
        self._bound[ip] = mac
        self._owned[mac] = self._owned.get(mac, 0) + 1
        if len(self._bound) > CAP:
            self._unbind(next(iter(self._bound)))
            self.evicted += 1

    def _unbind(self, ip: str) -> None:
        mac = self._bound.pop(ip, None)
        if mac is not None:
            self._owned[mac] -= 1
            if not self._owned[mac]:
                del self._owned[mac]

    def is_router(self, mac: str) -> bool:
        return mac in self._routers

    def own_mac(self, ip: str, mac: str | None) -> str | None:
        """The device's own MAC, as far as it is known, where `mac` is what its frames show."""
        if mac is None or mac not in self._routers or not self._owned.get(mac):
            return mac
        bound = self._bound.get(ip)
        if bound is None and (ip_address(ip).version == 6 or ip_address(ip).is_link_local):
            return mac  # ARP says nothing of these
        return bound
