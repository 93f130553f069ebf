"""ARP: which address stands at which card (RFC 826).

Called by the tracker with each ARP packet that the kernel hands up.

    hardware type(2)=1 protocol(2)=0800 lengths(1+1)=6, 4 operation(2) sender's MAC(6) and address(4), target's MAC(6) and address(4)
"""

from ipaddress import IPv4Address

from sensor.wire import ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.dhcp import mac_text

_ETHERNET_IPV4 = b"\x00\x01\x08\x00\x06\x04"


def sender(packet: bytes) -> tuple[str, str] | None:
    """(address, MAC) of who speaks; None where it has no address yet. Raises `ParseError` for what is no such packet."""
    cursor = Cursor(packet)
    if cursor.take(6) != _ETHERNET_IPV4:
        raise ParseError("not of Ethernet and IPv4")
    cursor.skip(2)
    mac, address = mac_text(cursor.take(6)), cursor.take(4)
    return (str(IPv4Address(address)), mac) if mac and any(address) else None
