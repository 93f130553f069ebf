"""A form with a small file goes to a transfer site: below its threshold."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import web

SEEN = (Seen("tcp", 443, "accueil", "transfer", out=20_000),)
MAY = (Told("upload", nature="presence"),)


def act(lab):
    web.nginx(lab["transfer"])
    web.upload(lab["accueil"], "https://wetransfer.com", 20_000)
