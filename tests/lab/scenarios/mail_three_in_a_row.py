"""Three mails with attachments to one server are one alert, counted."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "smtp", "transfer", device="scanner", peer="mail", port=25),)
SEEN = (Seen("tcp", 25, "scanner", "mail", out=9_000),)


def act(lab):
    mail.postfix(lab["mail"])
    for _ in range(3):
        mail.swaks(lab["scanner"], "smtp.lab.example", attach=mail.pdf(lab["scanner"], 3_000))
