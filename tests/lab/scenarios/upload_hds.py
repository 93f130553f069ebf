"""Documents go to a host on the HDS list: done right."""

from tests.lab.scenario import Seen
from tests.lab.services import web

SEEN = (Seen("tcp", 443, "medecin", "hds", out=1_000_000),)


def act(lab):
    web.nginx(lab["hds"])
    web.upload(lab["medecin"], "https://www.doctolib.fr", 1_000_000)
