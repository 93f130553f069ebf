"""A NAS sends a PDF in clear (msmtp) to a mail server on port 2525."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "smtp", "transfer", device="nas", peer="mail", port=2525),)
SEEN = (Seen("tcp", 2525, "nas", "mail", out=8_000),)


def act(lab):
    mail.postfix(lab["mail"], ports=("2525",))
    mail.msmtp(lab["nas"], "smtp.lab.example", mail.message(mail.pdf_part()), port=2525)
