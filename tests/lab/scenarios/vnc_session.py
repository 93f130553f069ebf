"""Someone outside looks at the reception's screen with VNC (TigerVNC)."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import screen

TOLD = (Told("remote", "vnc", "session", device="accueil", peer="support"),)
SEEN = (Seen("tcp", 5900, "support", "accueil", out=200, into=5_000),)


def act(lab):
    screen.tigervnc(lab["accueil"])
    address = lab.forward(5900, "accueil")
    screen.vncviewer(lab["support"], address, lab["accueil"])
