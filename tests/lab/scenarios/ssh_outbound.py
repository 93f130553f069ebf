"""A post works on a machine outside over SSH: told, as control that goes out."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import ssh

TOLD = (Told("remote", "ssh", "session", device="medecin", peer="support"),)
SEEN = (Seen("tcp", 22, "medecin", "support", out=2_000, into=3_000),)


def act(lab):
    ssh.sshd(lab["support"], lab["medecin"])
    ssh.shell(lab["medecin"], "support.editeur.example")
