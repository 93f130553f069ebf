"""A guest sends a large file to a transfer site: not the practice's business."""

from tests.lab.scenario import Seen
from tests.lab.services import web

SEEN = (Seen("tcp", 443, "guest", "transfer", out=600_000),)
CONFIG = "privacy: full\nnetworks:\n  guest_vlans: [50]\n"


def act(lab):
    web.nginx(lab["transfer"])
    web.upload(lab.guests(), "https://storm-eu.wetransfer.net", 600_000)
