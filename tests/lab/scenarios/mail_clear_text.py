"""A clear mail without attachment: an exposure, low, not a mail alert."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("exposure", "smtp", device="accueil", peer="mail", severity=("low", "informational")),)
SEEN = (Seen("tcp", 25, "accueil", "mail", out=300, into=200),)
NEEDS = ("exposure:mail",)


def act(lab):
    mail.postfix(lab["mail"])
    mail.swaks(lab["accueil"], "smtp.lab.example")
