"""A screen is looked at through an SSH tunnel: what is seen is the SSH session."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import screen, ssh

TOLD = (Told("remote", "ssh", "session", device="nas", peer="support"),)
SEEN = (Seen("tcp", 22, "support", "nas", out=3_000, into=8_000),)


def act(lab):
    support = lab["support"]
    ssh.sshd(lab["nas"], support)
    screen.tigervnc(lab["nas"], port=5901)
    address = lab.forward(22, "nas")
    support.start(
        "ssh",
        *ssh.QUIET,
        "-N",
        "-L",
        f"5999:{lab['nas'].ip}:5901",
        "-i",
        support.home / "id",
        f"root@{address}",
        port=5999,
    )
    screen.vncviewer(support, "127.0.0.1", lab["nas"], port=5999, seconds=4)
