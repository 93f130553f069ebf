"""A page shows a link preview from a messenger's web host: presence at most."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import web

SEEN = (Seen("tcp", 443, "accueil", "messenger", out=300, into=8_000),)
MAY = (Told("messaging", "whatsapp", "presence", severity=("informational", "low")),)


def act(lab):
    web.nginx(lab["messenger"])
    web.get(lab["accueil"], "https://web.whatsapp.com/")
