"""A stranger tries a VNC password and is refused: no session."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import screen

SEEN = (Seen("tcp", 5900, "stranger", "accueil", out=20, into=20),)
MAY = (Told("remote", "vnc", "event", device="accueil", peer="stranger"),)


def act(lab):
    screen.tigervnc(lab["accueil"])
    address = lab.forward(5900, "accueil")
    shown = screen.display(lab["stranger"], screen.SEEN)
    secret = lab["stranger"].file("secret", b"\x01\x02\x03\x04\x05\x06\x07\x08")
    lab["stranger"].run(
        "timeout", "4", "xtightvncviewer", "-passwd", secret, f"{address}::5900", DISPLAY=shown, may_fail=True
    )
