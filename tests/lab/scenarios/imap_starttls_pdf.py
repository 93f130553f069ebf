"""The same with STARTTLS: nothing to tell."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 143, "accueil", "mail", out=30, into=8000),)


def act(lab):
    mail.dovecot(lab["mail"], tls="required")
    mail.deliver(lab["mail"], mail.message(mail.pdf_part()))
    mail.mbsync(lab["accueil"], "imap.lab.example", tls="STARTTLS")
