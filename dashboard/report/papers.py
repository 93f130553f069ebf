"""Two papers that the practice owes because of the box itself, made from its real settings: the notice to staff and visitors (RGPD
art. 13) and the entry of the register (art. 30). Pure.

Each sentence that depends on a setting has one form per setting, so a paper never says what is not so.
"""

from dataclasses import dataclass
from typing import Literal

from dashboard import formats
from dashboard.report.texts import Words
from sensor.detect.policy import Policy

Kind = Literal["notice", "register"]
KINDS: tuple[Kind, ...] = ("notice", "register")
_USUAL_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Paper:
    """`parts`: (heading, its sentences)."""

    kind: Kind
    lang: str
    title: str
    practice: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    foot: str


def paper(kind: Kind, policy: Policy, words: Words) -> Paper:
    parts = _notice(policy, words) if kind == "notice" else _register(policy, words)
    practice = formats.bounded(policy.practice.name, 80) or words("paper.unnamed")
    return Paper(kind, words.lang, words(f"paper.{kind}"), practice, parts, words("paper.foot"))


def markdown(made: Paper) -> str:
    lines = [f"# {made.title}", "", f"**{_plain(made.practice)}**", ""]
    for heading, sentences in made.parts:
        lines += [f"## {heading}", "", *(f"- {_plain(one)}" for one in sentences), ""]
    return "\n".join([*lines, f"*{made.foot}*", ""])


def _plain(text: str) -> str:
    """Names may hold what Markdown reads as markup."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in text)


def _notice(policy: Policy, words: Words) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        (words("paper.why"), (words("paper.purpose"), words("paper.not_for"))),
        (words("paper.what"), (words("paper.observed"), *_who_is_observed(policy, words))),
        (words("paper.never"), (words("paper.content"), words("paper.decrypt"))),
        (words("paper.long"), _kept(policy, words)),
        (words("paper.sees"), (_names(policy, words), *_leaves(policy, words))),
        (words("paper.rights"), (words("paper.access"), _contact(policy, words), words("paper.cnil"))),
    )


def _register(policy: Policy, words: Words) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        (words("paper.controller"), (words("paper.practice_is"), _contact(policy, words))),
        (words("paper.purposes"), (words("paper.purpose"), words("paper.basis"))),
        (words("paper.persons"), _who_is_observed(policy, words)),
        (words("paper.data"), (words("paper.observed"), words("paper.content"), _names(policy, words))),
        (words("paper.recipients"), (words("paper.inside"), *_leaves(policy, words), *_processors(policy, words))),
        (words("paper.long"), _kept(policy, words)),
        (words("paper.security"), (words("paper.measures"), words("paper.journal"))),
        (words("paper.to_do"), (words("paper.staff"), words("paper.aipd"))),
    )


def _who_is_observed(policy: Policy, words: Words) -> tuple[str, ...]:
    nets = policy.networks
    guests = nets.guest or nets.guest_vlans or any(one.group == "guest" for one in policy.devices)
    personal = nets.personal or nets.personal_vlans or any(one.group == "personal" for one in policy.devices)
    return (
        words("paper.posts"),
        words("paper.guests" if guests else "paper.no_guests"),
        words("paper.personal" if personal else "paper.no_personal"),
    )


def _kept(policy: Policy, words: Words) -> tuple[str, ...]:
    keep = policy.retention
    told = words(
        "paper.kept", days=str(keep.detail_days), months=str(keep.alerts_months), totals=str(keep.totals_months)
    )
    more = []
    if keep.reason:
        more.append(words("paper.reason", reason=formats.bounded(keep.reason, 200)))
    elif keep.alerts_months > _USUAL_MONTHS:
        more.append(words("paper.longer", months=str(_USUAL_MONTHS)))
    return told, *more, words("paper.reports")


def _names(policy: Policy, words: Words) -> str:
    return words(f"paper.{policy.privacy}")


def _leaves(policy: Policy, words: Words) -> tuple[str, ...]:
    """What goes out of the box, and where to; that nothing does, if nothing does."""
    told = []
    if policy.influxdb is not None:
        where = formats.bounded(policy.influxdb.url, 80)
        told.append(words("paper.leaves" if policy.privacy == "full" else "paper.leaves_pseudonyms", where=where))
    if policy.mail is not None:
        who = ", ".join(sorted(formats.bounded(one.mail, 80) for one in policy.mail.recipients))
        sealed = all(one.certificate for one in policy.mail.recipients)
        told.append(words(f"paper.mails_{policy.privacy}", who=who))
        told.append(words("paper.mails_sealed" if sealed else "paper.mails_open"))
    return tuple(told) or (words("paper.stays"),)


def _processors(policy: Policy, words: Words) -> tuple[str, ...]:
    names = sorted({formats.bounded(one.provider, 60) for one in policy.contracts})
    return (words("paper.maintainers", names=", ".join(names)),) if names else ()


def _contact(policy: Policy, words: Words) -> str:
    name, mail = formats.bounded(policy.dpo_name, 60), formats.bounded(policy.dpo_mail or "", 80)
    known = ", ".join(one for one in (name, mail) if one)
    return words("paper.dpo", who=known) if known else words("paper.no_dpo")
