"""For the lab's own test: a scenario that someone stops with Ctrl-C while its servers run."""

from tests.lab.lab import PATIENCE
from tests.lab.scenario import Seen
from tests.lab.services import mail

SEEN = (Seen("tcp", 25, "scanner", "mail"),)


def act(lab):
    mail.postfix(lab["mail"])
    lab["scanner"].run("sleep", "60", patience=3 * PATIENCE)
