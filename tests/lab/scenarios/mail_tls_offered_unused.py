"""The server offers STARTTLS and the scanner does not take it: the attachment goes in clear."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "smtp", "transfer", device="scanner", peer="mail", port=25),)
SEEN = (Seen("tcp", 25, "scanner", "mail", out=8_000),)


def act(lab):
    mail.postfix(lab["mail"], tls="may")
    mail.swaks(lab["scanner"], "smtp.lab.example", attach=mail.pdf(lab["scanner"]))
