"""A device sends a few kilobytes every now and then: telemetry, no upload."""

from tests.lab.scenario import Seen
from tests.lab.services import web

SEEN = (Seen("tcp", 443, "phone", "unknown", out=24_000),)


def act(lab):
    web.nginx(lab["unknown"])
    for _ in range(8):
        web.upload(lab["phone"], "https://depot.hebergeur.example", 3_000)
