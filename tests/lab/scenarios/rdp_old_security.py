"""The same with RDP's own old security, on port 33890."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import screen

TOLD = (Told("remote", "rdp", "session", device="medecin", peer="support"),)
SEEN = (Seen("tcp", 33890, "support", "medecin", out=2_000, into=10_000),)


def act(lab):
    screen.xrdp(lab["medecin"], security="rdp", port=33890)
    address = lab.forward(33890, "medecin")
    screen.freerdp(lab["support"], address, lab["medecin"], port=33890, sec="rdp")
