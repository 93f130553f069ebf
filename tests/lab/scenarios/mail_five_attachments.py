"""A mail with five attachments is one alert."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "smtp", "transfer", device="accueil", peer="mail", port=25, evidence=(("attachments", 5),)),)
SEEN = (Seen("tcp", 25, "accueil", "mail", out=10_000),)


def act(lab):
    mail.postfix(lab["mail"])
    parts = [mail.pdf_part(2_000) for _ in range(4)] + [
        mail.part("image/jpeg", bytes(3_000), Content_Disposition="inline; filename=photo.jpg")
    ]
    mail.msmtp(lab["accueil"], "smtp.lab.example", mail.message(*parts))
