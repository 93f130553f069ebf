"""Someone outside tries SSH where nothing listens: nothing happened."""

from tests.lab.scenario import Seen
from tests.lab.services import ssh

SEEN = (Seen("tcp", 22, "stranger", "nas"),)


def act(lab):
    address = lab.forward(22, "nas")
    lab["stranger"].run("ssh", *ssh.QUIET, f"root@{address}", may_fail=True)
