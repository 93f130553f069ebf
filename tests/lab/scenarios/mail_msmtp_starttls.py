"""A NAS sends a PDF by msmtp with STARTTLS: nothing to tell."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 587, "nas", "mail", out=8_000),)


def act(lab):
    mail.postfix(lab["mail"], ports=("submission",), tls="encrypt")
    mail.msmtp(lab["nas"], "smtp.lab.example", mail.message(mail.pdf_part()), port=587, tls="starttls")
