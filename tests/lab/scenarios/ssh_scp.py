"""A file is copied to a machine outside with scp: a transfer over SSH."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import ssh, web

TOLD = (Told("remote", "ssh", "transfer", device="medecin", peer="support"),)
SEEN = (Seen("tcp", 22, "medecin", "support", out=400_000),)
MAY = (Told("upload", device="medecin", peer="support"),)


def act(lab):
    ssh.sshd(lab["support"], lab["medecin"])
    ssh.scp(lab["medecin"], "support.editeur.example", web.document(lab["medecin"], 400_000))
