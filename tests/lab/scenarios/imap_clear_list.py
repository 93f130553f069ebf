"""A post looks at its mailbox by IMAP in clear and fetches nothing: no attachment passed."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

SEEN = (Seen("tcp", 143, "accueil", "mail", out=50, into=200),)
MAY = (Told("exposure", "imap", device="accueil", peer="mail"),)
NEEDS = ("imap",)


def act(lab):
    mail.dovecot(lab["mail"])
    mail.deliver(lab["mail"], mail.message(mail.pdf_part()))
    mail.curl(lab["accueil"], "imap://imap.lab.example/INBOX", "-X", "FETCH 1 (FLAGS BODYSTRUCTURE)")
