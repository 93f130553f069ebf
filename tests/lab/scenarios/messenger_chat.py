"""A messenger's chat host is talked to for a while."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import web

TOLD = (Told("messaging", "whatsapp", device="phone", peer="messenger"),)
SEEN = (Seen("tcp", 443, "phone", "messenger", out=9_000),)


def act(lab):
    web.nginx(lab["messenger"])
    for _ in range(6):
        web.upload(lab["phone"], "https://g.whatsapp.net", 1_500)
