"""The same in TLS from the first byte: nothing to tell."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 995, "accueil", "mail", out=30, into=8000),)


def act(lab):
    mail.dovecot(lab["mail"], tls="required")
    mail.deliver(lab["mail"], mail.message(mail.pdf_part()))
    mail.curl(lab["accueil"], "pop3s://pop.lab.example/1")
