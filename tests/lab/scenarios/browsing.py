"""Ordinary browsing, over IPv4 and IPv6, HTTP/1.1 and HTTP/2: nothing to tell."""

from tests.lab.scenario import Seen
from tests.lab.services import web

SEEN = (
    Seen("tcp", 443, "accueil", "web", out=2_000, into=40_000),
    Seen("tcp", 80, "accueil", "web", out=70, into=10_000),
)


def act(lab):
    web.nginx(lab["web"], plain=True)
    for more in (("-4",), ("-6",), ("--http1.1",), ()):
        web.get(lab["accueil"], "https://www.journal.example/", *more)
    web.get(lab["accueil"], "http://www.lab.example/", "-4")
