"""A photo goes up to a messenger's media host."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import web

TOLD = (Told("messaging", "whatsapp", "transfer", device="phone", peer="messenger"),)
SEEN = (Seen("tcp", 443, "phone", "messenger", out=150_000),)
MAY = (Told("messaging", "whatsapp", "presence", device="phone", severity=("informational",)),)


def act(lab):
    web.nginx(lab["messenger"])
    web.upload(lab["phone"], "https://mmg.whatsapp.net", 150_000)
