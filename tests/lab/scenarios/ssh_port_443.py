"""The same on port 443, where one expects a web site."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import ssh

TOLD = (Told("remote", "ssh", "session", device="nas", peer="support"),)
SEEN = (Seen("tcp", 443, "support", "nas", out=2_000, into=3_000),)


def act(lab):
    ssh.sshd(lab["nas"], lab["support"], port=443)
    address = lab.forward(443, "nas")
    ssh.shell(lab["support"], address, port=443)
