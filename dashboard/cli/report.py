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
from dashboard.report import papers
from dashboard.report.compose import compose, section_keys
from dashboard.report.files import Files, pdf, render
from dashboard.report.gather import gather
from dashboard.report.month import Month
from dashboard.report.papers import KINDS, Kind
from dashboard.report.texts import Words, words
from dashboard.report.voice import Voice
from sensor.settings import Settings
from sensor.store.errors import StoreError

UNABLE = 2


@click.command()
@click.option("--month", metavar="YYYY-MM", help="Which month [default: the last one that is over].")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, and not among the kept ones.")
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), help="The store's directory.")
@click.option("--sections", metavar="A,B…", help="Only these sections after the first page.")
@click.option(
    "--paper",
    type=click.Choice(KINDS),
    help="Instead, the notice to staff or the register's entry, as --out says: PDF and Markdown.",
)
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The practice's vigie.yml.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language [default: the policy's, else fr].")
def report(
    *,
    month: str | None,
    out: Path | None,
    state: Path | None,
    sections: str | None,
    paper: Kind | None,
    config: Path | None,
    lang: Language | None,
) -> None:
    """Make the monthly report."""
    settings = load_settings(config, None)
    said = words(lang or settings.policy.practice.language)
    try:
        if paper is not None:
            written = _paper(paper, settings, said, out)
        elif state is None:
            raise ValueError("--state DIR says where the store is")  # noqa: TRY301  (told like the others)
        else:
            written = _report(state, settings, said, month, _sections(sections), out)
    except (StoreError, OSError, ValueError) as error:
        click.echo(f"vigie report: {error}", err=True)
        sys.exit(UNABLE)
    for path in written:
        click.echo(path)


def _report(
    state: Path, settings: Settings, said: Words, month: str | None, wanted: tuple[str, ...] | None, out: Path | None
) -> tuple[Path, ...]:
    practice, now = settings.policy.practice, time.time_ns()
    asked = _month(month, Month.of(now, practice.timezone))
    facts = gather(state, asked, practice.timezone, now, version("vigie"))
    voice = Voice(said, practice.timezone, Privacy.of(settings.policy, pseudonym_key(state)))
    made = render(compose(facts, voice, practice.name, settings.lists.infos, wanted), facts, voice)
    return made.write(out.with_suffix("")) if out else _keep(made, kept_in(state), str(asked))


def _paper(kind: Kind, settings: Settings, said: Words, out: Path | None) -> tuple[Path, ...]:
    made = papers.paper(kind, settings.policy, said)
    stem = (out or Path(f"vigie-{kind}.pdf")).with_suffix("")
    pages, text = stem.with_name(f"{stem.name}.pdf"), stem.with_name(f"{stem.name}.md")
    pages.write_bytes(pdf(made))
    text.write_text(papers.markdown(made), "utf-8")
    return pages, text


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
