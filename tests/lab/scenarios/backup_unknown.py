"""The NAS keeps its backup at a host on no list, by many requests (curl PUT)."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import web

TOLD = (Told("upload", nature="transfer", device="nas", peer="unknown", out=1_000_000),)
SEEN = (Seen("tcp", 443, "nas", "unknown", out=2_000_000),)
CONFIG = "privacy: full\nthresholds:\n  unknown: 1000000\n"


def act(lab):
    web.nginx(lab["unknown"])
    nas = lab["nas"]
    parts = [nas.file(f"part{number}", web.noise(250_000)) for number in range(8)]
    for part in parts:
        nas.run("curl", "-sS", *web.LINE, "-T", part, f"https://depot.hebergeur.example/depot/{part.name}")
