"""A scanner sends its report, a PDF, as clear SMTP: the offence itself."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "smtp", "transfer", device="scanner", peer="mail", port=25),)
SEEN = (Seen("tcp", 25, "scanner", "mail", out=8_000, into=200),)
DONE_RIGHT = ()


def act(lab):
    mail.postfix(lab["mail"])
    mail.swaks(lab["scanner"], "smtp.lab.example", attach=mail.pdf(lab["scanner"]))
