"""The weekly word: what the box saw, how well, what it told, and the seven roots of the journal, even with nothing to report.

Called by `dashboard.mail.telling` once the week is over; reads the store of `watch`, read with read permission only.
"""

import json
import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dashboard.formats import FIRM, bounded, full_day, number, size
from dashboard.mail.message import Letter
from dashboard.mail.sheet import Block, Sheet
from dashboard.mail.writing import Writer
from sensor.detect.alert import Category
from sensor.store import seeing
from sensor.store.days import day_of, minutes_of
from sensor.store.done_right import done_right
from sensor.store.journal import Kind, about
from sensor.store.mailing import MAIL

_MINUTE = 60_000_000_000
_SILENT = 3600  # seconds without a packet, from which the word speaks of it


@dataclass(frozen=True, slots=True)
class Week:
    """`span` is how many seconds it had. Counts of mails are the relay's."""

    first: date
    seen: seeing.Seen
    span: int
    days: int
    alerts: Counter[str] = field(default_factory=Counter)
    good: tuple[tuple[str, int], ...] = ()
    sent: int = 0
    waiting: int = 0
    refused: int = 0


def week_of(db: sqlite3.Connection, first: date, zone: ZoneInfo) -> Week:
    """The seven days from `first`, out of watch's store. Within `sensor.store.reader.read`."""
    start, after = minutes_of(first, zone)[0], minutes_of(first + timedelta(days=7), zone)[0]
    total, days = seeing.Seen(start), set()
    for step in seeing.seen(db, start, after):
        total.add(step)
        if step.packets:
            days.add(day_of(step.start * _MINUTE, zone))
    sql = "SELECT category, count(*) FROM alert WHERE first_seen >= ? AND first_seen < ? AND rule != 'mail-test' GROUP BY category"
    alerts = Counter(dict(db.execute(sql, (start * _MINUTE, after * _MINUTE)).fetchall()))
    return Week(first, total, (after - start) * 60, len(days), alerts, tuple(done_right(db, start, after)))


def mails_of(db: sqlite3.Connection, since: int) -> tuple[int, int, int]:
    """(sent, waiting, refused) since a moment, out of the relay's store."""
    counts = Counter(
        {
            outcome or "waiting": count
            for outcome, count in db.execute(
                "SELECT outcome, count(*) FROM outbox WHERE target = ? AND (made >= ? OR ended IS NULL) GROUP BY outcome",
                (MAIL, since),
            )
        }
    )
    return counts["sent"], counts["waiting"], counts["aside"]


def roots(db: sqlite3.Connection, count: int = 7) -> tuple[str, ...]:
    """The last daily roots that a journal told, oldest first. Within `sensor.store.reader.read`."""
    found = []
    for entry in about(db, "", Kind.ROOT):
        with suppress(ValueError, TypeError, KeyError):
            found.append(str(json.loads(entry.body or "")["root"]))
    return tuple(found[-count:])


def week_letter(writer: Writer, week: Week) -> Letter:
    say, lang = writer.say, writer.to.language
    count = sum(week.alerts.values())
    kind = "blind" if not week.seen.packets else "calm" if not count else "one" if count == 1 else "many"
    told = {"n": writer.number(count), "size": size(week.seen.bytes, lang)}
    told["days"] = say.counted("week.days", week.days, n=str(week.days))
    subject = say.words[f"week.subject_{kind}"].format(**told)
    last = week.first + timedelta(days=6)
    blocks = []
    if count:
        names = [(writer.texts(f"category.{one}"), week.alerts[one]) for one in Category if week.alerts[one]]
        blocks.append(Block(say("week.alerts"), pairs=tuple((name, writer.number(times)) for name, times in names)))
    blocks += _coverage(writer, week)
    if week.good:
        blocks.append(Block(say("week.good"), points=tuple(_good(writer, what, times) for what, times in week.good)))
    mails = (("sent", week.sent), ("waiting", week.waiting), ("refused", week.refused))
    pairs = tuple((say(f"week.mails_{name}"), writer.number(times)) for name, times in mails)
    blocks.append(Block(say("week.mails"), pairs=pairs))
    sheet = Sheet(
        lead=say.words[f"week.lead_{kind}"].format(**told),
        kicker=say("week.kicker", first=full_day(week.first, lang), last=full_day(last, lang)),
        mood={"blind": "high", "calm": "good"}.get(kind, "informational"),
        blocks=tuple(blocks),
        link=writer.link(),
    )
    return Letter(
        name=week.first.isoformat(),
        kind="week",
        about=week.first.isoformat(),
        subject=subject,
        sheet=writer.finished(sheet, all_roots=True),
        lang=lang,
    )


def _coverage(writer: Writer, week: Week) -> list[Block]:
    say, seen = writer.say, week.seen
    share = number(100 * min(1.0, seen.watched / week.span), writer.to.language, 0)
    watched = say("week.watched_value", hours=_hours(writer, seen.watched), span=_hours(writer, week.span), share=share)
    pairs = [(say("week.watched"), watched)]
    pairs += [(say(f"week.{name}"), writer.number(getattr(seen, name))) for name in ("packets", "drops", "unreadable")]
    advice = []
    if not seen.packets:
        advice.append(say("week.blind_advice"))
    elif seen.silent >= _SILENT:
        pairs.append((say("week.silent"), _hours(writer, seen.silent)))
        advice.append(say("week.silent_advice", hours=_hours(writer, seen.silent)))
    return [Block(say("week.coverage"), paragraphs=tuple(advice), pairs=tuple(pairs))]


def _hours(writer: Writer, seconds: float) -> str:
    return f"{writer.number(seconds / 3600)}{FIRM}h"


def _good(writer: Writer, what: str, times: int) -> str:
    t = writer.texts
    key = f"good.{what}" if f"good.{what}_one" in t.words else "good.other"
    return t.counted(key, times, n=writer.number(times), what=bounded(what, 80))
