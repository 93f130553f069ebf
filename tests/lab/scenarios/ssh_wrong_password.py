"""Someone outside tries three passwords over SSH and is refused: no session."""

from tests.lab import canaries
from tests.lab.scenario import Seen, Told
from tests.lab.services import ssh

SEEN = (Seen("tcp", 22, "stranger", "nas", out=3_000, into=3_000),)
MAY = (Told("remote", "ssh", "event", device="nas", peer="stranger"),)


def act(lab):
    ssh.sshd(lab["nas"], lab["support"])
    address = lab.forward(22, "nas")
    only = ("-o", "PreferredAuthentications=password", "-o", "PubkeyAuthentication=no")
    for _ in range(3):
        lab["stranger"].run(
            "sshpass", "-p", canaries.PASSWORD, "ssh", *ssh.QUIET, *only, f"root@{address}", may_fail=True
        )
