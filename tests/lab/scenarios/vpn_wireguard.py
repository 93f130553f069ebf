"""A post hides its traffic in a WireGuard tunnel: a blind spot."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import other

TOLD = (Told("blindspot", "wireguard", device="medecin", peer="support"),)
SEEN = (Seen("udp", 51820, "medecin", "support", out=1_500, into=2_000),)


def act(lab):
    other.wireguard(lab["medecin"], lab["support"])
