"""Looking up names: a DNS question to the router and its answer, made by scapy (RFC 1035)."""

from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import UDP

from sensor.demo.cast import ROUTER, Host
from sensor.demo.film import Film
from sensor.demo.tcp import network


def look_up(film: Film, client: Host, server: Host, at: int, *, v6: bool = False) -> int:
    """The client learns the server's address; returns when it has it."""
    port, number = film.port(), int(film.rng.integers(1, 65_536))
    kind, data = ("AAAA", server.ip6) if v6 else ("A", server.ip)
    question = DNSQR(qname=server.name, qtype=kind)
    ask = network(film, client, ROUTER) / UDP(sport=port, dport=53) / DNS(id=number, rd=1, qd=question)
    answer = DNSRR(rrname=server.name, type=kind, ttl=300, rdata=data)
    told = DNS(id=number, qr=1, rd=1, ra=1, qd=question, an=answer)
    film.shoot(at, bytes(ask))
    film.shoot(at + 9_000_000, bytes(network(film, ROUTER, client) / UDP(sport=53, dport=port) / told))
    return at + 10_000_000
