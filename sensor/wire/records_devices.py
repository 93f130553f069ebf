"""What devices say of themselves on the practice's own wire: records of DHCP, SSDP and NetBIOS.

A host's own name may be a person's ("PC-de-Marie"): it is a field of its own (`host_name`), and whoever shows or writes a
record decides by the privacy level whether it stands there. All texts are escaped and bounded to 255 characters.
"""

from typing import ClassVar

from sensor.frozen import frozen


@frozen
class Dhcp:
    """One message of DHCP (RFC 2131) or DHCPv6 (RFC 8415)."""

    service: ClassVar[str] = "dhcp"
    message: str  # "DISCOVER", "ACK"…; of DHCPv6 "SOLICIT", "REPLY"…
    version: int = 4
    mac: str | None = None  # the client's own, whoever relayed it
    client_id: str | None = None  # option 61 or DUID, where it is a card's or a DUID: hexadecimal digits
    host_name: str | None = None  # option 12, 81 or 39
    vendor_class: str | None = None  # option 60 or 16: the program that asks
    requested_addr: str | None = None
    assigned_addr: str | None = None
    lease_time: int | None = None  # seconds
    from_server: bool = False


@frozen
class Ssdp:
    """One message of SSDP (UPnP Device Architecture 2.0, 1). Of the target only a type is kept, never a device's own id."""

    service: ClassVar[str] = "ssdp"
    message: str  # "NOTIFY", "M-SEARCH", "RESPONSE"
    server: str | None = None  # system and product
    target: str | None = None  # "upnp:rootdevice", "urn:schemas-upnp-org:device:MediaServer:1"


@frozen
class Netbios:
    """A NetBIOS datagram's head (RFC 1002, 4.4). `host_name`: the sender's, None where it is a user's or a group's."""

    service: ClassVar[str] = "netbios"
    host_name: str | None = None
