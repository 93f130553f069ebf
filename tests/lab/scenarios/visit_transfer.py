"""Someone looks at a transfer site and sends nothing."""

from tests.lab.scenario import Seen
from tests.lab.services import web

SEEN = (Seen("tcp", 443, "accueil", "transfer", out=500, into=8_000),)


def act(lab):
    web.nginx(lab["transfer"])
    web.get(lab["accueil"], "https://wetransfer.com/", "https://wetransfer.com/")
