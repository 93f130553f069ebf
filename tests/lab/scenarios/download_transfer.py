"""A large download from a transfer site: what comes in is no upload."""

from tests.lab.scenario import Seen
from tests.lab.services import web

SEEN = (Seen("tcp", 443, "accueil", "transfer", out=500, into=1_500_000),)


def act(lab):
    web.nginx(lab["transfer"])
    web.page(lab["transfer"], "gros.bin", 1_500_000)
    web.get(lab["accueil"], "https://storm-eu.wetransfer.net/gros.bin")
