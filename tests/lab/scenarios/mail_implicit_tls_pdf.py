"""The same mail in TLS from the first byte: nothing to tell."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 465, "accueil", "mail", out=8_000, into=1_000),)


def act(lab):
    mail.postfix(lab["mail"], ports=("smtps",), tls="may")
    mail.swaks(lab["accueil"], "smtp.lab.example", "--tls-on-connect", attach=mail.pdf(lab["accueil"]), port=465)
