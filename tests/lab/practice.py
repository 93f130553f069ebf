"""The practice and the world around it: the one description that the lab builds, the scenarios name and the judge reads.

Inside: RFC 1918 addresses, and an IPv6 prefix that the router announces (SLAAC makes the posts' addresses from their
MAC). Outside: documentation ranges (RFC 5737, RFC 3849). MAC addresses are locally administered, so that no vendor's
device is named. The router's port of the switch is mirrored, in both directions, to Vigie's port.
"""

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv6Address, IPv6Network

LAN_PREFIX = IPv6Network("2001:db8:1:1::/64")
GUEST_VLAN = 50
ISP_PREFIXES = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
ISP_PREFIX_V6 = "2001:db8:f::/64"


class Side(Enum):
    """Where a host is plugged in."""

    LAN = "lan"  # an ordinary port of the practice's switch
    GUEST = "guest"  # behind the access point, tagged with GUEST_VLAN
    ISP = "isp"
    ROUTER = "router"  # a leg in each


@dataclass(frozen=True, slots=True)
class Host:
    """One machine. `number` makes its MAC; `names` are what the resolver answers with its addresses."""

    name: str
    side: Side
    number: int
    ipv4: str
    names: tuple[str, ...] = ()
    ipv6: str | None = None  # of the ISP's side; the practice's own are announced

    @property
    def mac(self) -> str:
        return f"02:00:5e:00:53:{self.number:02x}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every global address it may have, IPv4 first."""
        if self.side in (Side.LAN, Side.ROUTER):
            return (self.ipv4, str(slaac(LAN_PREFIX, self.mac)))
        return (self.ipv4, self.ipv6) if self.ipv6 else (self.ipv4,)


def slaac(prefix: IPv6Network, mac: str) -> IPv6Address:
    """The address that a host makes itself from its MAC (RFC 4291, appendix A)."""
    octets = bytearray.fromhex(mac.replace(":", ""))
    octets[0] ^= 2
    return prefix[int.from_bytes(octets[:3] + b"\xff\xfe" + octets[3:])]


ROUTER = Host("router", Side.ROUTER, 1, "192.168.1.1")
ROUTER_WAN_IPV4, ROUTER_WAN_IPV6, ROUTER_GUEST_IPV4 = "192.0.2.1", "2001:db8:f::1", "192.168.50.1"

INSIDE = (
    Host("accueil", Side.LAN, 0x10, "192.168.1.10"),
    Host("medecin", Side.LAN, 0x11, "192.168.1.11"),
    Host("scanner", Side.LAN, 0x20, "192.168.1.20"),
    Host("nas", Side.LAN, 0x21, "192.168.1.21"),
    Host("printer", Side.LAN, 0x22, "192.168.1.22"),
    Host("phone", Side.LAN, 0x30, "192.168.1.30"),
    Host("guest", Side.GUEST, 0x40, "192.168.50.40"),
)

# `lab.example` and its kind (RFC 2606) where any name would do, the real name where the lists decide by it.
# One address for many services, as behind a CDN: only the name that is asked for tells them apart.
SITES = (
    "content.dropboxapi.com", "chatgpt.com", "www.deepl.com", "www.ilovepdf.com", "mail.google.com", "documents.s3.eu-west-3.amazonaws.com",
    "s3.eu-central-003.backblazeb2.com", "francetransfert.numerique.gouv.fr", "www.weda.fr", "dmp.monespacesante.fr", "content.icloud.com",
    "graph.facebook.com", "www.facebook.com", "www.instagram.com", "api.whatsapp.com", "static.whatsapp.net", "teams.microsoft.com",
    "slack.com", "meet.google.com", "zoom.us", "server.olvid.io", "matrix.agent.tchap.gouv.fr", "mtalk.google.com", "courier.push.apple.com",
    "fbcdn.net", "scontent.cdninstagram.com", "t.me", "discord.com", "matrix.org", "connect.facebook.net", "snapchat.com", "dns.quad9.net",
)  # fmt: skip

OUTSIDE = (
    Host("resolver", Side.ISP, 0x80, "198.51.100.53", ("resolver.lab.example",)),
    Host("mail", Side.ISP, 0x81, "198.51.100.25", ("smtp.lab.example", "pop.lab.example", "imap.lab.example")),
    Host("mssante", Side.ISP, 0x82, "198.51.100.26", ("smtp.medecin.mssante.fr",)),
    Host("web", Side.ISP, 0x83, "203.0.113.80", ("www.journal.example", "www.lab.example"), "2001:db8:f::80"),
    Host("transfer", Side.ISP, 0x84, "203.0.113.90", ("wetransfer.com", "storm-eu.wetransfer.net"), "2001:db8:f::90"),
    Host("hds", Side.ISP, 0x85, "203.0.113.91", ("www.doctolib.fr", "doctolib.fr")),
    Host("unknown", Side.ISP, 0x86, "203.0.113.92", ("depot.hebergeur.example",)),
    Host("messenger", Side.ISP, 0x87, "203.0.113.93", ("g.whatsapp.net", "mmg.whatsapp.net", "web.whatsapp.com")),
    Host("support", Side.ISP, 0x88, "203.0.113.100", ("support.editeur.example",)),
    Host("call", Side.ISP, 0x89, "203.0.113.94", ("visio.lab.example", "turn2.whispersystems.org")),
    Host("stranger", Side.ISP, 0x8A, "203.0.113.66"),
    Host("sites", Side.ISP, 0x8B, "203.0.113.95", SITES),
    Host("other", Side.ISP, 0x8C, "203.0.113.120", ("cabinet2.lab.example",)),  # the practice's second site
)

HOSTS = (ROUTER, *INSIDE, *OUTSIDE)
BY_NAME = {host.name: host for host in HOSTS}


def owner(address: str) -> str | None:
    """The host that has an address, the router for its outer ones."""
    if address in (ROUTER_WAN_IPV4, ROUTER_WAN_IPV6, ROUTER_GUEST_IPV4):
        return ROUTER.name
    return next((host.name for host in HOSTS if address in host.addresses), None)
