"""What leads to which mail, when, and never twice: through the real stores, as far as the outbox and the mailbox."""

from dataclasses import replace

import pytest

from dashboard.mail.telling import PAGE
from sensor.detect.alert import AlertDevice, Nature, Severity
from sensor.store import WatchStore
from sensor.store.reader import read
from sensor.store.schema import RELAY
from sensor.store.seeing import Counts
from tests.made import alert
from tests.mailserver.fixtures import DAY, HOUR, MINUTE, NOW, SECOND, TERMS
from tests.mailserver.storm import storm

pytestmark = pytest.mark.root

DPO = "recipients: [{mail: dpo@dpo.example}]\n"


def made(number=1, **changes):
    known = {"id": f"{number:020x}", "first_seen": NOW, "last_seen": NOW, **changes}
    return alert(**known)


def device(number):
    return AlertDevice(f"192.168.1.{number}", f"aa:bb:cc:dd:ee:{number:02x}", f"Poste {number}")


def kinds(found):
    return sorted(one.kind for one in found.outbox().mails)


def test_a_grave_alert_leaves_at_once_and_once(mailserver, box):
    found = box()
    found.work()
    found.found(made())
    assert found.work(5) == 1
    found.found(made(count=7, last_seen=NOW + 3 * SECOND))  # it grows
    assert found.work(5) == 0
    (mail,) = mailserver.wait_for(1)
    assert mail["subject"] == "Important : Scanner accueil a envoyé un courrier en clair"
    assert mail["auto-submitted"] == "auto-generated"
    assert found.states() == [("sent", 1)]
    assert found.outbox().mails[0].answer.startswith("250 2.0.0 Ok")


def test_history_is_not_told_when_mails_are_first_set_up(box):
    found = box()
    found.found(made(1, first_seen=NOW - 3 * DAY, last_seen=NOW - 2 * DAY), made(2, rule="other"))
    found.work()
    assert [one.about for one in found.outbox().mails] == [made(2).id]


def test_the_rest_waits_for_the_digest_grouped_by_cause(mailserver, box):
    found = box("digest: hourly\n")
    low = [made(n, rule="low", severity=Severity.LOW, device=device(n)) for n in range(1, 6)]
    found.found(*low, made(9, rule="medium", severity=Severity.MEDIUM))
    found.work(3)
    assert kinds(found) == []
    found.clock[0] = NOW + HOUR
    assert found.work(3) == 1
    (mail,) = mailserver.wait_for(1)
    text = mail.get_body(("plain",)).get_content()
    assert mail["subject"] == "Résumé : 6 alertes"
    assert text.count("\n- ") == 2
    assert "et 4 autres appareils" in " ".join(text.split())
    found.clock[0] += HOUR
    assert found.work(3) == 0


def test_what_is_below_a_recipients_level_is_not_for_them(mailserver, box):
    found = box(
        "recipients:\n  - {mail: dpo@dpo.example}\n  - {mail: doctor@dpo.example, least: critical, language: en}\n"
    )
    found.found(made(1), made(2, rule="worst", severity=Severity.CRITICAL))
    found.work(2)
    assert len(mailserver.wait_for(2)) == 2
    (mail,) = mailserver.wait_for(1, "doctor")
    assert mail["subject"] == "Urgent: Scanner accueil sent clear mail"
    assert mail["importance"] == "high"


def test_the_end_of_a_session_is_told_in_its_thread(mailserver, box):
    found = box()
    session = made(rule="rdp", nature=Nature.SESSION, severity=Severity.CRITICAL)
    found.found(session)
    found.work()
    found.found(replace(session, last_seen=NOW + 20 * MINUTE, ended=True))
    found.work(3)
    found.found(replace(session, last_seen=NOW + 30 * MINUTE))  # it goes on
    found.work(2)
    found.found(replace(session, last_seen=NOW + 40 * MINUTE, ended=True))
    found.work(3)
    first, end = mailserver.wait_for(2)
    assert end["subject"].startswith("Terminé : ")
    assert end["in-reply-to"] == end["references"] == first["message-id"]
    assert "La session a duré 20 min" in end.get_body(("plain",)).get_content().replace("\xa0", " ")
    assert kinds(found) == ["alert", "ended"]


def test_what_becomes_worse_is_told_again(mailserver, box):
    found = box()
    found.found(made(severity=Severity.MEDIUM))
    found.work()
    assert kinds(found) == []
    found.found(made(severity=Severity.CRITICAL))
    found.work()
    assert kinds(found) == ["alert"]
    found.clock[0] += DAY  # and no digest tells it once more
    found.work(2)
    assert kinds(found) == ["alert"]


