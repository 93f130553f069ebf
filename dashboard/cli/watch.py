"""`vigie watch --interface IFACE`: sees what passes, keeps what is found, until Ctrl-C, SIGTERM or `--duration`.

Needs CAP_NET_RAW and its state directory, nothing else, and loads none of the web's packages. What it finds is in DIR/watch;
with `--json` each alert is also a line on stdout, again when it grew, as the privacy level of vigie.yml lets it be seen.
Exit 2 with one line when the interface, the store, or a setting does not let it watch.
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.cli.telling import teller
from dashboard.cli.watching import Terms, run_watch
from dashboard.cli.words import Language
from dashboard.privacy import Privacy, pseudonym_key
from sensor.capture import CaptureError
from sensor.capture.live import open_interface
from sensor.store.errors import StoreError

UNABLE = 2
STATE = "/var/lib/vigie"


@click.command()
@click.option("--interface", "-i", required=True, metavar="IFACE", help="The interface on the mirror port.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: os.environ.get("STATE_DIRECTORY", STATE),
    show_default=STATE,
    help="Where to keep what is found.",
)
@click.option("--json", "as_json", is_flag=True, help="Also print one alert per line, as JSON, and nothing else.")
@click.option(
    "--stats", "stats_file", type=click.Path(path_type=Path), help="At the end, write what was seen, lost and spent."
)
@click.option("--duration", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Stop after so long.")
@click.option("--config", type=click.Path(path_type=Path), help="The practice's policy, vigie.yml.")
@click.option("--rules", type=click.Path(path_type=Path), help="Rules of this folder instead of Vigie's own.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of what is told [default: vigie.yml's, fr].")
def watch(  # noqa: PLR0913 - one parameter an option
    interface: str,
    state: Path,
    *,
    as_json: bool,
    stats_file: Path | None,
    duration: float | None,
    config: Path | None,
    rules: Path | None,
    lang: Language | None,
) -> None:
    """Watch an interface, and keep what is found."""
    logging.basicConfig(level=logging.WARNING, format="vigie watch: %(message)s")
    settings = load_settings(config, rules)
    lang = lang or settings.policy.practice.language
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        privacy = Privacy.of(settings.policy, pseudonym_key(state))
        terms = Terms(interface, duration, goes_on=True, tell=teller(settings, privacy, lang, as_json=as_json))
        stats = run_watch(open_interface(interface), settings, state, stop, terms)
        if stats_file is not None:
            stats.write(stats_file)
    except (CaptureError, StoreError, OSError, ValueError) as error:
        click.echo(f"vigie watch: {error}", err=True)
        sys.exit(UNABLE)
