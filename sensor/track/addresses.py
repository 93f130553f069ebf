"""Addresses as the kernel counts them (128-bit integers) and as people read them; which of them belong to the practice.

The kernel keeps IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). Text forms are cached, bounded: a flood of new addresses costs
time, never memory.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network

_MAPPED = 0xFFFF << 32
_CACHE = 16_384

PRIVATE: tuple[Network, ...] = (
    IPv4Network("10.0.0.0/8"),  # RFC 1918
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("169.254.0.0/16"),  # RFC 3927
    IPv4Network("127.0.0.0/8"),
    IPv6Network("fc00::/7"),  # RFC 4193
    IPv6Network("fe80::/10"),  # RFC 4291
    IPv6Network("::1/128"),
)
"""Ranges that are local anywhere."""

SHARED: tuple[Network, ...] = (
    IPv4Network("224.0.0.0/4"),
    IPv4Network("255.255.255.255/32"),
    IPv4Network("0.0.0.0/8"),
    IPv6Network("ff00::/8"),
    IPv6Network("::/128"),
)
"""Multicast, broadcast and unspecified: nobody's address, on the practice's own wire."""


@lru_cache(_CACHE)
def address(hi: int, lo: int) -> IPv4Address | IPv6Address:
    """The two halves of the kernel's 128 bits → an address, IPv4 where it is mapped."""
    if hi == 0 and lo & ~0xFFFF_FFFF == _MAPPED:
        return IPv4Address(lo & 0xFFFF_FFFF)
    return IPv6Address(hi << 64 | lo)


@lru_cache(_CACHE)
def ip_text(hi: int, lo: int) -> str:
    """As people write it (RFC 5952)."""
    return str(address(hi, lo))


@lru_cache(_CACHE)
def mac_text(mac: int) -> str | None:
    """48 bits → "aa:bb:cc:dd:ee:ff"; 0 (the link has none) → None."""
    return ":".join(f"{byte:02x}" for byte in mac.to_bytes(6, "big")) if mac else None


ANNOUNCED = 32
"""Prefixes of router advertisements remembered; past them the one that was announced least recently goes, and is counted."""


FOR_EVER = (1 << 63) - 1


class Locality:
    """Which addresses belong to the practice: private ranges, those that `vigie.yml` names, and the IPv6 prefixes that routers
    announce on the mirror. A flow keeps the direction it began with: only flows that begin later are told by a new prefix.
    """

    __slots__ = ("_announced", "_cache", "_first_end", "_networks", "evicted")

    def __init__(self, networks: tuple[Network, ...] = ()) -> None:
        self._networks = PRIVATE + networks
        self._announced: dict[Network, int] = {}  # until when, in ns
        self._first_end = FOR_EVER
        self._cache: dict[tuple[int, int], bool] = {}
        self.evicted = 0

    def announce(self, network: Network, until: int = FOR_EVER) -> None:
        """A router says that this prefix is the wire's own, `until` a time in nanoseconds unless it says so again."""
        new = network not in self._announced
        self._announced.pop(network, None)
        self._announced[network] = until
        self._first_end = min(self._first_end, until)
        if new:
            self._cache.clear()
            if len(self._announced) > ANNOUNCED:
                del self._announced[next(iter(self._announced))]
                self.evicted += 1

    def withdraw(self, network: Network) -> None:
        """A router takes a prefix back."""
        if network in self._announced:
            del self._announced[network]
            self._cache.clear()

    def tick(self, now: int) -> None:
        """Time has come to `now`: what was not announced again is no longer the wire's."""
        if now < self._first_end:
            return
        for network in [network for network, until in self._announced.items() if until <= now]:
            self.withdraw(network)
        self._first_end = min(self._announced.values(), default=FOR_EVER)

    def __call__(self, hi: int, lo: int) -> bool:
        key = (hi, lo)
        known = self._cache.get(key)
        if known is None:
            if len(self._cache) >= _CACHE:
                self._cache.clear()
            known = self._cache[key] = self.is_local(address(hi, lo))
        return known

    def has(self, text: str) -> bool:
        """As `is_local`, of an address as text."""
        return self.is_local(ip_address(text))

    def is_local(self, ip: IPv4Address | IPv6Address) -> bool:
        """Whether `ip` is in one of the practice's networks, a private range or an announced prefix."""
        return any(ip.version == net.version and ip in net for net in (*self._networks, *self._announced))


@lru_cache(_CACHE)
def is_shared(hi: int, lo: int) -> bool:
    """Multicast, broadcast or unspecified."""
    ip = address(hi, lo)
    return any(ip.version == network.version and ip in network for network in SHARED)


def is_unspecified(hi: int, lo: int) -> bool:
    """0.0.0.0 or ::, of a device that has no address yet."""
    return hi == 0 and lo in (0, _MAPPED)
