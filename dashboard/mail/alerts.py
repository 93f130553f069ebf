"""An alert as a letter: the sentence, what to do, the evidence, the facts, where to look; and the letter that says it is over. Pure.

Called by `dashboard.mail.telling`, and by whoever shows a mail as it would be sent.
"""

import json
from collections.abc import Sequence

from dashboard.mail.message import Attachment, Letter
from dashboard.mail.sheet import Block, Sheet
from dashboard.mail.writing import Writer, shown, without_name
from dashboard.view import AlertView
from sensor.detect.alert import Alert, Severity
from sensor.detect.alert_json import to_json
from sensor.store.requests import MAIL_TEST

_OTHERS = 20  # alerts of the same cause that one mail lists
_SECOND = 1_000_000_000


def alert_letter(
    writer: Writer, alerts: Sequence[Alert], *, answers: str = "", worse: bool = False, notice: str = ""
) -> Letter:
    """One alert, or several of the same cause that came together: the first is told whole. `notice`: of the day's cap."""
    first, others = alerts[0], alerts[1:]
    view, say = writer.view(first), writer.say
    key = "mail.subject_worse" if worse else "mail.subject"
    title = titled(view)
    subject = say(key, severity=view.severity_word, title=title)
    if first.rule == MAIL_TEST:
        subject = view.title
    if others:
        subject = say.counted("mail.subject_more", len(alerts) - 1, severity=view.severity_word, title=title, n=writer.number(len(others)))  # fmt: skip
    sheet = Sheet(
        lead=shown(view.title),
        kicker=" · ".join((view.severity_word, view.category_word, view.confidence, writer.moment(first.last_seen))),
        mood=view.severity,
        blocks=tuple(
            block for block in _blocks(writer, view, others, _opening(writer, view, notice, first, worse=worse))
        ),
        link=writer.link(f"/alerts/{first.id}", "mail.open"),
    )
    return Letter(
        name=f"{first.id}:{first.severity}",
        kind="test" if first.rule == MAIL_TEST else "alert",
        about=first.id,
        subject=subject,
        sheet=writer.finished(sheet),
        lang=writer.to.language,
        urgent=first.severity is Severity.CRITICAL,
        answers=answers,
        attachments=attached(writer, alerts),
    )


def ended_letter(writer: Writer, alert: Alert, answers: str) -> Letter:
    """It is over: in the thread of the mail that told of it."""
    view, say = writer.view(alert), writer.say
    text = say(
        "mail.ended_text",
        duration=writer.duration((alert.last_seen - alert.first_seen) / _SECOND),
        first=writer.hour(alert.first_seen),
        last=writer.hour(alert.last_seen),
    )
    sheet = Sheet(
        lead=shown(say("mail.ended_lead", title=view.title)),
        kicker=writer.moment(alert.last_seen),
        mood=view.severity,
        blocks=(Block(paragraphs=(text,)), _facts(writer, view), _found(writer, view)),
        link=writer.link(f"/alerts/{alert.id}", "mail.open"),
    )
    return Letter(
        name=f"{alert.id}:ended",
        kind="ended",
        about=alert.id,
        subject=say("mail.subject_ended", title=titled(view)),
        sheet=writer.finished(sheet),
        lang=writer.to.language,
        answers=answers,
        attachments=attached(writer, (alert,)),
    )


def titled(view: AlertView) -> str:
    """The title with the device in it: of ten mails one wants to see which is whose."""
    return view.title if view.device.casefold() in view.title.casefold() else f"{view.title} ({view.device})"


def attached(writer: Writer, alerts: Sequence[Alert], most: int = 200) -> tuple[Attachment, ...]:
    """The alerts as JSON, one a line, where vigie.yml wishes it; at the level of what may leave the box."""
    if not writer.post.mail.json:
        return ()
    lines = []
    for alert in alerts[:most]:
        left = without_name(alert) if writer.post.policy.privacy == "fleet" else alert
        kept = writer.post.privacy.shown(left, writer.to.language)
        lines.append(json.dumps(to_json(kept, lang=writer.to.language), ensure_ascii=False))
    return (Attachment("vigie-alerts.jsonl", "application/x-ndjson", ("\n".join(lines) + "\n").encode()),)


def _opening(writer: Writer, view: AlertView, notice: str, alert: Alert, *, worse: bool) -> tuple[str, ...]:
    say = writer.say
    told = []
    if alert.rule == MAIL_TEST:
        told.append(say("mail.test"))
    if worse:
        told.append(say("mail.worse", severity=view.severity_word))
    if view.running:
        told.append(say("mail.running"))
    elif alert.nature == "session" and alert.ended:
        told.append(say("mail.ended"))
    return (*told, *((notice,) if notice else ()))


def _blocks(writer: Writer, view: AlertView, others: Sequence[Alert], opening: tuple[str, ...]) -> list[Block]:
    say = writer.say
    blocks = [Block(paragraphs=opening)] if opening else []
    blocks.append(Block(say("mail.what_to_do"), paragraphs=tuple(map(shown, view.advice))))
    blocks.append(Block(say("mail.evidence"), paragraphs=(shown(view.seen),)))
    blocks.append(Block(say("mail.expected"), paragraphs=(shown(view.expected),)))
    if others:
        blocks.append(Block(say("mail.same_cause"), points=tuple(_other(writer, one) for one in others[:_OTHERS])))
    blocks.append(_facts(writer, view))
    if view.legal:
        t = writer.texts
        points = tuple(
            say("mail.legal_line", ref=one.ref, topic=one.topic, state=t("alert.verified" if one.verified else "alert.unverified"))
            for one in view.legal
        )  # fmt: skip
        blocks.append(Block(say("mail.legal"), points=points, paragraphs=()))
    blocks.append(_found(writer, view))
    return blocks


def _other(writer: Writer, alert: Alert) -> str:
    view = writer.view(alert)
    peer = writer.say("mail.same_peer", peer=view.peer) if view.peer else ""
    return shown(writer.say("mail.same_line", when=writer.hour(alert.last_seen), device=view.device, peer=peer))


def _facts(writer: Writer, view: AlertView) -> Block:
    return Block(writer.say("mail.facts"), pairs=tuple((shown(one.name), shown(one.value)) for one in view.facts))


def _found(writer: Writer, view: AlertView) -> Block:
    return Block(paragraphs=(writer.say("mail.number", id=view.id),))
