"""A stranger scans the Remote Desktop port: nobody was let in."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import other, screen

SEEN = (Seen("tcp", 3389, "stranger", "accueil", out=10, into=10),)
MAY = (Told("remote", "rdp", "event", device="accueil", peer="stranger"),)


def act(lab):
    screen.xrdp(lab["accueil"])
    address = lab.forward(3389, "accueil")
    other.nmap(lab["stranger"], "-sV", "-p", "3389", address)
