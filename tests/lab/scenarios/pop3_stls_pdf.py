"""The same with STLS: nothing to tell."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 110, "medecin", "mail", out=30, into=8000),)


def act(lab):
    mail.dovecot(lab["mail"], tls="required")
    mail.deliver(lab["mail"], mail.message(mail.pdf_part()))
    mail.fetchmail(lab["medecin"], "pop.lab.example", ssl="sslproto TLS1.2+ sslcertck")
