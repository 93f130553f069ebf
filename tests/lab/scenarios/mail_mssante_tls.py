"""A mail to an MSSanté operator over STARTTLS: done right."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 587, "medecin", "mssante", out=8_000),)
DONE_RIGHT = (("mssante", 1),)


def act(lab):
    mail.postfix(lab["mssante"], ports=("submission",), tls="encrypt")
    mail.swaks(lab["medecin"], "smtp.medecin.mssante.fr", "--tls", attach=mail.pdf(lab["medecin"]), port=587)
