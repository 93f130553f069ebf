"""Facts → Report: the first page, and the sections in their order. Pure."""

from collections.abc import Collection, Sequence
from itertools import groupby

from dashboard import formats
from dashboard.report.facts import Facts
from dashboard.report.figures import Figure, figures, to_look_at
from dashboard.report.report import Report, Section, Table
from dashboard.report.sections import SECTIONS
from dashboard.report.voice import Voice
from sensor.detect.alert import Alert, Severity
from sensor.detect.lists import ListInfo

_BLIND = 0.25
"""From this share of blind hours on, a quiet month proves little."""
_TODO = 3
_RANK = tuple(Severity)


def compose(
    facts: Facts, voice: Voice, practice: str, lists: Sequence[ListInfo], wanted: Collection[str] | None = None
) -> Report:
    """`wanted`: the sections, by key; all if None."""
    say = voice.say
    mood, state = _state(facts, voice)
    last = voice.moment(max(facts.until - 1, 0) * 60_000_000_000)
    made = [make(facts, voice, lists) for key, make in SECTIONS.items() if wanted is None or key in wanted]
    return Report(
        lang=voice.lang,
        title=say("title"),
        month=formats.month(facts.month.first, voice.lang),
        dated=(last.year, last.month, last.day),
        practice=formats.bounded(practice, 80),
        mood=mood,
        state=state,
        partial="" if facts.complete else _partial(facts, voice),
        figures=_figures(figures(facts), voice),
        todo_title=say("todo.title"),
        todo=_todo(facts.alerts, voice),
        blind=_blind(facts, voice),
        sections=tuple(made),
        foot=say("foot"),
        reference=say("reference", root=facts.root),
        page=say("page"),
    )


def section_keys() -> tuple[str, ...]:
    return tuple(SECTIONS)


def _state(facts: Facts, voice: Voice) -> tuple[str, str]:
    watched = facts.watched
    if not watched.watched and not facts.alerts:
        return "idle", voice.say("state.unwatched")
    urgent, high = (
        sum(alert.severity is level for alert in facts.alerts) for level in (Severity.CRITICAL, Severity.HIGH)
    )
    if urgent:
        return "bad", voice.words.counted("state.urgent", urgent)
    if high:
        return "warn", voice.words.counted("state.serious", high)
    if any(map(to_look_at, facts.alerts)):
        return "good", voice.say("state.minor")
    if watched.blind > _BLIND * watched.span:
        return "warn", voice.say("state.quiet_blind")
    return "good", voice.say("state.quiet")


def _partial(facts: Facts, voice: Voice) -> str:
    ns = facts.until * 60_000_000_000
    return voice.say("partial", day=voice.day(voice.moment(ns)), hour=formats.clock(ns, voice.zone, voice.lang))


def _figures(found: Sequence[Figure], voice: Voice) -> Table:
    def row(figure: Figure) -> tuple[str, str, str]:
        before = voice.say("figure.unknown") if figure.before is None else voice.number(figure.before)
        return voice.say(f"figure.{figure.key}"), voice.number(figure.now), before

    head = (voice.say("figure.head"), voice.say("figure.now"), voice.say("figure.before"))
    return Table(head, tuple(map(row, found)), numbers=(1, 2))


def _todo(alerts: Sequence[Alert], voice: Voice) -> tuple[tuple[str, str], ...]:
    """(what, whose; what to do): the gravest things, each once a device, the most frequent first."""

    def same(alert: Alert) -> tuple[str, str]:
        return voice.title(alert), voice.of(alert)

    grouped = [list(group) for _, group in groupby(sorted(filter(to_look_at, alerts), key=same), same)]
    grouped.sort(key=lambda group: (-max(_RANK.index(one.severity) for one in group), -sum(one.count for one in group)))
    told = []
    for group in grouped[:_TODO]:
        worst = max(group, key=lambda one: (_RANK.index(one.severity), one.last_seen))
        told.append((voice.say("todo.line", device=voice.of(worst), title=voice.title(worst)), voice.advice(worst)))
    return tuple(told) or ((voice.say("todo.none"), ""),)


def _blind(facts: Facts, voice: Voice) -> str:
    watched = facts.watched
    if watched.blind >= watched.span:
        return voice.say("blind.all")
    if watched.blind < 60:
        return voice.say("blind.none")
    return voice.say("blind.some", hours=voice.hours(watched.blind), span=voice.hours(watched.span))


__all__ = ["Section", "compose", "section_keys"]
