"""A log-in over clear SMTP: the password is exposed, and the attachment goes with it."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (
    Told("mail", "smtp", "transfer", device="nas", peer="mail", port=587),
    Told("exposure", "smtp", device="nas", peer="mail"),
)
SEEN = (Seen("tcp", 587, "nas", "mail", out=8_000),)
NEEDS = ("exposure:password",)


def act(lab):
    mail.dovecot_auth(lab["mail"])
    mail.swaks_login(lab["nas"], "smtp.lab.example", attach=mail.pdf(lab["nas"]), port=587)
