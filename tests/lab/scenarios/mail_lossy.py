"""The offence on a line that loses one packet in twelve, so that segments are sent again."""

from tests.lab import network
from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "smtp", "transfer", device="scanner", peer="mail", port=25),)
SEEN = (Seen("tcp", 25, "scanner", "mail", out=24_000),)


def act(lab):
    network.lose(12)
    mail.postfix(lab["mail"])
    mail.swaks(lab["scanner"], "198.51.100.25", "--timeout", "60", attach=mail.pdf(lab["scanner"], 24_000))
