"""A document goes to a transfer site, over IPv6 where there is some."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import web

TOLD = (Told("upload", nature="transfer", device="accueil", peer="transfer", hds="not_listed", out=600_000),)
SEEN = (Seen("tcp", 443, "accueil", "transfer", out=600_000),)


def act(lab):
    web.nginx(lab["transfer"])
    web.upload(lab["accueil"], "https://storm-eu.wetransfer.net", 600_000)
