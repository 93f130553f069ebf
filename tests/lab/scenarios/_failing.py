"""For the lab's own test: a scenario whose client fails while its servers run."""

from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 25, "scanner", "mail"),)


def act(lab):
    mail.postfix(lab["mail"])
    lab["scanner"].run("false")
