"""The report's sections after the first page: each makes its sentences and tables out of the facts. Pure.

Those of what was seen are here; `proof` says what the rest rests on, `people` who receives data and who decides.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from dashboard import formats
from dashboard.report.facts import Facts, Known
from dashboard.report.figures import to_look_at, unlisted
from dashboard.report.people import accounts, decisions, exceptions, processors
from dashboard.report.proof import coverage, devices, journal
from dashboard.report.report import Bars, Section, Table
from dashboard.report.tables import cut
from dashboard.report.voice import Voice
from sensor.detect.alert import Alert, Category, Nature, Severity

_REGISTER = ("covered", "hour", "post", "host", "tool", "expired")
_GRAVE = (Severity.CRITICAL, Severity.HIGH)


def alerts(facts: Facts, voice: Voice, _: Known) -> Section:
    say, found = voice.say, facts.alerts
    by = Counter((alert.category, alert.severity) for alert in found)
    levels = [level for level in reversed(Severity) if any((one, level) in by for one in Category)]
    rows = tuple(
        (say(f"shared.category.{one}"), *(voice.number(by[one, level]) for level in levels))
        for one in Category
        if any((one, level) in by for level in levels)
    )
    head = (say("alerts.category"), *(say(f"shared.severity.{level}") for level in levels))
    tables = [Table(head, rows, tuple(range(1, len(head))))] if rows else []
    rows_of_grave = _grave(found, voice)
    if rows_of_grave:
        head = tuple(map(say, ("alerts.list", "alerts.device", "alerts.days", "alerts.times", "alerts.last")))
        tables.append(cut(voice, head, rows_of_grave, (2, 3, 4)))
    intro = voice.words.counted("alerts.intro", len(found))
    return Section("alerts", say("section.alerts"), (intro,), tuple(tables), _by_day(facts, voice))


def _grave(found: Iterable[Alert], voice: Voice) -> list[tuple[str, ...]]:
    """What is important or urgent: the same thing of the same device is one row, the gravest first."""
    groups: dict[tuple[str, str], list[Alert]] = {}
    for one in found:
        if one.severity in _GRAVE:
            groups.setdefault((voice.title(one), voice.of(one)), []).append(one)
    ordered = sorted(
        groups.items(), key=lambda item: (min(_GRAVE.index(one.severity) for one in item[1]), -len(item[1]), item[0])
    )
    return [
        (
            title,
            device,
            voice.number(len({voice.moment(one.last_seen) for one in group})),
            voice.number(sum(one.count for one in group)),
            voice.short(voice.moment(max(one.last_seen for one in group))),
        )
        for (title, device), group in ordered
    ]


def _by_day(facts: Facts, voice: Voice) -> Bars | None:
    told = Counter(voice.moment(alert.last_seen) for alert in facts.alerts if to_look_at(alert))
    days = facts.month.days()
    most = max((told[day] for day in days), default=0)
    if not most:
        return None
    busiest = next(day for day in days if told[day] == most)
    text = voice.say("alerts.chart", day=voice.day(busiest), n=voice.number(most))
    return Bars(text, tuple((str(day.day), told[day] / most) for day in days))


def done_right(facts: Facts, voice: Voice, _: Known) -> Section:
    say = voice.say
    title = say("section.done_right")
    before = dict(facts.done_right_before)
    if not facts.done_right and not before:
        return Section("done_right", title, (say("done_right.none"),))
    now = dict(facts.done_right)
    rows = tuple(
        (
            voice.words.words.get(f"done_right.{what}", what),
            voice.number(now.get(what, 0)),
            voice.number(before.get(what, 0)) if facts.watched_before else say("figure.unknown"),
        )
        for what in sorted(now.keys() | before.keys(), key=lambda what: (-now.get(what, 0), what))
    )
    head = (say("done_right.what"), say("figure.now"), say("figure.before"))
    return Section("done_right", title, (say("done_right.intro"),), (Table(head, rows, (1, 2)),))


def remote(facts: Facts, voice: Voice, _: Known) -> Section:
    say = voice.say
    title = say("section.remote")
    found = [one for one in facts.alerts if one.category is Category.REMOTE and one.nature is Nature.SESSION]
    if not found:
        return Section("remote", title, (say("remote.none"),))
    keys = ("alerts.day", "remote.tool", "alerts.device", "remote.peer", "remote.duration", "remote.register")
    rows = [
        (
            voice.short(voice.moment(one.first_seen)),
            _app(one),
            voice.of(one),
            voice.peer(one),
            formats.duration((one.last_seen - one.first_seen) / 1e9, voice.lang),
            _register(one, voice),
        )
        for one in found
    ]
    table = replace(cut(voice, tuple(map(say, keys)), rows, ()), narrow=(0, 1, 4), wide=(3, 5))
    return Section("remote", title, (voice.words.counted("remote.intro", len(found)),), (table,))


def _register(alert: Alert, voice: Voice) -> str:
    facts = dict(alert.evidence)
    cover = facts.get("contract")
    if cover not in _REGISTER:
        return voice.say("remote.absent")
    reference = formats.bounded(str(facts.get("contract_reference", "")), 30)
    return voice.say(f"remote.{'tool_not' if cover == 'tool' else cover}", reference=reference)


def upload(facts: Facts, voice: Voice, _: Known) -> Section:
    say = voice.say
    tables: list[Table] = []
    head: tuple[str, ...]
    if facts.destinations:
        head = (say("upload.destination"), say("upload.sent"), say("upload.received"))
        rows = tuple(
            (
                voice.words.words.get(f"shared.destination.{one.name or 'other'}", one.name),
                voice.size(one.bytes_out),
                voice.size(one.bytes_in),
            )
            for one in facts.destinations
        )
        tables.append(Table(head, rows, (1, 2)))
    told = _told(facts, voice)
    if told:
        head = tuple(
            map(say, ("upload.alerts", "alerts.device", "alerts.days", "upload.sent", "alerts.last", "upload.hds"))
        )
        tables.append(cut(voice, head, told, (2, 3, 4)))
    intro = say("upload.intro") if facts.destinations else say("upload.none")
    return Section("upload", say("section.upload"), (intro,), tuple(tables))


def _told(facts: Facts, voice: Voice) -> list[tuple[str, ...]]:
    """Uploads that were told: each destination of a device is one row, what was most sent first."""
    groups: dict[tuple[str, str, str], list[Alert]] = {}
    for one in facts.alerts:
        if unlisted(one) and to_look_at(one):
            groups.setdefault((voice.peer(one), voice.of(one), voice.say(f"upload.{one.peer.hds}")), []).append(one)
    sent = {key: sum(one.bytes_out for one in group) for key, group in groups.items()}
    return [
        (
            key[0],
            key[1],
            voice.number(len({voice.moment(one.last_seen) for one in groups[key]})),
            voice.size(sent[key]),
            voice.short(voice.moment(max(one.last_seen for one in groups[key]))),
            key[2],
        )
        for key in sorted(groups, key=lambda key: (-sent[key], key))
    ]


def messaging(facts: Facts, voice: Voice, _: Known) -> Section:
    found = [one for one in facts.alerts if one.category is Category.MESSAGING]
    names = Counter(dict.fromkeys(map(_app, found), 0))
    for one in found:
        names[_app(one)] += one.count
    rows = [
        (name, voice.number(len({voice.of(one) for one in found if _app(one) == name})), voice.number(count))
        for name, count in sorted(names.items(), key=lambda item: (-item[1], item[0]))
    ]
    return _listed("messaging", voice, ("messaging.app", "messaging.devices", "alerts.times"), rows, (1, 2))


def _app(alert: Alert) -> str:
    return formats.bounded(str(dict(alert.evidence).get("list_name") or alert.app or ""), 40)


def exposure(facts: Facts, voice: Voice, _: Known) -> Section:
    told: Counter[tuple[str, str]] = Counter()
    for one in facts.alerts:
        if one.category in (Category.EXPOSURE, Category.BLINDSPOT):
            told[voice.title(one), voice.of(one)] += one.count
    rows = [
        (title, device, voice.number(count))
        for (title, device), count in sorted(told.items(), key=lambda item: (-item[1], item[0]))
    ]
    return _listed("exposure", voice, ("alerts.what", "alerts.device", "alerts.times"), rows, (2,))


def glossary(_: Facts, voice: Voice, __: Known) -> Section:
    keys = [key for key in voice.words.words if key.startswith("glossary.")]
    return Section("glossary", voice.say("section.glossary"), tuple(voice.say(key) for key in keys))


def _listed(
    key: str, voice: Voice, head: Iterable[str], rows: Sequence[tuple[str, ...]], numbers: tuple[int, ...]
) -> Section:
    title = voice.say(f"section.{key}")
    if not rows:
        return Section(key, title, (voice.say(f"{key}.none"),))
    return Section(key, title, (voice.say(f"{key}.intro"),), (cut(voice, tuple(map(voice.say, head)), rows, numbers),))


SECTIONS: dict[str, Callable[[Facts, Voice, Known], Section]] = {
    "alerts": alerts,
    "done_right": done_right,
    "remote": remote,
    "upload": upload,
    "messaging": messaging,
    "exposure": exposure,
    "devices": devices,
    "processors": processors,
    "decisions": decisions,
    "exceptions": exceptions,
    "accounts": accounts,
    "coverage": coverage,
    "journal": journal,
    "glossary": glossary,
}
