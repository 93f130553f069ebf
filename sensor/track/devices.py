"""The practice's posts as the rest of the chain names them: address, MAC, maker, what `vigie.yml` and what they say of themselves."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from sensor.track.hostnames import Claim, HostNames
from sensor.track.observation import Device
from sensor.track.routers import Routers

Group = Literal["own", "guest", "personal"]
Identify = Callable[[str, str | None, int | None], tuple[str | None, Group]]
"""(address, MAC, VLAN id) → the name that the practice gave the post, and its group. Made from the policy by the chain."""

Vendor = Callable[[str], str | None]
"""A MAC as text → its maker, where the table knows it. Asked once a device."""


def no_vendor(mac: str) -> None:
    """For runs without a table."""


CAP = 16_384
"""Posts remembered; past it all are looked up anew, and counted."""

_LOCALLY_ADMINISTERED = 0x02


def is_random(mac: str) -> bool:
    """Whether nobody assigned this MAC: telephones make one up for each network (IEEE 802c, bit 1 of the first byte)."""
    return bool(int(mac[:2], 16) & _LOCALLY_ADMINISTERED)


class Devices:
    """(address, MAC, VLAN) → Device. `host_names`: whether what devices call themselves may be kept at all."""

    __slots__ = ("_cache", "_identify", "_vendor", "evicted", "host_names", "routers", "version")

    def __init__(self, identify: Identify, vendor: Vendor = no_vendor, *, host_names: bool = False) -> None:
        self._identify = identify
        self._vendor = vendor
        self._cache: dict[tuple[str, str | None, int | None], Device] = {}
        self.host_names = HostNames() if host_names else None
        self.routers = Routers()
        self.evicted = 0
        self.version = 0  # another number: a post may be known better than before

    def device(self, ip: str, mac: str | None, vlan: int | None) -> Device:
        """The post behind an address, its own MAC (None: not known) and a VLAN id (None: none)."""
        key = (ip, mac, vlan)
        device = self._cache.get(key)
        if device is None:
            if len(self._cache) >= CAP:
                self.evicted += len(self._cache)
                self._cache.clear()
            device = self._cache[key] = self._made(ip, mac, vlan)
        if self.host_names is None or device.group == "guest":
            return device
        known = self.host_names.of(ip, mac)
        if (device.host_name, device.vendor_class) != (known.host_name, known.vendor_class):  # heard since, or anew
            device = replace(device, host_name=known.host_name, vendor_class=known.vendor_class)
            self._cache[key] = device
        return device

    def _made(self, ip: str, mac: str | None, vlan: int | None) -> Device:
        name, group = self._identify(ip, mac, vlan)
        vendor = self._vendor(mac) if mac else None
        if group == "guest" and self.host_names is not None:
            self.host_names.forget(ip, mac)
            self.version += 1
        return Device(ip, mac, name, vendor, group, mac_random=mac is not None and is_random(mac))

    def claim(self, claim: Claim, vlan: int | None) -> None:
        """Something is said of a device. Of a guest's nothing is kept."""
        if claim.ip and claim.mac and claim.source == "dhcp":
            self.routers.bind(claim.ip, claim.mac)
        if self.host_names is not None and self._identify(claim.ip or "", claim.mac, vlan)[1] != "guest":
            self.host_names.take(claim)
            self.version += 1
