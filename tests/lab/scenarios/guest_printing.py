"""A guest's laptop prints on the practice's printer, through the router: no upload."""

from tests.lab.scenario import Seen
from tests.lab.services import other, web

SEEN = (Seen("tcp", 9100, "guest", "printer", out=300_000),)
CONFIG = "privacy: full\nnetworks:\n  guest_vlans: [50]\n"


def act(lab):
    other.printer(lab["printer"])
    guest = lab.guests()
    guest.run("nc", "-N", lab["printer"].ip, "9100", feed=web.noise(300_000))
