"""A clear mail whose only picture is its signature's logo: no attachment."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

SEEN = (Seen("tcp", 25, "accueil", "mail", out=1_200),)
MAY = (Told("exposure", "smtp", device="accueil", peer="mail"),)


def act(lab):
    mail.postfix(lab["mail"])
    logo = mail.part(
        "image/png", bytes(900), Content_Disposition="inline; filename=logo.png", Content_ID="<logo@cabinet.example>"
    )
    mail.msmtp(lab["accueil"], "smtp.lab.example", mail.message(logo, subtype="related"))
