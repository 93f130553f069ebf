"""`vigie rules check` and `vigie rules list`: what Vigie looks for, before anything starts."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.cli.words import COLOURS, WORDS, Language
from sensor.detect.alert import Severity
from sensor.detect.rules import Correlation, Rule, RuleSet

_config = click.option("--config", type=click.Path(path_type=Path), help="The practice's policy, vigie.yml.")
_rules = click.option("--rules", type=click.Path(path_type=Path), help="Rules of this folder instead of Vigie's own.")


@dataclass(frozen=True, slots=True)
class Row:
    """What is listed of a rule. One without a category is not told itself: it counts towards another, or what was done right."""

    name: str
    category: str | None
    severity: Severity
    service: str
    title: str
    file: str
    line: int


@click.group()
def rules() -> None:
    """Check or list the rules."""


@rules.command()
@_config
@_rules
def check(config: Path | None, rules: Path | None) -> None:
    """Tell every mistake in the policy, the rules and the lists, with its file and line; exit 2 if there is one."""
    settings = load_settings(config, rules)
    found = settings.rules
    counted = len(found.rules) + len(found.correlations)
    click.echo(f"{counted} rules, {len(found.asleep)} asleep, no mistake")
    for asleep in found.asleep:
        click.echo(f"{asleep.file}:{asleep.line}: asleep: nothing here fills the log '{asleep.service}'")


@rules.command(name="list")
@_config
@_rules
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the titles [default: vigie.yml's, fr].")
@click.option("--json", "as_json", is_flag=True, help="Print one rule per line, as JSON.")
def list_(config: Path | None, rules: Path | None, *, lang: Language | None, as_json: bool) -> None:
    """List the rules: category, severity, name, and what they tell."""
    settings = load_settings(config, rules)
    lang = lang or settings.policy.practice.language
    for row in sorted(rows(settings.rules, lang), key=lambda row: (row.category or "~", row.name)):
        if as_json:
            click.echo(json.dumps(asdict(row), ensure_ascii=False))
            continue
        severity = click.style(f"{WORDS[lang][f'severity.{row.severity}']:<12}", fg=COLOURS[row.severity])
        click.echo(f"{row.category or '-':<10} {severity} {row.name:<36} {row.title}")


def rows(found: RuleSet, lang: Language) -> Iterator[Row]:
    for rule in found.rules:
        yield _row(rule, rule.service, lang, told=rule.tell)
    for correlation in found.correlations:
        yield _row(correlation, correlation.kind, lang, told=True)


def _row(rule: Rule | Correlation, service: str, lang: Language, *, told: bool) -> Row:
    telling = rule.telling
    told = told and telling.done_right is None and telling.same_as is None
    texts = telling.fr if lang == "fr" else telling.en
    category = telling.category.value if told else None
    return Row(rule.name, category, rule.severity, service, texts.title or rule.title, rule.file, rule.line)
