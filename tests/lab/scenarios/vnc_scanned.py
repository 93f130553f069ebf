"""A stranger scans the VNC port: nobody looked at the screen."""

from tests.lab.scenario import Seen
from tests.lab.services import other, screen

SEEN = (Seen("tcp", 5900, "stranger", "accueil", into=12),)


def act(lab):
    screen.tigervnc(lab["accueil"])
    address = lab.forward(5900, "accueil")
    other.nmap(lab["stranger"], "-sV", "--version-light", "-p", "5900", address)
