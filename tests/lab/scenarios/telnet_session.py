"""Someone outside works on the NAS over Telnet: control, and a password in clear."""

from tests.lab import canaries
from tests.lab.scenario import Seen, Told
from tests.lab.services import other, ssh

TOLD = (
    Told("remote", "telnet", "session", device="nas", peer="support"),
    Told("exposure", "telnet", "event", device="nas", peer="support"),
)
SEEN = (Seen("tcp", 23, "support", "nas", out=60, into=1_000),)
NEEDS = ("telnet",)


def act(lab):
    other.telnetd(lab["nas"])
    address = lab.forward(23, "nas")
    typed = (canaries.USER, canaries.PASSWORD, "ls /etc | head -40", "cat /etc/services | head -40", "date", "exit")
    ssh.type_in(lab["support"], ["telnet", address], typed, 1.0)
