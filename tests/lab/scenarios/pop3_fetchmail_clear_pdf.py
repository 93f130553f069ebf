"""Business software fetches a mail with a PDF by POP3 in clear (fetchmail)."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "pop3", "transfer", device="medecin", peer="mail", port=110),)
SEEN = (Seen("tcp", 110, "medecin", "mail", out=30, into=8000),)
MAY = (Told("exposure", "pop3", device="medecin", peer="mail"),)
NEEDS = ("pop3",)


def act(lab):
    mail.dovecot(lab["mail"], tls="no")
    mail.deliver(lab["mail"], mail.message(mail.pdf_part()))
    mail.fetchmail(lab["medecin"], "pop.lab.example", ssl="sslproto ''")
