"""What any morning has, and no alert: pages, a printed prescription, a visitor's phone, the router speaking of itself."""

import numpy as np
from scapy.layers.inet6 import ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, ICMPv6NDOptSrcLLAddr, IPv6
from scapy.layers.l2 import ARP, Ether

from sensor.demo.cast import ASSISTANT, DOCTOR, GUEST, INTERNET, PRINTER, RECEPTION, ROUTER, Host
from sensor.demo.film import SECOND, Film
from sensor.demo.names import look_up
from sensor.demo.tcp import MSS, Conversation
from sensor.demo.tls import browse

PRINTED = 900_000


def neighbours(film: Film, at: int) -> None:
    """ARP, and the router's announcement of the practice's IPv6 prefix (RFC 4861 §4.2)."""
    for number, host in enumerate((RECEPTION, DOCTOR, ASSISTANT, PRINTER)):
        ask = ARP(op=1, hwsrc=host.mac, psrc=host.ip, pdst=ROUTER.ip)
        told = ARP(op=2, hwsrc=ROUTER.mac, psrc=ROUTER.ip, hwdst=host.mac, pdst=host.ip)
        film.shoot(at + number * 30_000_000, bytes(Ether(src=host.mac, dst="ff:ff:ff:ff:ff:ff") / ask))
        film.shoot(at + number * 30_000_000 + 400_000, bytes(Ether(src=ROUTER.mac, dst=host.mac) / told))
    announced = (
        Ether(src=ROUTER.mac, dst="33:33:00:00:00:01")
        / IPv6(src=ROUTER.ip6, dst="ff02::1", hlim=255)
        / ICMPv6ND_RA(routerlifetime=1_800)
        / ICMPv6NDOptSrcLLAddr(lladdr=ROUTER.mac)
        / ICMPv6NDOptPrefixInfo(prefix="2001:db8:1::", prefixlen=64)
    )
    film.shoot(at + SECOND // 2, bytes(announced))


def pages(film: Film, client: Host, start: int, end: int, every: int) -> None:
    """A page now and then, over IPv6 where both have it."""
    at = start
    while at < end:
        server = INTERNET.sites[int(film.rng.integers(len(INTERNET.sites)))]
        v6 = bool(client.ip6 and server.ip6)
        talk = Conversation(film, client, server, 443, start=look_up(film, client, server, at, v6=v6), v6=v6)
        browse(film, talk, server, download=int(film.rng.integers(20_000, 260_000)), span=SECOND // 2)
        at += int(every * (0.5 + film.rng.random()))


def prescription(film: Film, at: int) -> None:
    """A printer takes its pages on port 9100, inside the practice."""
    talk = Conversation(film, DOCTOR, PRINTER, 9100, start=at)
    talk.say(b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PCLXL\r\n", client=True, think=500_000)
    rest = np.zeros(PRINTED, dtype=np.uint8)
    rest[:] = film.rng.integers(0, 256, PRINTED, dtype=np.uint8)
    for first in range(0, PRINTED, 100 * MSS):
        talk.say(rest[first : first + 100 * MSS].tobytes(), client=True)
    talk.close()


def background(film: Film, end: int) -> None:
    neighbours(film, SECOND // 5)
    for number, client in enumerate((RECEPTION, DOCTOR, ASSISTANT, GUEST)):
        pages(film, client, (2 + number) * SECOND // 2, end, 5 * SECOND)
