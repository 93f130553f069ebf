"""The short form of `python -m tests.trials.mails`: the relay killed once after each step, the server after some."""

import pytest

from tests.mailserver.fixtures import _one_mailserver, mailserver
from tests.trials.mailed import DOUBLED
from tests.trials.mails import EACH, run

__all__ = ["_one_mailserver", "mailserver"]


SHORT = [kill for kill in EACH if kill[0] == "relay" or kill[1] in ("AUTH", "message", *DOUBLED)]


@pytest.mark.root
@pytest.mark.timeout(400)
def test_no_mail_is_lost_and_none_doubled_but_around_the_final_dot(mailserver, tmp_path):
    tally = run(mailserver, tmp_path, 1, kills=SHORT)
    assert tally.well, str(tally)
