"""Someone outside tries Remote Desktop where nothing listens: nothing happened."""

from tests.lab.scenario import Seen
from tests.lab.services import screen

SEEN = (Seen("tcp", 3389, "stranger", "accueil"),)


def act(lab):
    address = lab.forward(3389, "accueil")
    shown = screen.display(lab["stranger"], screen.SEEN)
    lab["stranger"].run(
        "timeout", "5", "xfreerdp", f"/v:{address}", "/u:x", "/p:x", "/cert:ignore", DISPLAY=shown, may_fail=True
    )
