"""A stranger scans the SSH port, version and all: nobody was let in."""

from tests.lab.scenario import Seen
from tests.lab.services import other, ssh

SEEN = (Seen("tcp", 22, "stranger", "nas", into=20),)


def act(lab):
    ssh.sshd(lab["nas"], lab["support"])
    address = lab.forward(22, "nas")
    other.nmap(lab["stranger"], "-sV", "--version-light", "-p", "22", address)
