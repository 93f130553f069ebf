"""A post fetches a mail with a PDF by POP3 in clear (curl)."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "pop3", "transfer", device="accueil", peer="mail", port=110),)
SEEN = (Seen("tcp", 110, "accueil", "mail", out=30, into=8000),)
MAY = (Told("exposure", "pop3", device="accueil", peer="mail"),)
NEEDS = ("pop3",)


def act(lab):
    mail.dovecot(lab["mail"], tls="no")
    mail.deliver(lab["mail"], mail.message(mail.pdf_part()))
    mail.curl(lab["accueil"], "pop3://pop.lab.example/1")
