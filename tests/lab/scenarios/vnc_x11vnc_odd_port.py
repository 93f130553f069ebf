"""The same with x11vnc, without a password, on port 4321."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import screen

TOLD = (Told("remote", "vnc", "session", device="medecin", peer="support"),)
SEEN = (Seen("tcp", 4321, "support", "medecin", out=200, into=5_000),)


def act(lab):
    screen.x11vnc(lab["medecin"], port=4321)
    address = lab.forward(4321, "medecin")
    screen.vncviewer(lab["support"], address, lab["medecin"], port=4321)
