"""The practice's posts as the rest of the chain names them: address, MAC, maker, and what `vigie.yml` says of them."""

from collections.abc import Callable
from typing import Literal

from sensor.track.observation import Device

Group = Literal["own", "guest", "personal"]
Identify = Callable[[str, str | None, int | None], tuple[str | None, Group]]
"""(address, MAC, VLAN id) → the name that the practice gave the post, and its group. Made from the policy by the chain."""

Vendor = Callable[[str], str | None]
"""A MAC as text → its maker, where the table knows it. Asked once a device."""


def no_vendor(mac: str) -> None:
    """For runs without a table."""


CAP = 16_384
"""Posts remembered; past it all are looked up anew, and counted."""


class Devices:
    """(address, MAC, VLAN) → Device."""

    __slots__ = ("_cache", "_identify", "_vendor", "evicted")

    def __init__(self, identify: Identify, vendor: Vendor = no_vendor) -> None:
        self._identify = identify
        self._vendor = vendor
        self._cache: dict[tuple[str, str | None, int | None], Device] = {}
        self.evicted = 0

    def device(self, ip: str, mac: str | None, vlan: int | None) -> Device:
        """The post behind an address, a MAC (None: the link shows none) and a VLAN id (None: none)."""
        key = (ip, mac, vlan)
        device = self._cache.get(key)
        if device is None:
            if len(self._cache) >= CAP:
                self.evicted += len(self._cache)
                self._cache.clear()
            name, group = self._identify(ip, mac, vlan)
            vendor = self._vendor(mac) if mac else None
            device = self._cache[key] = Device(ip, mac, name, vendor, group)
        return device