def test_one_cause_again_soon_is_held_back_and_told_together(mailserver, box):
    found = box()
    for number in range(1, 5):
        found.found(made(number, peer=replace(made().peer, ip=f"203.0.113.{number}")))
        found.work(2)
    assert kinds(found) == ["alert"]
    found.clock[0] = NOW + 11 * MINUTE
    found.work()
    first, then = mailserver.wait_for(2)
    assert "(et 2 autres)" in then["subject"]
    assert then["in-reply-to"] == first["message-id"]
    assert kinds(found) == ["alert", "alert"]


def test_quiet_hours_hold_all_but_what_is_critical(mailserver, box):
    found = box(top="quiet_hours: 10:00-14:00\n")
    found.found(made(1), made(2, rule="other"), made(3, rule="worst", severity=Severity.CRITICAL))
    found.work(3)
    assert [one.about for one in found.outbox().mails] == [made(3).id]
    found.clock[0] = NOW + 3 * HOUR
    found.work(2)
    assert kinds(found) == ["alert", "digest"]


def test_two_thousand_alerts_in_an_hour(mailserver, box):
    """Each of a cause of its own, the worst case: at most the cap, and one digest that says so. tests.trials.mails makes 10,000."""
    found = box("most_a_day: 20\n")
    storm(found, 2_000)
    assert kinds(found) == ["alert"] * 16 + ["digest"]
    mails = mailserver.wait_for(17)
    assert len(mails) == 17
    said = (
        " ".join(" ".join(one.get_body(("plain",)).get_content().split()) for one in mails)
        .replace("\u202f", " ")
        .replace("\xa0", " ")
    )
    assert "(plafond : 20 messages par jour) : Vigie a réuni les 1 985 autres ici" in said
    assert "jusqu’à demain, Vigie n’écrit plus que pour ce qui est urgent" in said
    assert max(len(one.as_bytes()) for one in mails) < 100_000


def test_the_weekly_word_comes_also_with_nothing_to_report(mailserver, box):
    found = box()
    found.work()
    with WatchStore(found.state, clock=lambda: found.clock[0], terms=TERMS) as store:
        for hour in range(10 * 24):
            for second in range(0, 3600, 600):
                store.add_sight(NOW + hour * HOUR + second * SECOND, 10.0, Counts(1_000, 300_000_000))
        store.flush(NOW + 10 * DAY, force=True)
    found.clock[0] = NOW + 10 * DAY  # Monday
    found.work(3)
    (mail,) = mailserver.wait_for(1)
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert mail["subject"] == "La semaine : rien à signaler"
    assert "rien à signaler" in text
    assert "Go sur 7 jours" in text
    assert "v1." in text
    found.work(3, step=HOUR)
    assert kinds(found) == ["week"]


def test_a_week_in_which_nothing_was_seen_is_told_as_such(mailserver, box):
    found = box()
    found.work()
    found.found()
    found.clock[0] = NOW + 10 * DAY
    found.work(2)
    (mail,) = mailserver.wait_for(1)
    assert mail["subject"] == "La semaine : le boîtier n’a rien vu"


def test_a_relay_that_was_away_tells_all_that_came_meanwhile(box):
    found = box()
    found.work()
    found.found(*(made(n, rule=f"rule-{n}") for n in range(PAGE + 10)))
    found.work(2)
    assert kinds(found) == ["alert"] * 15


def test_a_certificate_that_cannot_encrypt_holds_up_its_recipient_only(mailserver, box):
    found = box("recipients:\n  - {mail: doctor@dpo.example, certificate: doctor.pem}\n  - {mail: dpo@dpo.example}\n")
    found.found(made())
    found.work(5)
    assert len(mailserver.wait_for(1)) == 1
    assert mailserver.mails("doctor") == []
    sql = "SELECT rule FROM alert"
    assert read(RELAY.path(found.state), lambda db: db.execute(sql).fetchall()) == [("mail-certificate",)]
    found.config.write_text(found.config.read_text().replace(", certificate: doctor.pem", ""))
    assert found.work(3) == 1
    assert len(mailserver.wait_for(1, "doctor")) == 1


def test_a_recipient_who_is_named_later_gets_no_history(box):
    found = box()
    found.found(made(1))
    found.work(2)
    found.clock[0] += 2 * DAY
    found.config.write_text(
        found.config.read_text() + "  recipients: [{mail: dpo@dpo.example}, {mail: doctor@dpo.example}]\n"
    )
    found.work(2)
    assert len(found.outbox().mails) == 1
