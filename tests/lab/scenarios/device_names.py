"""Devices that say what they are called, by the programs that say it: whoever then does something is called so."""

from collections.abc import Callable
from functools import partial

from tests.lab.lab import Lab, Node
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import devices, web

SIZE = 150_000
CONFIG = "privacy: full\nthresholds: {unknown: 100000}\n"


def _says(say: Callable[[Lab, Node, str], None], name: str, lab: Lab) -> None:
    say(lab, lab["nas"], name)
    web.nginx(lab["unknown"])
    web.upload(lab["nas"], "https://depot.hebergeur.example", SIZE)


def _scenario(word: str, text: str, say: Callable[[Lab, Node, str], None], called: str | None,
              system: str | None = None) -> Scenario:  # fmt: skip
    return Scenario(
        name=f"device_{word}",
        text=f"A NAS says what it is called by {text}, then stores something outside: told with that name.",
        act=partial(_says, say, called or "nas-salle-2"),
        told=(Told("upload", nature="transfer", device="nas", peer="unknown", called=called, system=system),),
        seen=(Seen("tcp", 443, "nas", "unknown", out=SIZE),),
        config=CONFIG,
    )


SCENARIOS = (
    _scenario("dhcp", "DHCP (dhclient, dnsmasq)", devices.dhcp, "nas-salle-2"),
    _scenario("dhcpv6", "DHCPv6 (dhclient, dnsmasq)", devices.dhcpv6, "nas-salle-2"),
    _scenario("mdns", "mDNS (Avahi)", devices.mdns, "nas-salle-2"),
    _scenario("netbios", "NetBIOS (Samba)", devices.netbios, "nas-salle-2"),
    _scenario("lldp", "LLDP (lldpd)", devices.lldp, "nas-salle-2"),
    _scenario("ssdp", "SSDP (MiniDLNA)", devices.ssdp, None, "Debian"),
)  # fmt: skip
