"""Prefixes that a router announces on the practice's wire: IPv6 router advertisements (RFC 4861 §4.2, §4.6.2).

Called by the tracker with the IPv6 packet of each advertisement that the kernel hands up.

    IPv6: hop limit 255 (no router passed it on), source link-local, next header 58, after extension headers
    ICMPv6: type(1)=134 code(1)=0 checksum(2) hop limit(1) flags(1) lifetime(2) reachable(4) retransmit(4), options
    option: type(1) length(1, in 8 octets); 3 = prefix: length(1) flags(1, L A) valid(4) preferred(4) reserved(4) prefix(16)
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from sensor.wire import ParseError
from sensor.wire.cursor import Cursor

_EXTENSIONS = frozenset({0, 43, 60})  # hop-by-hop, routing, destination options
_ICMPV6, _ADVERTISEMENT, _PREFIX = 58, 134, 3
_ON_LINK_OR_AUTONOMOUS = 0xC0
_HOPS = 255
_GLOBAL = IPv6Network("2000::/3")
_LINK_LOCAL = IPv6Network("fe80::/10")
WIDEST = 32
"""No site is given more than a /32: a wider prefix is a mistake or an attack, and would make strangers local."""
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Prefix:
    """One announced prefix; `valid` in seconds, 0 takes it back."""

    network: IPv6Network
    valid: int


def announced(packet: bytes) -> tuple[Prefix, ...]:
    """The global prefixes of a router advertisement. Raises `ParseError` for what is none, or is cut."""
    ip = Cursor(packet)
    head = ip.take(40)
    if head[0] >> 4 != 6 or head[7] != _HOPS or IPv6Address(head[8:24]) not in _LINK_LOCAL:
        raise ParseError("not a neighbour's advertisement")
    following = head[6]
    while following in _EXTENSIONS:
        following, size = ip.take(2)
        ip.skip(size * 8 + 6)
    icmp = ip.take(16)
    if following != _ICMPV6 or icmp[0] != _ADVERTISEMENT or icmp[1]:
        raise ParseError("not an advertisement")
    found = []
    while ip.left >= 8:
        kind, size = ip.take(2)
        if size == 0:
            raise ParseError("an option without a length")
        option = ip.take(size * 8 - 2)
        if kind == _PREFIX and size == 4 and (prefix := _prefix(option)) is not None:
            found.append(prefix)
    return tuple(found)


def _prefix(option: bytes) -> Prefix | None:
    bits, flags, valid = option[0], option[1], int.from_bytes(option[2:6], "big")
    if not WIDEST <= bits <= LONGEST or not flags & _ON_LINK_OR_AUTONOMOUS:
        return None
    network = IPv6Network((option[14:30], bits), strict=False)
    return Prefix(network, valid) if network.subnet_of(_GLOBAL) else None
