"""`vigie report`: the monthly report as PDF, with its figures as CSV and JSON.

Without --out it is kept in DIR/relay/reports: 2026-10.pdf, .csv, .json. One that was made before stays as it was; asked again
after something changed, the new one stands beside it and says so (2026-10-2.pdf). Prints the files; exit 2 if it could not.
"""

import sys
import time
from importlib.metadata import version
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.cli.words import Language
from dashboard.report import papers
from dashboard.report.compose import section_keys
from dashboard.report.facts import Known
from dashboard.report.files import pdf
from dashboard.report.making import Asked, keep, known_of, made
from dashboard.report.month import Month
from dashboard.report.papers import KINDS, Kind
from dashboard.report.texts import Words, words
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
    policy, now = settings.policy, time.time_ns()
    known = known_of(policy, Known(lists=settings.lists.infos, wanted=wanted))
    asked = Asked(
        state, _month(month, Month.of(now, policy.practice.timezone)), policy, said, known, now, version("vigie")
    )
    return made(asked).write(out.with_suffix("")) if out else keep(asked)


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
