"""`vigie lists show` and `vigie lists check`: what Vigie knows by name or bytes, where that comes from, on what it was tried."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import click

from dashboard.cli.lists_table import Program, programs, summary
from dashboard.cli.settings import MISTAKEN, load_settings

_config = click.option("--config", type=click.Path(path_type=Path), help="The practice's policy, vigie.yml.")
_rules = click.option(
    "--rules", type=click.Path(path_type=Path), help="Rules and lists of this folder instead of Vigie's own."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one entry per line, as JSON.")


@click.group()
def lists() -> None:
    """Show, check or renew the lists of names."""


@lists.command()
@click.argument("name", required=False)
@_config
@_rules
@_json
def show(name: str | None, config: Path | None, rules: Path | None, *, as_json: bool) -> None:
    """Each list with its date and age; with NAME, each name on that list with its class, source, date and confidence."""
    found = load_settings(config, rules).lists
    if name is None:
        for info in found.infos:
            told = asdict(info) | {"age_days": age(info.date)}
            line = f"{info.name:<14} {info.date} {told['age_days']:>5} d {info.entries:>5} {info.names:>6} names  {info.title}"
            click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)
        return
    if name not in found.names():
        click.echo(f"no list is called '{name}'; there are {', '.join(sorted(found.names()))}", err=True)
        raise SystemExit(MISTAKEN)
    for entry in sorted(found.entries(), key=lambda entry: (entry.name, entry.suffix)):
        if name not in entry.on and entry.list != name:
            continue
        where = entry.suffix or "(its own bytes)"
        line = f"{where:<44} {entry.cls:<14} {entry.role:<8} {entry.confidence:<9} {entry.date}  {entry.name} · {entry.source}"
        told = asdict(entry) | {"on": sorted(entry.on)}
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)


@lists.command()
@_config
@_rules
@_json
@click.option(
    "--tried", is_flag=True, help="Print for each program by what it is recognised, and on what that was tried."
)
@click.option("--summary", "short", is_flag=True, help="Print the README's table: a line a class.")
def check(config: Path | None, rules: Path | None, *, as_json: bool, tried: bool, short: bool) -> None:
    """Tell every mistake in the lists, with its file and line; exit 2 if there is one."""
    found = load_settings(config, rules).lists
    rows = programs(found)
    if short:
        click.echo("\n".join(summary(rows)))
    elif tried:
        for row in rows:
            click.echo(json.dumps(asdict(row), ensure_ascii=False) if as_json else _line(row))
    else:
        entries = sum(info.entries for info in found.infos)
        names = sum(info.names for info in found.infos)
        click.echo(f"{len(found.infos)} lists, {entries} entries, {names} names, {len(rows)} programs, no mistake")


def _line(row: Program) -> str:
    by = " and ".join(row.by)
    return (
        f"{row.app:<28} {row.cls:<13} {by:<16} {row.confidence:<10} {', '.join(row.tried):<26} {'; '.join(row.sources)}"
    )


def age(day: str, today: date | None = None) -> int:
    """Days since a list's date."""
    return ((today or datetime.now(UTC).date()) - date.fromisoformat(day)).days
