"""A post downloads an update: much in, little out."""

from tests.lab.scenario import Seen
from tests.lab.services import web

SEEN = (Seen("tcp", 80, "medecin", "web", into=3_000_000),)


def act(lab):
    web.nginx(lab["web"], plain=True)
    web.page(lab["web"], "update.bin", 3_000_000)
    web.get(lab["medecin"], "http://www.lab.example/update.bin", "-4")
