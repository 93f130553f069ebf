"""The DPO's mails on the page: what waits, was sent or refused and the server's last answer; the test; an alert's mail as it would be sent."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from dashboard import formats
from dashboard.mail.alerts import alert_letter
from dashboard.mail.html import html
from dashboard.mail.listing import outbox_of, state_of
from dashboard.mail.message import Letter, compose
from dashboard.mail.post import Post
from dashboard.mail.sheet import text
from dashboard.mail.trying import Progress, progress
from dashboard.mail.writing import Writer
from dashboard.sources import AlertQuery
from dashboard.web.context import dashboard, lang, now, texts
from dashboard.web.errors import Missing
from dashboard.web.live import strip_now, versions
from sensor.detect.policy_mail import Recipient
from sensor.store import roots
from sensor.store.days import day_of
from sensor.store.mailing import Listed
from sensor.store.table import SEVERITY_RANK

mails = Blueprint("mails", __name__)
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A mail of the outbox, in words."""

    kind: str
    state: str
    state_word: str
    made: str
    made_iso: str
    to: str
    tries: str
    next: str
    answer: str


@mails.get("/mails")
def listed() -> str:
    settings = dashboard().settings
    outbox = outbox_of(settings.state) if settings.state else None
    asked = request.args.get("test", "")[:40]
    tried = progress(settings.state, asked) if settings.state and asked else None
    return render_template(
        "mails.html",
        strip=strip_now(),
        versions=versions(dashboard().source.change()),
        set_up=settings.post is not None and settings.mails,
        may_test=settings.ask_test is not None and settings.mails,
        outbox=outbox,
        rows=[_line(one) for one in outbox.mails[:_SHOWN]] if outbox else [],
        tried=tried,
        steps=_steps(tried) if tried else (),
        worst=_worst() if settings.demo else None,
    )


@mails.post("/mails/test")
def test() -> Answer:
    """Asks `watch` for a test alert: it takes the whole way. The page then shows how far it has come."""
    ask = dashboard().settings.ask_test
    if ask is None:
        raise Missing("not_found")
    return redirect(url_for("mails.listed", test=ask(now())), 303)


@mails.get("/alerts/<alert_id>/mail")
def preview(alert_id: str) -> str:
    post, to, letter = _letter(alert_id)
    envelope = post.envelope(to, now())
    return render_template(
        "mail.html",
        strip=strip_now(),
        versions=versions(dashboard().source.change()),
        alert_id=alert_id,
        subject=letter.headline,
        sender=f"{envelope.sender_name} <{envelope.sender}>",
        to=to.mail,
        text=text(letter.sheet),
    )


@mails.get("/alerts/<alert_id>/mail.html")
def preview_html(alert_id: str) -> str:
    _, to, letter = _letter(alert_id)
    return html(letter.sheet, to.language, letter.headline)


@mails.get("/alerts/<alert_id>/mail.eml")
def preview_bytes(alert_id: str) -> Response:
    post, to, letter = _letter(alert_id)
    answer = Response(compose(letter, post.envelope(to, now())), mimetype="message/rfc822")
    answer.headers["Content-Disposition"] = "attachment; filename=vigie.eml"
    return answer


def _worst() -> tuple[str, str, str] | None:
    """(alert, subject, text) of the gravest alert's mail: what a demo has to show, since it sends none."""
    found = dashboard().source.alerts(AlertQuery(limit=_SHOWN)).alerts
    if not found:
        return None
    alert = max(found, key=lambda one: (SEVERITY_RANK[one.severity], one.last_seen)).id
    letter = _letter(alert)[2]
    return alert, letter.headline, text(letter.sheet)


def _letter(alert_id: str) -> tuple[Post, Recipient, Letter]:
    settings = dashboard().settings
    alert = dashboard().source.alert(alert_id)
    if alert is None or settings.post is None:
        raise Missing("no_alert")
    to = settings.post.mail.recipients[0]
    root = roots.of_now(settings.post.state)
    writer = Writer(settings.post, to, now(), (str(root),) if root else ())
    return settings.post, to, alert_letter(writer, [alert])


def _line(mail: Listed) -> Line:
    t, zone, state = texts(), dashboard().settings.zone, state_of(mail)
    waits = mail.ended is None and mail.due > now()
    return Line(
        kind=t(f"mails.kind_{mail.kind}") if f"mails.kind_{mail.kind}" in t.words else mail.kind,
        state=state.value,
        state_word=t(f"mails.state_{state}"),
        made=f"{formats.day(_day(mail.made), lang(), _day(now()))}, {formats.clock(mail.made, zone, lang())}",
        made_iso=formats.iso(mail.made, zone),
        to=f"…@{mail.domain}",
        tries=formats.number(mail.tries, lang()),
        next=t("mails.next", when=formats.clock(mail.due, zone, lang())) if waits else "",
        answer=formats.bounded(mail.answer, 300),
    )


def _day(ns: int) -> date:
    return day_of(ns, dashboard().settings.zone)


def _steps(tried: Progress) -> tuple[tuple[str, bool], ...]:
    """(what, whether it is done), in order."""
    t = texts()
    return (
        (t("mails.step_asked"), True),
        (t("mails.step_raised"), tried.raised is not None),
        (t("mails.step_queued"), bool(tried.mails)),
        (t("mails.step_refused") if tried.refused else t("mails.step_sent"), tried.sent or tried.refused),
    )
