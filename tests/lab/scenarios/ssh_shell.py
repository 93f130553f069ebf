"""The software's maker works on the practice's NAS over SSH from outside."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import ssh

TOLD = (Told("remote", "ssh", "session", device="nas", peer="support"),)
SEEN = (Seen("tcp", 22, "support", "nas", out=2_000, into=3_000),)


def act(lab):
    ssh.sshd(lab["nas"], lab["support"])
    address = lab.forward(22, "nas")
    ssh.shell(lab["support"], address)
