"""`vigie inspect FILE…`: the whole chain on capture files, without privileges. Exit 0 whatever it finds.

With `--json` standard output carries one alert per line and nothing else; everything else goes to standard error. With `--follow`
alerts are told as they come, and what grew since is told again at the end. Exit 2
when no file given could be read, and when vigie.yml, a rule or a list has mistakes, all of which are told.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from dashboard.cli.captures import Captures
from dashboard.cli.explain import Explainer
from dashboard.cli.following import AtOnce, following
from dashboard.cli.progress import Progress
from dashboard.cli.refusals import refusal
from dashboard.cli.report_text import Style, report
from dashboard.cli.settings import load_settings, privacy_of
from dashboard.cli.telling import teller
from dashboard.cli.words import Language
from dashboard.privacy import Privacy
from sensor.capture.follow import FollowSource
from sensor.chain import Chain
from sensor.detect.alert import Alert
from sensor.detect.alert_json import to_json
from sensor.stats import Meter, Stats
from sensor.store.zeek_logs import ZeekLogs
from sensor.track.observation import Observation
from sensor.vendors import vendor

NOTHING_READ = 2
_WIDEST = 100


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print one alert per line, as JSON, and nothing else.")
@click.option(
    "--stats", "stats_file", type=click.Path(path_type=Path), help="Write to this file what was seen, lost and spent."
)
@click.option("--logs", type=click.Path(path_type=Path), help="Write Zeek's JSON logs of what was read to this folder.")
@click.option(
    "--explain", metavar="FLOW|all", help="Tell of a flow what was seen, read and missing, and what it counted for."
)
@click.option("--follow", is_flag=True, help="FILE is a folder: read what is written there, until Ctrl-C or SIGTERM.")
@click.option("--config", type=click.Path(path_type=Path), help="The practice's policy, vigie.yml.")
@click.option("--rules", type=click.Path(path_type=Path), help="Rules of this folder instead of Vigie's own.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the report [default: vigie.yml's, fr].")
def inspect(  # noqa: PLR0913  click hands over each option by its name
    files: tuple[str, ...],
    *,
    as_json: bool,
    stats_file: Path | None,
    logs: Path | None,
    explain: str | None,
    follow: bool,
    config: Path | None,
    rules: Path | None,
    lang: Language | None,
) -> None:
    """Judge capture files (pcap, pcapng, packed ones too); - is standard input."""
    settings = load_settings(config, rules)
    lang = lang or settings.policy.practice.language
    privacy = privacy_of(settings.policy, config)
    found: dict[str, Alert] = {}
    at_once = AtOnce(teller(settings, privacy, lang, as_json=as_json)) if follow else None
    explainer = Explainer(explain) if explain else None
    with writing(logs, names=privacy.full) as watcher, Meter() as meter, Progress(lang) as progress:
        source = following(files, lang) if follow else Captures(files, progress.tell)
        clock = source.now if isinstance(source, FollowSource) else time.time_ns
        watchers = together(watcher, explainer)
        chain = Chain(settings, vendor=vendor, watcher=watchers, host_names=privacy.full, clock=clock)
        chain.judged = explainer.judged if explainer else None
        for alerts in chain.run(source):
            if at_once is not None:
                at_once.take(alerts)
            found.update((alert.id, alert) for alert in alerts)
        stats = chain.stats().with_spent(meter.spent())
        source.close()
    say_unread(source, lang)
    if stats_file is not None:
        write_stats(stats, stats_file)
    ordered = sorted(found.values(), key=lambda alert: (alert.first_seen, alert.id))
    if explainer is not None:  # before the report; beside the alerts of --json
        for line in explainer.lines(ordered, lang, full=privacy.full):
            click.echo(privacy.text(line, lang), err=as_json)
    if not as_json:
        width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
        style = Style(lang, settings.policy.practice.timezone, width)
        for line in report([privacy.shown(alert, lang) for alert in ordered], stats, source.read, style):
            click.echo(line)
    elif at_once is not None:
        at_once.last(found)
    else:
        print_json(ordered, privacy, lang)


def say_unread(source: Captures | FollowSource, lang: Language) -> None:
    """What could not be read, a line each; leaves with exit 2 if nothing of what was given could."""
    refused = source.refused if isinstance(source, Captures) else ()  # else it was told when it came
    for line in (*refused, *(f"{flaw.name}: offset {flaw.offset}: {flaw.reason}" for flaw in source.flaws())):
        click.echo(f"vigie: {refusal(line, lang)}", err=True)
    if isinstance(source, Captures) and not source.read:
        sys.exit(NOTHING_READ)


def print_json(alerts: Iterable[Alert], privacy: Privacy, lang: Language) -> None:
    """One alert a line."""
    out = sys.stdout.buffer  # JSON is UTF-8, whatever the terminal is
    for alert in alerts:
        told = to_json(privacy.shown(alert, lang), lang=lang, device_name=privacy.device(alert.device, lang))
        out.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    out.flush()


def together(
    watcher: Callable[[Observation], None] | None, explainer: Explainer | None
) -> Callable[[Observation], None] | None:
    """One who watches for both."""
    if explainer is None or watcher is None:
        return explainer.take if explainer else watcher

    def both(seen: Observation) -> None:
        watcher(seen)
        explainer.take(seen)

    return both


@contextmanager
def writing(folder: Path | None, *, names: bool) -> Iterator[Callable[[Observation], None] | None]:
    """What writes Zeek's logs, if they were asked for; leaves with one line and exit 2 where they cannot be written."""
    if folder is None:
        yield None
        return
    try:
        with ZeekLogs(folder, names=names) as logs:
            yield logs.write
    except OSError as error:
        raise click.UsageError(f"--logs {error.filename or folder}: {error.strerror}") from None


def write_stats(stats: Stats, path: Path) -> None:
    """Writes the figures, or leaves with one line and exit 2."""
    try:
        stats.write(path)
    except OSError as error:
        raise click.UsageError(f"--stats {os.fspath(path)}: {error.strerror}") from None
