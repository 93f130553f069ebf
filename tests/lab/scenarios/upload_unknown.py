"""Two megabytes go to a host that is on no list, past the practice's threshold."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import web

TOLD = (Told("upload", nature="transfer", device="accueil", peer="unknown", out=2_000_000),)
SEEN = (Seen("tcp", 443, "accueil", "unknown", out=2_000_000),)
CONFIG = "privacy: full\nthresholds:\n  unknown: 1000000\n"


def act(lab):
    web.nginx(lab["unknown"])
    web.upload(lab["accueil"], "https://depot.hebergeur.example", 2_000_000)
