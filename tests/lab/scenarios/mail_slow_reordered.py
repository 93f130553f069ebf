"""The offence over a slow wire on which segments overtake each other."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "smtp", "transfer", device="scanner", peer="mail", port=25),)
SEEN = (Seen("tcp", 25, "scanner", "mail", out=24_000),)


def act(lab):
    lab.delay("scanner", 0.01, overtaken=5)
    mail.postfix(lab["mail"])
    mail.swaks(lab["scanner"], "smtp.lab.example", attach=mail.pdf(lab["scanner"], 24_000))
