"""The sections that say what the rest rests on: which devices were there, what the box could not see, how to check the journal."""

from collections.abc import Sequence
from datetime import date

from dashboard import formats
from dashboard.report.facts import Facts, Known, Seen
from dashboard.report.report import Bars, Section, Table
from dashboard.report.tables import cut
from dashboard.report.voice import Voice
from sensor.detect.destinations import INSIDE, UNNAMED, is_hidden
from sensor.detect.lists import ListInfo
from sensor.store.unsure import CORRECTED, MARK, NOT_SET


def devices(facts: Facts, voice: Voice, _: Known) -> Section:
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
    moved = any(seen.bytes_out or seen.bytes_in for seen in found)  # those that are gone have sent nothing

    def row(seen: Seen) -> tuple[str, ...]:
        named = (voice.device(seen.ip, seen.mac), voice.short(seen.first))
        return (*named, voice.size(seen.bytes_out), voice.size(seen.bytes_in)) if moved else named

    keys = (title, "devices.first", *(("upload.sent", "upload.received") if moved else ()))
    return cut(voice, tuple(map(voice.say, keys)), list(map(row, found)), tuple(range(1, len(keys))))


def coverage(facts: Facts, voice: Voice, known: Known) -> Section:
    say, seen, number = voice.say, facts.watched, voice.number
    hours = {
        name: voice.hours(value)
        for name, value in (("watched", seen.watched), ("span", seen.span), ("silent", seen.silent))
    }
    lost = seen.drops / (seen.packets + seen.drops) if seen.drops else 0.0
    sentences = (
        say("coverage.hours" if seen.silent else "coverage.hours_heard", **hours),
        say("coverage.drops", n=number(seen.drops), packets=number(seen.packets), share=voice.percent(lost)),
        say("coverage.gaps", n=number(seen.gaps), unreadable=number(seen.unreadable), shed=number(seen.shed)),
        _directions(facts, voice),
        *_names(facts, voice),
        *_clock(facts, voice),
        say("coverage.version", version=facts.version),
    )
    return Section("coverage", say("section.coverage"), sentences, _lists(facts, voice, known), _by_day(facts, voice))


def _directions(facts: Facts, voice: Voice) -> str:
    seen = facts.one_way
    if not seen.busy:
        return voice.say("coverage.no_way")
    return voice.words.counted("coverage.one_way", seen.one_way, busy=voice.number(seen.busy))


def _names(facts: Facts, voice: Voice) -> tuple[str, ...]:
    """Which share of what was exchanged with the outside cannot be told by name."""
    outside = sum(one.bytes_out + one.bytes_in for one in facts.destinations if one.name not in INSIDE)
    if not outside:
        return ()
    unnamed = sum(one.bytes_out + one.bytes_in for one in facts.destinations if one.name in UNNAMED)
    hidden = {one.name: one.bytes_out + one.bytes_in for one in facts.destinations if is_hidden(one.name)}
    parts = ", ".join(
        voice.say("coverage.part", what=voice.say(f"shared.destination.{name}"), share=voice.percent(moved / outside))
        for name, moved in sorted(hidden.items(), key=lambda item: (-item[1], item[0]))
        if moved
    )
    share = voice.percent(sum(hidden.values()) / outside)
    return (
        voice.say("coverage.unnamed", share=voice.percent(unnamed / outside)),
        voice.say("coverage.hidden_parts", share=share, parts=parts)
        if parts
        else voice.say("coverage.hidden", share=share),
    )


def _clock(facts: Facts, voice: Voice) -> tuple[str, ...]:
    marks = [dict(alert.evidence).get(MARK) for alert in facts.alerts]
    doubtful, corrected = marks.count(NOT_SET), marks.count(CORRECTED)
    told = [voice.words.counted("clock.unset", facts.unset)]
    told += [voice.words.counted("clock.corrected", corrected)] if corrected else []
    told += [voice.words.counted("clock.doubtful", doubtful)] if doubtful else []
    return tuple(told)


def _lists(facts: Facts, voice: Voice, known: Known) -> tuple[Table, ...]:
    say = voice.say
    end = voice.moment(max(facts.until - 1, 0) * 60_000_000_000)
    head = tuple(map(say, ("coverage.list", "coverage.date", "coverage.age", "coverage.entries")))
    rows = [
        (
            voice.words.words.get(f"lists.{one.name}", formats.bounded(one.title, 60)),
            one.date,
            _age(one, end, voice),
            voice.number(one.entries),
        )
        for one in known.lists
    ]
    return (cut(voice, head, rows, (2, 3), narrow=(1,)),) if rows else ()


def _age(one: ListInfo, end: date, voice: Voice) -> str:
    """At the end of what the report tells of."""
    try:
        days = (end - date.fromisoformat(one.date)).days
    except ValueError:
        return ""
    return voice.words.counted("age", days) if days >= 0 else voice.say("age_later")


def _by_day(facts: Facts, voice: Voice) -> Bars | None:
    past = [(day, max(0.0, seen.watched - seen.silent), seen.span) for day, seen in facts.days if seen.span]
    if not past or not facts.watched.watched:
        return None

    def share(one: tuple[date, float, float]) -> float:
        return one[1] / one[2]

    least = min(past, key=share)
    if share(least) >= 1:
        return Bars(voice.say("coverage.chart_whole"), tuple((str(one[0].day), 1.0) for one in past))
    text = voice.say("coverage.chart", day=voice.day(least[0]), hours=voice.hours(least[1]))
    return Bars(text, tuple((str(one[0].day), min(1.0, share(one))) for one in past))


def journal(facts: Facts, voice: Voice, _: Known) -> Section:
    """The command may be copied as it is: within quotes a root may be broken, which `vigie verify` takes out again."""
    say = voice.say
    intro = say("journal.intro", n=voice.number(facts.entries))
    code = say("journal.command", root=facts.root.replace(",", ",\n").replace("v1.", "v1.\n", 1))
    head, dot, digest = code.rpartition(".")
    return Section("journal", say("section.journal"), (intro,), code=f"{head}{dot}\n{digest}")
