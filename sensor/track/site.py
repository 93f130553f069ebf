"""What track must know of the practice: which networks and devices are its own. Made from `vigie.yml` by the command."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import ClassVar, Literal

from sensor.track.addresses import Locality, Network
from sensor.track.observation import Device

Group = Literal["own", "guest", "personal"]


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that `vigie.yml` names, by MAC, by address or by both."""

    name: str
    group: Group = "own"
    mac: str | None = None  # lower case, colons
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """The practice's own. Networks are local beside the private ranges; `guests` are networks of patients and visitors."""

    networks: tuple[Network, ...] = ()
    guests: tuple[Network, ...] = ()
    guest_vlans: frozenset[int] = frozenset()
    devices: tuple[KnownDevice, ...] = ()


class Vendors:
    """MAC prefix → maker: a plain mapping of "aa:bb:cc" to a name, loaded by the command and passed in."""

    __slots__ = ("_by_prefix",)

    def __init__(self, by_prefix: dict[str, str] | None = None) -> None:
        self._by_prefix = by_prefix or {}

    def of(self, mac: str | None) -> str | None:
        return self._by_prefix.get(mac[:8]) if mac else None


@dataclass(slots=True)
class Devices:
    """The practice's posts as the rest of the chain names them. Bounded: cleared when `CAP` is passed, and counted."""

    CAP: ClassVar[int] = 16_384

    site: Site
    vendors: Vendors = field(default_factory=Vendors)
    evicted: int = 0
    _cache: dict[tuple[str, str | None, int], Device] = field(default_factory=dict)
    _by_mac: dict[str, KnownDevice] = field(default_factory=dict)
    _by_ip: dict[str, KnownDevice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_mac = {d.mac: d for d in self.site.devices if d.mac}
        self._by_ip = {d.ip: d for d in self.site.devices if d.ip}

    def device(self, ip: str, mac: str | None, vlan: int) -> Device:
        """The device behind an address, a MAC (None: the link shows none) and a VLAN id (0: none)."""
        key = (ip, mac, vlan)
        device = self._cache.get(key)
        if device is None:
            if len(self._cache) >= self.CAP:
                self.evicted += len(self._cache)
                self._cache.clear()
            device = self._cache[key] = self._make(ip, mac, vlan)
        return device

    def _make(self, ip: str, mac: str | None, vlan: int) -> Device:
        known = (self._by_mac.get(mac) if mac else None) or self._by_ip.get(ip)
        group: Group = known.group if known else "own"
        if known is None and (vlan in self.site.guest_vlans or self._is_guest(ip)):
            group = "guest"
        return Device(ip, mac, known.name if known else None, self.vendors.of(mac), group)

    def _is_guest(self, ip: str) -> bool:
        parsed = ip_address(ip)
        return any(parsed.version == network.version and parsed in network for network in self.site.guests)


def locality(site: Site) -> Locality:
    """Local addresses of this site."""
    return Locality(site.networks + site.guests)
