"""The way to a real mail server, and everything that may go wrong on it: nothing is lost, and what is told is true."""

import collections
import time

import pytest

from sensor.store.reader import read
from sensor.store.schema import RELAY
from tests.made import alert
from tests.mailserver.between import CUTS, cutting, greylist
from tests.mailserver.fixtures import DAY, HOUR, MINUTE, NOW, SECOND
from tests.mailserver.server import PASSWORD
from tests.trials.proxy import slow

pytestmark = pytest.mark.root


def grave(number=1, **changes):
    return alert(**{"id": f"{number:020x}", "rule": f"rule-{number}", "first_seen": NOW, "last_seen": NOW, **changes})


def health(found):
    sql = "SELECT rule FROM alert ORDER BY id"
    return sorted(rule for (rule,) in read(RELAY.path(found.state), lambda db: db.execute(sql).fetchall()))


def arrived(server, count):
    """(how many, how many of them with a Message-ID of their own)."""
    server.flushed()
    mails = server.wait_for(count)
    return len(mails), len(collections.Counter(one["message-id"] for one in mails))


@pytest.mark.parametrize("security", ["submission", "tls", "clear"])
def test_each_way_to_a_server(mailserver, box, security):
    found = box(security=security)
    found.found(grave(1), grave(2))
    assert found.work() == 2
    assert arrived(mailserver, 2) == (2, 2)


def test_a_certificate_of_an_unknown_authority(mailserver, box):
    found = box(security="tls")
    found.config.write_text(found.config.read_text().replace(f"  ca_file: {mailserver.ca}\n", ""))
    found.found(grave())
    assert found.work(3, step=2 * MINUTE) == 0
    assert health(found) == ["mail-tls"]
    assert "certificate" in found.outbox().answer
    assert found.states() == [("waiting", 0)]
    found.config.write_text(
        found.config.read_text().replace("  password_file", f"  ca_file: {mailserver.ca}\n  password_file")
    )
    assert found.work() == 1
    assert not found.outbox().trouble


def test_a_certificate_of_another_name(box):
    found = box(security="submission")
    found.config.write_text(found.config.read_text().replace("server: localhost", "server: 127.0.0.1"))
    found.found(grave())
    found.work()
    assert health(found) == ["mail-tls"]
    assert "IP address mismatch" in found.outbox().answer


def test_a_server_without_starttls_gets_nothing(mailserver, box):
    found = box(security="submission", port=mailserver.ports["clear"])
    found.found(grave())
    found.work()
    assert "offers no STARTTLS: nothing was sent" in found.outbox().answer
    assert mailserver.mails() == []


def test_a_wrong_password_then_the_right_one(mailserver, box):
    found = box(security="submission")
    password = found.config.with_name("password")
    password.write_text("wrong\n")
    found.found(grave())
    found.work(2, step=MINUTE)
    assert health(found) == ["mail-password"]
    assert found.outbox().answer.startswith("535 5.7.8")
    assert b"wrong" not in RELAY.path(found.state).read_bytes()
    password.write_text(PASSWORD + "\n")
    found.clock[0] += MINUTE
    assert found.work() == 1
    assert arrived(mailserver, 1) == (1, 1)


def test_refused_for_hours_then_taken(mailserver, box):
    mailserver.change(smtpd_recipient_restrictions="check_recipient_access static:{451 4.7.1 Try again later}, permit")
    found = box()
    found.found(grave())
    found.work(6 * 12, step=5 * MINUTE)
    ((state, tries),) = found.states()
    assert state == "retrying"
    assert 8 <= tries <= 20  # not each second, and not given up
    assert found.outbox().mails[0].answer == "451 4.7.1 <…@dpo.example>: Recipient address rejected: Try again later"
    mailserver.change()
    found.work(2, step=HOUR)
    assert arrived(mailserver, 1) == (1, 1)
    assert health(found) == []


def test_refused_for_good_is_told_once_and_holds_up_nobody(mailserver, box):
    found = box("recipients: [{mail: nobody@dpo.example}, {mail: dpo@dpo.example}]\n")
    found.found(grave(1), grave(2))
    found.work(3, step=HOUR)
    assert collections.Counter(state for state, _ in found.states()) == {"sent": 2, "refused": 2}
    assert health(found) == ["mail-refused"]
    assert all("nobody@" not in one.answer for one in found.outbox().mails)
    assert arrived(mailserver, 2) == (2, 2)
    found.clock[0] += DAY
    found.work(3)  # and nothing is written about what was refused
    assert len(found.outbox().mails) == 4


@pytest.mark.parametrize("where", CUTS)
def test_the_line_is_cut(mailserver, box, where):
    """Two copies of one message only where the server had it and its answer was lost (RFC 1047)."""
    with cutting(mailserver.ports["clear"], where) as (port, cuts):
        found = box(port=port)
        found.found(grave())
        found.work(60, step=30 * SECOND)
    assert cuts == [1]
    assert found.states()[0][0] == "sent"
    count, different = arrived(mailserver, 1)
    assert different == 1
    assert count == 1 or where in ("after the dot", "before the answer")


def test_greylisting(mailserver, box):
    with greylist(1.0) as policy:
        mailserver.change(smtpd_recipient_restrictions=f"{policy}, permit")
        found = box()
        found.found(grave(1), grave(2))
        found.work(2)
        assert [state for state, _ in found.states()] == ["retrying", "retrying"]
        assert "Greylisted" in found.outbox().mails[0].answer
        assert not found.outbox().answer  # it is the messages' own, not the server's
        time.sleep(1.1)
        found.clock[0] += MINUTE
        found.work()
    assert arrived(mailserver, 2) == (2, 2)


def test_a_slow_line(mailserver, box):
    with slow(mailserver.ports["clear"], 20_000, 0.02) as port:
        found = box(port=port)
        found.found(grave())
        assert found.work() == 1
    assert arrived(mailserver, 1) == (1, 1)


def test_away_for_three_days(mailserver, box):
    mailserver.stop_postfix()
    found = box()
    for number in range(1, 7):
        found.found(grave(number, first_seen=found.clock[0], last_seen=found.clock[0]))
        found.work(12, step=HOUR)
    assert health(found) == ["mail-waiting"] * 3
    assert {state for state, _ in found.states()} == {"waiting"}
    mailserver.start()
    found.work(2, step=HOUR)
    told = [one for one in mailserver.wait_for(6) if not one["subject"].startswith("La semaine")]
    assert len({one["message-id"] for one in told}) == len(told) == 6
