"""`vigie report`: the monthly report as PDF, with its figures as CSV and JSON.

Without --out it is kept in DIR/relay/reports: 2026-10.pdf, .csv, .json. One that was made before stays as it was; asked again
after something changed, the new one stands beside it (2026-10-2.pdf). Prints the files it wrote; exit 2 if it could not.
"""

import sys
import time
from importlib.metadata import version
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.cli.words import Language
from dashboard.kept_reports import SUFFIXES, kept_in, places
from dashboard.privacy import Privacy, pseudonym_key
from dashboard.report.compose import compose, section_keys
from dashboard.report.files import Files, render
from dashboard.report.gather import gather
from dashboard.report.month import Month
from dashboard.report.texts import words
from dashboard.report.voice import Voice
from sensor.store.errors import StoreError

UNABLE = 2


@click.command()
@click.option("--month", metavar="YYYY-MM", help="Which month [default: the last one that is over].")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, and not among the kept ones.")
@click.option("--state", required=True, type=click.Path(file_okay=False, path_type=Path), help="The store's directory.")
@click.option("--sections", metavar="A,B…", help="Only these sections after the first page.")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The practice's vigie.yml.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language [default: the policy's, else fr].")
def report(
    *,
    month: str | None,
    out: Path | None,
    state: Path,
    sections: str | None,
    config: Path | None,
    lang: Language | None,
) -> None:
    """Make the monthly report."""
    settings = load_settings(config, None)
    practice = settings.policy.practice
    now = time.time_ns()
    try:
        asked = _month(month, Month.of(now, practice.timezone))
        wanted = _sections(sections)
        facts = gather(state, asked, practice.timezone, now, version("vigie"))
        privacy = Privacy.of(settings.policy, pseudonym_key(state))
        voice = Voice(words(lang or practice.language), practice.timezone, privacy)
        made = render(compose(facts, voice, practice.name, settings.lists.infos, wanted), facts, voice)
        written = made.write(out.with_suffix("")) if out else _keep(made, kept_in(state), str(asked))
    except (StoreError, OSError, ValueError) as error:
        click.echo(f"vigie report: {error}", err=True)
        sys.exit(UNABLE)
    for path in written:
        click.echo(path)


def _month(text: str | None, running: Month) -> Month:
    asked = Month.parse(text) if text else running.before
    if asked > running:
        raise ValueError(f"{asked}: that month has not begun")
    return asked


def _sections(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    asked = tuple(one for one in text.replace(" ", "").split(",") if one)
    unknown = set(asked) - set(section_keys())
    if unknown:
        raise ValueError(f"unknown section '{min(unknown)}'; there are {', '.join(section_keys())}")
    return asked


def _keep(made: Files, folder: Path, month: str) -> tuple[Path, ...]:
    """The first stays as it was; the same again is not written twice."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    for stem in places(folder, month):
        pdf = stem.with_name(f"{stem.name}.pdf")
        if not pdf.exists():
            return made.write(stem)
        if pdf.read_bytes() == made.pdf:
            return tuple(pdf.with_suffix(f".{suffix}") for suffix in SUFFIXES)
    raise AssertionError  # places never end
