"""LLDP: what a switch, an access point or a telephone says of itself to its neighbour (IEEE 802.1AB).

Called by the tracker with the payload of each frame of ethertype 88CC that the kernel hands up.

    element: type(7 bits) length(9 bits) value; 0 = end, the first three are 1, 2 and 3
    1 chassis: kind(1: 4 MAC, 5 address) value; 5 system's name; 6 its description
    8 management address: length(1) kind(1: 1 IPv4, 2 IPv6) address…
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from sensor.wire import ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.dhcp import mac_text
from sensor.wire.text import printable

ELEMENTS = 64
_END, _CHASSIS, _NAME, _DESCRIPTION, _MANAGEMENT = 0, 1, 5, 6, 8
_MAC, _NETWORK = 4, 5


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Who announced itself. Texts are escaped and bounded."""

    mac: str | None
    address: str | None
    host_name: str | None
    description: str | None


def read_frame(data: bytes) -> Neighbour:
    """What one frame says. Raises `ParseError` for what is none, or is cut."""
    cursor = Cursor(data)
    found: dict[int, bytes] = {}
    kinds: list[int] = []
    while cursor.left >= 2 and len(kinds) < ELEMENTS:
        head = cursor.u16()
        kind, value = head >> 9, cursor.take(head & 0x1FF)
        if kind == _END:
            break
        kinds.append(kind)
        found.setdefault(kind, value)
    if kinds[:3] != [1, 2, 3]:
        raise ParseError("not LLDP")
    chassis = found[_CHASSIS]
    by_number = _address(chassis[1:]) if chassis[:1] == bytes([_NETWORK]) else None
    management = found.get(_MANAGEMENT, b"")
    return Neighbour(
        mac=mac_text(chassis[1:]) if chassis[:1] == bytes([_MAC]) else None,
        address=by_number or _address(management[1 : 1 + management[0]] if management else b""),
        host_name=printable(found.get(_NAME, b"").strip()) or None,
        description=printable(found.get(_DESCRIPTION, b"").strip()) or None,
    )


def _address(value: bytes) -> str | None:
    """By IANA's number of the address family."""
    match value[:1], len(value):
        case b"\1", 5:
            return str(IPv4Address(value[1:]))
        case b"\2", 17:
            return str(IPv6Address(value[1:]))
        case _:
            return None
