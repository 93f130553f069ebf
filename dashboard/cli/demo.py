"""`vigie demo`: a practice's morning, replayed through the code of `watch`, and the dashboard open on it.

The morning (`sensor.demo`) is made, its clock moved to now, and watched in a thread while the page is served by the main one;
alerts arrive during the first minute. Before that the month before is filled in and reported on (`dashboard.cli.demo_month`). All of it
lives in a temporary directory that goes with the demo, or in the one that `--state` names. `--save` only writes the capture, for
`vigie inspect` or Wireshark. Prints one line: the address to open.
"""

import logging
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dashboard.cli.demo_month import last_month
from dashboard.cli.settings import load_settings
from dashboard.cli.watching import Terms, run_watch
from dashboard.cli.words import Language
from dashboard.kept_reports import kept, kept_in
from dashboard.sources.local import LocalSource
from dashboard.web import create_app, new_link, web_settings
from dashboard.web.server import ListenError, parse_listen, serve
from sensor.capture import CaptureError
from sensor.capture.files import open_capture
from sensor.capture.replay import ReplaySource
from sensor.demo.morning import write_morning
from sensor.settings import Settings
from sensor.store.errors import StoreError

UNABLE = 2
LOOPBACK = "127.0.0.1:8080"
POLICY = Path(__file__).parents[2] / "sensor" / "demo" / "vigie.yml"


@click.command()
@click.option("--listen", default=LOOPBACK, show_default=True, metavar="ADDRESS:PORT", help="Where to serve the page.")
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the capture to this file and exit."
)
@click.option(
    "--state", type=click.Path(file_okay=False, path_type=Path), help="Keep what is watched in this directory."
)
@click.option("--rules", type=click.Path(path_type=Path), help="Rules of this folder instead of Vigie's own.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the page [default: fr].")
def demo(listen: str, *, save: Path | None, state: Path | None, rules: Path | None, lang: Language | None) -> None:
    """Replay a practice's morning through the real chain, and open the dashboard on it."""
    logging.basicConfig(level=logging.WARNING, format="vigie demo: %(message)s")
    try:
        if save is not None:
            write_morning(save)
            return
        host, port = parse_listen(listen)
        settings = load_settings(POLICY, rules)
        with TemporaryDirectory(prefix="vigie-demo-") as folder:
            _show(Path(folder), state or Path(folder) / "state", settings, (host, port), lang)
    except ListenError as error:
        _fail(f"{error}; choose another with --listen ADDRESS:PORT")
    except (OSError, ValueError, StoreError) as error:
        _fail(str(error))


def _show(folder: Path, state: Path, settings: Settings, where: tuple[str, int], lang: Language | None) -> None:
    """Serve until Ctrl-C. The replay begins once the page answers, so that nothing of it is missed."""
    capture = folder / "morning.pcap"
    write_morning(capture)
    source = LocalSource(state, settings.policy.practice.timezone)
    app = create_app(source, web_settings(settings.policy, state, lang, lists=settings.lists, demo=True))
    stop = threading.Event()
    thread = threading.Thread(target=_replay, args=(capture, settings, state, stop), name="watch")

    def ready(base: str) -> None:
        if not kept(kept_in(state)):
            last_month(folder, state, settings, lang or settings.policy.practice.language)
        thread.start()
        click.echo(new_link(app, base))

    try:
        serve(app, *where, ready)
    finally:
        stop.set()
        if thread.is_alive():
            thread.join()


def _replay(capture: Path, settings: Settings, state: Path, stop: threading.Event) -> None:
    try:
        terms = Terms(
            "demo", eager=True, trusted=lambda: True
        )  # the morning is made: whose clock it is matters to nobody
        run_watch(ReplaySource(open_capture(capture)), settings, state, stop, terms)
    except (CaptureError, StoreError) as error:
        logging.getLogger(__name__).error("%s", error)  # noqa: TRY400 - for a person: the message is all there is to know


def _fail(message: str) -> None:
    click.echo(f"vigie demo: {message}", err=True)
    sys.exit(UNABLE)
