"""A clear server refuses the recipient: the attachment never left."""

from tests.lab.lab import LabError
from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 25, "scanner", "mail", out=100, into=200),)


def act(lab):
    mail.postfix(lab["mail"], smtpd_recipient_restrictions="reject")
    host = lab["scanner"]
    try:
        mail.swaks(host, "smtp.lab.example", attach=mail.pdf(host))
    except LabError as refused:
        if "554" not in str(refused):
            raise
