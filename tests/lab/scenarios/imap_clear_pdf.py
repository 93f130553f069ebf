"""A post keeps its mailbox in step by IMAP in clear (isync): a mail with a PDF comes down."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "imap", "transfer", device="accueil", peer="mail", port=143),)
SEEN = (Seen("tcp", 143, "accueil", "mail", out=30, into=8000),)
MAY = (Told("exposure", "imap", device="accueil", peer="mail"),)
NEEDS = ("imap",)


def act(lab):
    mail.dovecot(lab["mail"], tls="no")
    mail.deliver(lab["mail"], mail.message(mail.pdf_part()))
    mail.mbsync(lab["accueil"], "imap.lab.example")
