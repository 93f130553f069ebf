"""Who is there: the practice's devices and the hosts it speaks with.

The practice's network is 192.168.1.0/24 and 2001:db8:1::/64, its guests' Wi-Fi 192.168.50.0/24 in VLAN 50. Hosts of the internet
have documentation addresses (RFC 5737, RFC 3849) and are seen with the router's MAC. The first half of a MAC is the maker's.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody who sends packets. `ttl`: what is left of it where the box looks. `away`: round trip to it in ns."""

    name: str
    ip: str
    mac: str
    ttl: int
    away: int = 400_000
    ip6: str | None = None
    vlan: int | None = None


ROUTER = Host("box", "192.168.1.1", "34:27:92:4e:10:01", 64, ip6="fe80::3627:92ff:fe4e:1001")
RECEPTION = Host("accueil", "192.168.1.20", "f8:b1:56:2a:30:20", 128, ip6="2001:db8:1::20")
DOCTOR = Host("cabinet-1", "192.168.1.21", "f8:b1:56:2a:30:21", 128, ip6="2001:db8:1::21")
ASSISTANT = Host("secretariat", "192.168.1.22", "3c:52:82:5d:41:22", 128)
SCANNER = Host("scanner", "192.168.1.40", "00:80:77:3b:52:40", 64)
PRINTER = Host("imprimante", "192.168.1.41", "00:80:77:3b:52:41", 64)
PHONE = Host("telephone", "192.168.1.60", "3c:22:fb:6c:63:60", 64)
GUEST = Host("invite", "192.168.50.31", "8c:f5:a3:7d:74:31", 64, vlan=50)


def host(name: str, ip: str, *, away_ms: float, ip6: str | None = None) -> Host:
    """A host behind the router."""
    return Host(name, ip, ROUTER.mac, 52, int(away_ms * 1_000_000), ip6)


@dataclass(frozen=True, slots=True)
class Internet:
    """The other side. Real names only where recognition needs them; the addresses are no one's."""

    mail: Host = field(default=host("smtp.fournisseur.example", "192.0.2.25", away_ms=11))
    mssante: Host = field(default=host("smtp.mailiz.mssante.fr", "192.0.2.87", away_ms=9))
    chat: Host = field(default=host("g.whatsapp.net", "198.51.100.53", away_ms=14))
    media: Host = field(default=host("mmg.whatsapp.net", "198.51.100.54", away_ms=14))
    transfer: Host = field(default=host("storm-eu-west-1.wetransfer.net", "198.51.100.120", away_ms=17))
    # a name under a suffix of the HDS list; which host really takes backups there is not ours to know
    hds: Host = field(default=host("sauvegarde.doctolib.fr", "192.0.2.140", away_ms=10))
    intruder: Host = field(default=host("visiteur.example", "203.0.113.66", away_ms=38))
    provider: Host = field(default=host("telemaintenance.example", "203.0.113.20", away_ms=12))
    sites: tuple[Host, ...] = (
        host("www.meteo.example", "192.0.2.201", away_ms=8, ip6="2001:db8:f00d::201"),
        host("journal.example", "192.0.2.202", away_ms=12, ip6="2001:db8:f00d::202"),
        host("fr.wikipedia.org", "198.51.100.203", away_ms=13, ip6="2001:db8:f00d::203"),
        host("www.dictionnaire.example", "203.0.113.204", away_ms=15),
        host("recettes.example", "203.0.113.205", away_ms=10),
        host("static.bibliotheque.example", "203.0.113.206", away_ms=10),
    )


INTERNET = Internet()
