"""A post files a sent mail with a PDF on the server by IMAP in clear: the attachment goes up."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "imap", "transfer", device="medecin", peer="mail", port=143),)
SEEN = (Seen("tcp", 143, "medecin", "mail", out=8_000),)
MAY = (Told("exposure", "imap", device="medecin", peer="mail"),)
NEEDS = ("imap",)


def act(lab):
    mail.dovecot(lab["mail"])
    host = lab["medecin"]
    sent = host.file("envoye.eml", mail.message(mail.pdf_part()))
    mail.curl(host, "imap://imap.lab.example/INBOX", "-T", sent)
