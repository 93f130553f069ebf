"""A patient's phone on the guests' network sends a photo by messenger: not the practice's business."""

from tests.lab.scenario import Seen
from tests.lab.services import web

SEEN = (Seen("tcp", 443, "guest", "messenger", out=150_000),)
CONFIG = "privacy: full\nnetworks:\n  guest_vlans: [50]\n"


def act(lab):
    web.nginx(lab["messenger"])
    web.upload(lab.guests(), "https://mmg.whatsapp.net", 150_000)
