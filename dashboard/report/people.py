"""The sections about people and firms: who received data, and who decided what. Pure.

Processors and recipients are what the record of processing asks for (GDPR, article 30(1)(d)): those that alerts name, and the server
that gets copies of the box's figures. Decisions, exceptions and accounts say that there are none while nobody can make any.
"""

from dataclasses import dataclass, field

from dashboard import formats
from dashboard.report.facts import Facts, Known
from dashboard.report.report import Section
from dashboard.report.tables import cut
from dashboard.report.voice import Voice
from sensor.detect.alert import Alert, Category, Hds
from sensor.suffixes import registrable

_KINDS = {
    Category.MAIL: "mail",
    Category.MESSAGING: "messaging",
    Category.REMOTE: "remote",
    Category.UPLOAD: "upload",
}
NAME = 48


@dataclass(slots=True)
class Recipient:
    """Who received data, as what; how many devices, on how many days; whether on the HDS list."""

    name: str
    kind: str
    devices: set[str] = field(default_factory=set)
    days: set[object] = field(default_factory=set)
    hds: Hds | None = None
    contract: str = ""


def recipients(facts: Facts, voice: Voice) -> list[Recipient]:
    """In order of their days, the most first."""
    found: dict[tuple[str, str], Recipient] = {}
    for alert in facts.alerts:
        kind = _KINDS.get(alert.category)
        name = _name(alert, voice)
        if kind is None or not name:
            continue
        one = found.setdefault((name, kind), Recipient(name, kind))
        one.devices.add(voice.of(alert))
        one.days.add(voice.moment(alert.last_seen))
        one.hds = one.hds or alert.peer.hds
        one.contract = one.contract or _contract(alert)
    return sorted(found.values(), key=lambda one: (-len(one.days), one.name, one.kind))


def processors(facts: Facts, voice: Voice, known: Known) -> Section:
    say = voice.say
    rows = [
        (
            one.name,
            say(f"processors.{one.kind}"),
            voice.number(len(one.devices)),
            voice.number(len(one.days)),
            one.contract or (say(f"processors.hds_{one.hds}") if one.hds else say("processors.absent")),
        )
        for one in recipients(facts, voice)
    ]
    sentences = [say("processors.intro" if rows else "processors.none")]
    if known.influx:
        sentences.append(say("processors.influx", where=formats.bounded(known.influx, 80)))
    keys = ("who", "as", "devices", "days", "contract")
    head = tuple(say(f"processors.{key}") for key in keys)
    tables = (cut(voice, head, rows, (2, 3), narrow=(1,)),) if rows else ()
    return Section("processors", say("section.processors"), tuple(sentences), tables)


def decisions(_: Facts, voice: Voice, __: Known) -> Section:
    return Section("decisions", voice.say("section.decisions"), (voice.say("decisions.none"),))


def exceptions(_: Facts, voice: Voice, __: Known) -> Section:
    return Section("exceptions", voice.say("section.exceptions"), (voice.say("exceptions.none"),))


def accounts(_: Facts, voice: Voice, __: Known) -> Section:
    return Section("accounts", voice.say("section.accounts"), (voice.say("accounts.none"),))


def _name(alert: Alert, voice: Voice) -> str:
    """The provider whose contract covers it, the product of a list, the owner of a name, or else an address."""
    facts = dict(alert.evidence)
    if _covered(alert) and facts.get("contract_provider"):
        return formats.bounded(str(facts["contract_provider"]), NAME)
    if facts.get("list_name"):
        return formats.bounded(str(facts["list_name"]), NAME)
    return formats.bounded(registrable(voice.host(alert)), NAME)


def _contract(alert: Alert) -> str:
    facts = dict(alert.evidence)
    reference = facts.get("contract_reference") if _covered(alert) else facts.get("hds_contract")
    return formats.bounded(str(reference or ""), 30)


def _covered(alert: Alert) -> bool:
    """A contract that does not allow it, or is about another tool, says nothing of who it was."""
    return alert.category is Category.REMOTE and dict(alert.evidence).get("contract") == "covered"
