"""The same mail with STARTTLS and a log-in: nothing to tell, one mail done right."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 587, "accueil", "mail", out=8_000, into=1_000),)
DONE_RIGHT = (("mail", 1),)


def act(lab):
    mail.postfix(lab["mail"], ports=("submission",), tls="may")
    mail.swaks(lab["accueil"], "smtp.lab.example", "--tls", attach=mail.pdf(lab["accueil"]), port=587)
