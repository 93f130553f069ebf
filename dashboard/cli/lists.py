"""`vigie lists show` and `vigie lists check`: what Vigie knows by name or bytes, where that comes from, on what it was tried."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import click

from dashboard.cli import hds_join, hds_table
from dashboard.cli.lists_table import Program, programs, summary
from dashboard.cli.settings import MISTAKEN, load_settings
from sensor.detect.lists import OFFICIAL

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
            told = {key: value for key, value in asdict(info).items() if key != "entry_names"} | {
                "age_days": age(info.date)
            }
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


@lists.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@_config
@_rules
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day the list was published or saved [default: today]."
)
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--allow-shrink", is_flag=True, help="Take a list that lost more than a third of its organisations.")
def import_(
    file: Path, config: Path | None, rules: Path | None, *, day: datetime | None, dry_run: bool, allow_shrink: bool
) -> None:
    """Take in the official list of certified hosts (HDS): FILE is its CSV, its workbook (XLSX) or its page, saved.

    It names organisations: they are joined to the names on our lists. Joining alone makes no name an HDS service.
    """
    found = load_settings(config, rules).lists
    today = datetime.now(UTC).date()
    published = day.date() if day else today
    before = hds_join.entries(found)
    used = next((info.date for info in found.infos if info.name == OFFICIAL), "")
    try:
        organisations = hds_table.read(file)
        hds_join.refuse(organisations, before, published, today, used, shrink=allow_shrink)
    except ValueError as error:
        click.echo(str(error), err=True)
        raise SystemExit(MISTAKEN) from error
    joined = hds_join.join(organisations, found, before)
    _tell(joined, len(organisations))
    if dry_run:
        click.echo("dry run: nothing was written")
        return
    to = (rules or Path(str(files("rules")))) / "lists" / f"{OFFICIAL}.yml"
    try:
        to.parent.mkdir(exist_ok=True)
        half = to.with_suffix(".new")
        half.write_text(hds_join.dumped(organisations, joined, published, f"ANS, {file.name}"), encoding="utf-8")
        half.replace(to)
    except OSError as error:
        click.echo(f"{to}: {error.strerror or error}", err=True)
        raise SystemExit(MISTAKEN) from error
    click.echo(f"{to}: written; it counts from the next start on")


def _tell(joined: hds_join.Joined, number: int) -> None:
    click.echo(
        f"{number} organisations: {len(joined.new)} new, {len(joined.gone)} gone, {len(joined.matched)} on our lists"
    )
    for title, names in (("new", joined.new), ("gone", joined.gone)):
        for name in names:
            click.echo(f"{title:<10} {name}")
    for name, suffixes in joined.matched.items():
        click.echo(f"{'joined':<10} {name}: {', '.join(suffixes)}")
    for name in joined.unmatched:
        click.echo(f"{'unmatched':<10} {name}")


def age(day: str, today: date | None = None) -> int:
    """Days since a list's date."""
    return ((today or datetime.now(UTC).date()) - date.fromisoformat(day)).days
