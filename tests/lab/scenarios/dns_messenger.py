"""Names of a messenger are looked up and nothing follows."""

from tests.lab.scenario import Seen
from tests.lab.services import other

SEEN = (Seen("udp", 53, "phone", "router", out=100, into=100),)


def act(lab):
    other.dig(lab["phone"], "g.whatsapp.net", "mmg.whatsapp.net", "web.whatsapp.com")
