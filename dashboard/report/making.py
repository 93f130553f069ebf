"""A month's report made and kept. Called by `vigie report`, which the relay starts on the first of the month.

The first report of a month stays as it was. Asked again, the same facts give the file that is there; others give one more beside
it (2026-10-2.pdf), which says that it is not the first and what changed. Whether facts are the same does not hang on the journal's
reference, which grows each day, nor on the version of Vigie: `content`, in the JSON file, is a hash over all the rest.
"""

import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from dashboard.kept_reports import SUFFIXES, kept_in, places
from dashboard.privacy import Privacy, pseudonym_key
from dashboard.report.compose import compose
from dashboard.report.facts import Edition, Facts, Known
from dashboard.report.figures import figures
from dashboard.report.files import Files, render
from dashboard.report.gather import gather
from dashboard.report.month import Month
from dashboard.report.rows import table
from dashboard.report.texts import Words, words
from dashboard.report.voice import Voice
from sensor.detect.policy import Policy


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted: a month out of a state directory, for a practice, in words, by a version of Vigie, at a moment (nanoseconds)."""

    state: Path
    month: Month
    policy: Policy
    words: Words
    known: Known
    now: int
    version: str


def known_of(policy: Policy, known: Known) -> Known:
    """What the policy adds."""
    influx = policy.influxdb.url if policy.influxdb else ""
    return replace(known, practice=policy.practice.name, influx=influx, without=policy.report.without)


def made(asked: Asked) -> Files:
    """The report by itself, for somebody who keeps it elsewhere. Errors: as of `gather`; OSError, ValueError of the key."""
    facts, voice = _ground(asked)
    return render(compose(facts, voice, asked.known), facts, voice, content(facts, voice, asked.known))


def keep(asked: Asked) -> tuple[Path, ...]:
    """Its place among the kept ones, made if it is not there. The files, the PDF first. Errors: the same."""
    facts, voice = _ground(asked)
    folder = kept_in(asked.state)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    mark, form = content(facts, voice, asked.known), _form(asked)
    first: dict[str, Any] | None = None
    for number, stem in enumerate(places(folder, str(asked.month)), 1):
        pdf = stem.with_name(f"{stem.name}.pdf")
        if not pdf.exists():
            edition = None if first is None else _edition(number, first, facts, same=first.get("content") == mark)
            report = compose(facts, voice, replace(asked.known, edition=edition))
            return render(report, facts, voice, mark, form).write(stem)
        told = _told(stem)
        if told.get("content") == mark and told.get("form") == form:
            return tuple(pdf.with_suffix(f".{suffix}") for suffix in SUFFIXES)
        first = told if first is None else first
    raise AssertionError  # places never end


def content(facts: Facts, voice: Voice, known: Known) -> str:
    """The same for the same facts, in whatever language and parts."""
    plain = replace(facts, root="", entries=0, version="")
    said = replace(voice, words=words("fr"))
    whole = compose(plain, said, replace(known, wanted=None, without=frozenset(), edition=None))
    text = json.dumps(asdict(whole), ensure_ascii=False, sort_keys=True)
    return sha256(text.encode() + table(plain, said)).hexdigest()


def _ground(asked: Asked) -> tuple[Facts, Voice]:
    policy = asked.policy
    zone = policy.practice.timezone
    facts = gather(asked.state, asked.month, zone, asked.now, asked.version, policy.retention)
    return facts, Voice(asked.words, zone, Privacy.of(policy, pseudonym_key(asked.state)))


def _form(asked: Asked) -> str:
    """In which words, with which parts."""
    parts = asked.known.wanted or ["without", *sorted(asked.known.without)]
    return " ".join((asked.words.lang, *parts))


def _told(stem: Path) -> dict[str, Any]:
    """What a kept report's JSON says; nothing if it cannot be read."""
    try:
        told = json.loads(stem.with_name(f"{stem.name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _edition(number: int, first: dict[str, Any], facts: Facts, *, same: bool) -> Edition:
    then = first.get("figures")
    before = then if isinstance(then, dict) else {}
    changed = tuple(
        (one.key, int(before[one.key]))
        for one in figures(facts)
        if isinstance(before.get(one.key), int) and before[one.key] != one.now
    )
    return Edition(number, str(first.get("journal_root", "")), first.get("complete") is False, same, changed)
