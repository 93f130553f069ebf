"""The monthly report by mail: made by the relay, received by a mail server with its PDF, once."""

import json
from datetime import datetime

import pytest

from dashboard.kept_reports import kept_in
from dashboard.mail.mailer import Mailer
from dashboard.mail.monthly import FIGURES, post_report
from dashboard.relay.monthly import Monthly, World
from dashboard.report.figures import FIGURES as ALL
from sensor.store import WatchStore
from sensor.store.relay import RelayStore
from sensor.store.seeing import Counts
from tests.dashboard.conftest import PARIS
from tests.mailserver.fixtures import KEY, SECOND, TERMS

pytestmark = pytest.mark.root


def at(year, month, day, hour=0):
    return int(datetime(year, month, day, hour, tzinfo=PARIS).timestamp()) * SECOND


def first_of_november(found):
    """What `vigie relay` does on that morning: the report, then the mails."""
    found.clock[0] = at(2026, 11, 1, 6)
    (found.state / "watch").mkdir(parents=True, exist_ok=True)
    (found.state / "watch" / "pseudonym.key").write_bytes(KEY)
    post = found.post()
    with RelayStore(found.state, clock=lambda: found.clock[0], terms=TERMS) as store:
        world = World(clock=lambda: found.clock[0], trusted=lambda: True)
        monthly = Monthly(
            found.state,
            post.policy,
            found.config,
            store,
            lambda _, pdf: post_report(store, post, pdf, found.clock[0]),
            world,
        )
        made = monthly.once()
        mailer = Mailer(post, store, lambda: found.clock[0])
        return made, mailer.once() + mailer.once()


def october(found):
    """An hour of October was watched."""
    seen = at(2026, 10, 7, 10)
    with WatchStore(found.state, clock=lambda: seen, terms=TERMS) as store:
        for second in range(0, 3_600, 10):
            store.add_sight(seen + second * SECOND, 10.0, Counts(packets=9, bytes=900))
        store.flush(seen, force=True)
    return found


def reports(server):
    server.flushed()
    return [one for one in server.mails() if one["subject"].startswith("Rapport mensuel")]


def test_the_mail_arrives_with_the_pdf_as_it_is_kept(mailserver, box):
    found = october(box())
    (pdf,), _ = first_of_november(found)
    mailserver.wait_for(1)
    (mail,) = reports(mailserver)
    assert mail["subject"] == "Rapport mensuel : octobre 2026"
    (attached,) = mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", "vigie-2026-10.pdf")
    assert attached.get_content() == pdf.read_bytes()
    told = mail.get_body(("plain",)).get_content()
    assert "Le rapport du mois (octobre 2026) est prêt" in " ".join(told.split())
    root = json.loads(pdf.with_suffix(".json").read_text())["journal_root"]
    assert root in "".join(told.split())
    assert first_of_november(found)[0] == []
    assert len(reports(mailserver)) == 1


def test_what_names_posts_stays_in_the_box_at_level_fleet(mailserver, box):
    found = october(box(top="privacy: fleet"))
    first_of_november(found)
    mailserver.wait_for(1)
    (mail,) = reports(mailserver)
    assert not list(mail.iter_attachments())
    assert "n’est pas joint" in " ".join(mail.get_body(("plain",)).get_content().split())
    assert (kept_in(found.state) / "2026-10.pdf").exists()


def test_the_mail_has_the_reports_figures():
    assert tuple(key for key, *_ in ALL) == FIGURES
