"""Facts → Report: the first page, and the sections in their order. Pure."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from dashboard import formats
from dashboard.report.facts import Edition, Facts, Known
from dashboard.report.figures import Figure, figures, to_look_at
from dashboard.report.report import Report, Table
from dashboard.report.sections import SECTIONS
from dashboard.report.voice import Voice
from sensor.detect.alert import Alert, Severity

_BLIND = 0.25
"""From this share of blind hours on, a quiet month proves little."""
_MOST = 3
_NAMES = 3
_RANK = tuple(Severity)


def compose(facts: Facts, voice: Voice, known: Known) -> Report:
    say = voice.say
    mood, state = _state(facts, voice)
    last = voice.moment(max(facts.until - 1, 0) * 60_000_000_000)
    found = figures(facts)
    wanted = [key for key in SECTIONS if (key in known.wanted if known.wanted else key not in known.without)]
    things = _things(facts.alerts, voice)
    return Report(
        lang=voice.lang,
        title=say("title"),
        month=formats.month(facts.month.first, voice.lang),
        dated=(last.year, last.month, last.day),
        practice=formats.bounded(known.practice, 80),
        mood=mood,
        state=state,
        notes=_notes(facts, voice, known.edition, found),
        figures=_figures(found, voice),
        todo_title=say(f"todo.title_{len(things)}"),
        todo=things,
        nothing=say("todo.none"),
        blind=_blind(facts, voice),
        sections=tuple(SECTIONS[key](facts, voice, known) for key in wanted),
        foot=say("foot"),
        without=_without(tuple(wanted), voice),
        reference=say("reference"),
        root=facts.root,
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


def _notes(facts: Facts, voice: Voice, edition: Edition | None, found: Sequence[Figure]) -> tuple[str, ...]:
    """What the reader must know before the figures."""
    notes = []
    if not facts.complete:
        ns = facts.until * 60_000_000_000
        hour = formats.clock(ns, voice.zone, voice.lang)
        notes.append(voice.say("note.partial", day=voice.day(voice.moment(ns)), hour=hour))
    if facts.began is not None:
        notes.append(voice.say("note.first", day=voice.day(facts.began)))
    if facts.erased:
        notes.append(voice.say("note.erased"))
    if edition is not None:
        notes.append(_edition(edition, voice, found))
    return tuple(notes)


def _edition(edition: Edition, voice: Voice, found: Sequence[Figure]) -> str:
    number = voice.number(edition.number)
    if edition.same:
        return voice.say("edition.same", n=number)
    now = {figure.key: figure.now for figure in found}
    changed = [
        voice.say(
            "edition.figure", what=voice.say(f"short.{key}"), before=voice.number(then), now=voice.number(now[key])
        )
        for key, then in edition.changed
        if key in now
    ]
    what = ", ".join(changed) or voice.say("edition.details")
    return voice.say("edition.partial" if edition.partial else "edition.later", n=number, what=what)


def _without(wanted: tuple[str, ...], voice: Voice) -> str:
    absent = [voice.say(f"section.{key}") for key in SECTIONS if key not in wanted]
    return voice.say("without", what=" ; ".join(absent) if voice.lang == "fr" else "; ".join(absent)) if absent else ""


def _figures(found: Sequence[Figure], voice: Voice) -> Table:
    def row(figure: Figure) -> tuple[str, str, str]:
        before = voice.say("figure.unknown") if figure.before is None else voice.number(figure.before)
        return voice.say(f"figure.{figure.key}"), voice.number(figure.now), before

    head = (voice.say("figure.head"), voice.say("figure.now"), voice.say("figure.before"))
    return Table(head, tuple(map(row, found)), numbers=(1, 2))


def _things(alerts: Sequence[Alert], voice: Voice) -> tuple[tuple[str, str], ...]:
    """(what and whose; what to do): the gravest things, each once with its devices, the most frequent first."""
    grouped = [list(group) for _, group in groupby(sorted(filter(to_look_at, alerts), key=voice.title), voice.title)]
    grouped.sort(
        key=lambda group: (
            -max(_RANK.index(one.severity) for one in group),
            -sum(one.count for one in group),
            min(one.rule for one in group),  # the same order in every language
        )
    )
    told = []
    for group in grouped[:_MOST]:
        worst = max(group, key=lambda one: (_RANK.index(one.severity), one.last_seen))
        told.append((_named(group, voice.title(worst), voice), voice.advice(worst)))
    return tuple(told)


def _named(group: Sequence[Alert], title: str, voice: Voice) -> str:
    """What was seen, and of whom: the devices that it was seen of most often come first, unless the title says it."""
    times = Counter[str]()
    for one in group:
        times[voice.of(one)] += one.count
    names = [name for name, _ in sorted(times.items(), key=lambda item: (-item[1], item[0])) if name]
    if not names or (len(names) == 1 and names[0] in title):
        return title
    shown, more = names[:_NAMES], len(names) - _NAMES
    device = ", ".join(shown) + (voice.words.counted("todo.more", more) if more > 0 else "")
    return voice.say("todo.line", device=device, title=title)


def _blind(facts: Facts, voice: Voice) -> str:
    watched = facts.watched
    if watched.blind >= watched.span:
        return voice.say("blind.all")
    if watched.blind < 60:
        return voice.say("blind.none")
    return voice.say("blind.some", hours=voice.hours(watched.blind), span=voice.hours(watched.span))
