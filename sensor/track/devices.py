"""The practice's posts as the rest of the chain names them: address, MAC, maker, and what `vigie.yml` says of them."""

from collections.abc import Callable, Mapping
from typing import Literal

from sensor.track.observation import Device

Group = Literal["own", "guest", "personal"]
Identify = Callable[[str, str | None, int | None], tuple[str | None, Group]]
"""(address, MAC, VLAN id) → the name that the practice gave the post, and its group. Made from the policy by the chain."""

CAP = 16_384
"""Posts remembered; past it all are looked up anew, and counted."""
_PREFIX = len("aa:bb:cc")


class Devices:
    """(address, MAC, VLAN) → Device. `vendors` maps a MAC's first three bytes ("aa:bb:cc") to a maker."""

    __slots__ = ("_cache", "_identify", "_vendors", "evicted")

    def __init__(self, identify: Identify, vendors: Mapping[str, str]) -> None:
        self._identify = identify
        self._vendors = vendors
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
            vendor = self._vendors.get(mac[:_PREFIX]) if mac else None
            device = self._cache[key] = Device(ip, mac, name, vendor, group)
        return device
