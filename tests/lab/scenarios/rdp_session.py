"""Someone outside works on the reception's post with Remote Desktop (FreeRDP, xrdp) over TLS."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import screen

TOLD = (Told("remote", "rdp", "session", device="accueil", peer="support"),)
SEEN = (Seen("tcp", 3389, "support", "accueil", out=2_000, into=10_000),)


def act(lab):
    screen.xrdp(lab["accueil"])
    address = lab.forward(3389, "accueil")
    screen.freerdp(lab["support"], address, lab["accueil"])
