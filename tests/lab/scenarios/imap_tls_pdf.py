"""The same in TLS from the first byte (curl): nothing to tell."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 993, "accueil", "mail", out=30, into=8000),)


def act(lab):
    mail.dovecot(lab["mail"], tls="required")
    mail.deliver(lab["mail"], mail.message(mail.pdf_part()))
    mail.curl(lab["accueil"], "imaps://imap.lab.example/INBOX;MAILINDEX=1")
