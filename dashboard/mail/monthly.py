"""The monthly report as a mail: its first figures, and the PDF beside them. Called by `vigie relay` once the report is made.

What is told comes from the report's own JSON file, so mail and report say the same. At privacy level `fleet` nothing that names a post
leaves the box: the mail then says where the report is, without it.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.formats import month as named
from dashboard.mail.message import Attachment, Letter
from dashboard.mail.outbox import queue_for_all
from dashboard.mail.post import Post
from dashboard.mail.sheet import Block, Sheet
from dashboard.mail.writing import Writer
from sensor.store.relay import RelayStore

FIGURES = ("alerts", "clear_mail", "messaging", "remote", "upload")


def post_report(store: RelayStore, post: Post, pdf: Path, now: int) -> None:
    """Into the outbox for each recipient, once a month. `pdf`: a kept one, its JSON beside it. Errors: Human, StoreError, OSError, ValueError."""
    told, content = json.loads(pdf.with_suffix(".json").read_text("utf-8")), pdf.read_bytes()
    roots = tuple(filter(None, (str(told.get("journal_root", "")),)))
    queue_for_all(store, post, lambda to: month_letter(Writer(post, to, now, roots), told, pdf.name, content))


def month_letter(writer: Writer, told: dict[str, Any], name: str, pdf: bytes) -> Letter:
    say, lang = writer.say, writer.to.language
    when = named(date.fromisoformat(f"{told['month']}-01"), lang)
    figures, attached = told["figures"], writer.post.policy.privacy != "fleet"
    pairs = tuple((say(f"month.{key}"), writer.number(figures.get(key, 0))) for key in FIGURES)
    seen = told["watched"]
    blind = max(0.0, seen["span"] - seen["watched"] + seen["silent"]) / 3600
    pairs = (*pairs, (say("month.blind"), say("month.hours", n=writer.number(blind))))
    where = say("month.attached" if attached else "month.not_attached")
    sheet = Sheet(
        lead=say.counted("month.lead", figures.get("alerts", 0), n=writer.number(figures.get("alerts", 0)), month=when),
        kicker=say("month.kicker", month=when),
        mood="informational" if figures.get("alerts") else "good",
        blocks=(Block(say("month.figures"), paragraphs=(where,), pairs=pairs),),
        link=writer.link("/reports/"),
    )
    return Letter(
        name=str(told["month"]),
        kind="report",
        about=str(told["month"]),
        subject=say("month.subject", month=when),
        sheet=writer.finished(sheet),
        lang=lang,
        attachments=(Attachment(f"vigie-{name}", "application/pdf", pdf),) if attached else (),
    )
