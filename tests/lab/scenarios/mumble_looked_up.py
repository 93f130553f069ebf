"""A post looks up a Mumble server, and begins to connect to it."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import chat

TOLD = (Told("messaging", "mumble", "presence", device="accueil", peer="unknown", severity=("informational",)),)
SEEN = (
    Seen("udp", 64738, "accueil", "unknown", out=12, into=24),
    Seen("tcp", 64738, "accueil", "unknown", out=200, into=800),
)


def act(lab):
    chat.murmur(lab["unknown"])
    chat.look_up_mumble(lab["accueil"], lab["unknown"], 1)
