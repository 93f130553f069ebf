"""The page of the mails: what waits, was sent or refused; the test's steps; an alert's mail as it would be sent."""

import email
import re
from email.policy import default

import pytest

from dashboard.mail.post import Post, nobody
from sensor.detect.policy import Policy
from sensor.store import WatchStore
from sensor.store.mailing import NewMail
from sensor.store.relay import RelayStore


@pytest.fixture
def mailing(tmp_path, site, sample, now):
    """A page whose box has one alert; `asked` holds what the button did."""
    with WatchStore(tmp_path, clock=lambda: now) as store:
        store.upsert([sample])
    policy, asked = Policy(), []

    def ask(moment):
        asked.append(moment)
        return sample.id

    post = Post.of(nobody(policy), policy, b"k" * 32, tmp_path, None)
    made = site(state=tmp_path, post=post, mails=True, ask_test=ask)
    made.asked = asked
    return made


def put(tmp_path, now, name, about="a1"):
    with RelayStore(tmp_path, clock=lambda: now) as store:
        with store.mailing() as mailing:
            mailing.put(NewMail(name, b"body", "alert", about, "k", "dpo.example", f"<{name}@x>"))
        return store.waiting("mail", now)[-1]


def test_each_mail_with_its_state_and_the_servers_answer(tmp_path, mailing, now, readable):
    assert "Aucun courriel n’a encore été préparé" in mailing.get("/mails").text
    sent, refused = put(tmp_path, now, "one"), put(tmp_path, now, "two")
    later = put(tmp_path, now, "three")
    with RelayStore(tmp_path, clock=lambda: now) as store:
        store.ended(sent, "sent", {}, "250 2.0.0 Ok: queued as 4711")
        store.ended(refused, "aside", {}, "550 5.1.1 <i>unknown</i>")
        store.failed(later, "451 4.7.1 later", now + 600_000_000_000)
    page = readable(mailing.get("/mails").text)
    for words in (
        "envoyé",
        "refusé",
        "sera réessayé",
        "prochain essai à 10",
        "250 2.0.0 Ok: queued as 4711",
        "…@dpo.example",
    ):
        assert words in page
    assert "&lt;i&gt;unknown" in mailing.get("/mails").text


def test_the_button_asks_and_the_page_shows_how_far_it_has_come(tmp_path, mailing, sample, now, readable):
    answer = mailing.client.post("/mails/test", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, mailing.asked) == (303, [now])
    page = mailing.get(answer.location).text
    assert 'http-equiv="refresh"' in page
    assert "Message prêt à partir (en attente)" in readable(page)
    item = put(tmp_path, now, "test", sample.id)
    with RelayStore(tmp_path, clock=lambda: now) as store:
        store.ended(item, "sent", {}, "250 2.0.0 Ok")
    page = mailing.get(answer.location).text
    assert 'http-equiv="refresh"' not in page
    assert "Accepté par le serveur de messagerie" in page
    assert "250 2.0.0 Ok" in page


def test_another_site_cannot_press_it(mailing):
    assert mailing.client.post("/mails/test", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert mailing.asked == []


def test_without_a_mail_server_there_is_no_button(site, readable):
    made = site()
    assert "vigie setup mail" in readable(made.get("/mails").text)
    assert made.client.post("/mails/test").status_code == 404


def test_an_alerts_mail_as_it_would_be_sent(mailing, sample, readable):
    page = mailing.get(f"/alerts/{sample.id}/mail").text
    assert "Que faire ?" in page
    assert "Scanner de l’accueil a envoyé un courrier en clair" in readable(page)
    shown = mailing.get(f"/alerts/{sample.id}/mail.html")
    assert re.search(r"style-src 'self' 'sha256-", shown.headers["Content-Security-Policy"])
    assert "Scanner de l’accueil" in shown.text
    mail = email.message_from_bytes(mailing.get(f"/alerts/{sample.id}/mail.eml").data, policy=default)
    assert mail["auto-submitted"] == "auto-generated"
    assert mailing.get("/alerts/none/mail").status_code == 404
