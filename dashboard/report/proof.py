"""The sections that say what the rest rests on: which devices were there, what the box could not see, how to check the journal."""

from collections.abc import Sequence
from datetime import date

from dashboard import formats
from dashboard.report.facts import Facts, Seen
from dashboard.report.report import Bars, Section, Table
from dashboard.report.voice import Voice
from sensor.detect.lists import ListInfo

_MOST = 25
_UNNAMED = ("old", "nameless", "unread")
_INSIDE = ("local", "own", "")


def devices(facts: Facts, voice: Voice, _: Sequence[ListInfo]) -> Section:
    say = voice.say
    fresh = [seen for seen in facts.devices if seen.first >= facts.month.first]
    tables = [_devices(fresh, "devices.fresh", voice)] if fresh else []
    if facts.gone:
        tables.append(_devices(facts.gone, "devices.gone", voice))
    sentences = [voice.words.counted("devices.intro", len(facts.devices))]
    if not fresh and facts.devices:
        sentences.append(say("devices.none_fresh"))
    return Section("devices", say("section.devices"), tuple(sentences), tuple(tables))


def _devices(found: Sequence[Seen], title: str, voice: Voice) -> Table:
    rows = tuple((voice.device(seen.ip, seen.mac), voice.short(seen.first)) for seen in found[:_MOST])
    more = len(found) - _MOST
    cut = voice.say("alerts.cut", n=voice.number(more)) if more > 0 else ""
    return Table((voice.say(title), voice.say("devices.first")), rows, (1,), cut)


def coverage(facts: Facts, voice: Voice, lists: Sequence[ListInfo]) -> Section:
    say, seen = voice.say, facts.watched
    hours = {
        name: voice.hours(value)
        for name, value in (("watched", seen.watched), ("span", seen.span), ("silent", seen.silent))
    }
    lost = seen.drops / (seen.packets + seen.drops) if seen.drops else 0.0
    outside = sum(one.bytes_out + one.bytes_in for one in facts.destinations if one.name not in _INSIDE) or 1
    unnamed = sum(one.bytes_out + one.bytes_in for one in facts.destinations if one.name in _UNNAMED)
    hidden = sum(one.bytes_out + one.bytes_in for one in facts.destinations if one.name == "hidden")
    sentences = (
        say("coverage.hours", **hours),
        say(
            "coverage.drops", n=voice.number(seen.drops), packets=voice.number(seen.packets), share=voice.percent(lost)
        ),
        say("coverage.gaps", n=voice.number(seen.gaps), unreadable=voice.number(seen.unreadable)),
        say("coverage.unnamed", share=voice.percent(unnamed / outside)),
        say("coverage.hidden", share=voice.percent(hidden / outside)),
        say("coverage.version", version=facts.version),
    )
    head = (say("coverage.list"), say("coverage.date"), say("coverage.entries"))
    rows = tuple(
        (
            voice.words.words.get(f"lists.{one.name}", formats.bounded(one.title, 60)),
            one.date,
            voice.number(one.entries),
        )
        for one in lists
    )
    tables = (Table(head, rows, (2,)),) if rows else ()
    return Section("coverage", say("section.coverage"), sentences, tables, _by_day(facts, voice))


def _by_day(facts: Facts, voice: Voice) -> Bars | None:
    past = [(day, max(0.0, seen.watched - seen.silent), seen.span) for day, seen in facts.days if seen.span]
    if not past or not facts.watched.watched:
        return None

    def share(one: tuple[date, float, float]) -> float:
        return one[1] / one[2]

    least = min(past, key=share)
    text = voice.say("coverage.chart", day=voice.day(least[0]), hours=voice.hours(least[1]))
    return Bars(text, tuple((str(one[0].day), min(1.0, share(one))) for one in past))


def journal(facts: Facts, voice: Voice, _: Sequence[ListInfo]) -> Section:
    say = voice.say
    intro = say("journal.intro", n=voice.number(facts.entries))
    return Section("journal", say("section.journal"), (intro, say("journal.command", root=facts.root)))
