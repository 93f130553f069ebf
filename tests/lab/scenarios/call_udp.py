"""A video call: as many bytes out as in, over UDP. No upload."""

from tests.lab.scenario import Seen
from tests.lab.services import other

SEEN = (Seen("udp", 3478, "medecin", "call", out=1_000_000, into=400_000),)
CONFIG = "privacy: full\nthresholds:\n  unknown: 1000000\n"


def act(lab):
    other.call(lab["medecin"], lab["call"], 1_200_000)
