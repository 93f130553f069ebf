"""`vigie serve`: the dashboard of what was watched, until Ctrl-C.

Keeps who signed in in its own store (`sensor.store.serve`), which a thread tends meanwhile.

Prints one line on stdout, the one-time link that opens it. Keeps its secrets under DIR/serve/, mode 0600: the key of the
session cookies, the key of the pseudonyms, the token of the API.
"""

import importlib
import logging
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from dashboard.cli.door import Door, tended
from dashboard.cli.settings import load_settings
from dashboard.sources import Source
from dashboard.sources.local import LocalSource
from dashboard.texts import Lang
from dashboard.web import WebSettings, create_app, new_link, web_settings
from dashboard.web.server import ListenError, parse_listen
from dashboard.web.server import serve as serve_until_stopped
from sensor.detect.policy import Policy
from sensor.store.errors import StoreError
from sensor.store.requests import ask_test
from sensor.store.serve import ServeStore
from sensor.store.upkeep import Terms

FAILED = 1
LOOPBACK = "127.0.0.1:8080"


@click.command
@click.option(
    "--state",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where `vigie watch` keeps what it finds.",
)
@click.option(
    "--listen",
    default=LOOPBACK,
    show_default=True,
    metavar="ADDRESS:PORT",
    help="Where to serve. Only this machine unless told otherwise.",
)
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The practice's vigie.yml."
)
@click.option("--lang", type=click.Choice(["fr", "en"]), help="The language of the pages; vigie.yml's otherwise.")
def serve(state: Path, listen: str, config: Path | None, lang: Lang | None) -> None:
    """Serve the dashboard of what was watched."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    loaded = load_settings(config, None)
    policy = loaded.policy
    keep = Terms(keep=policy.retention, zone=policy.practice.timezone)
    try:
        host, port = parse_listen(listen)
        with ServeStore(state, terms=keep) as store, tended(store):
            settings = _told(web_settings(policy, state, lang, config, lists=loaded.lists), store)
            app = create_app(_source(state, policy, config), settings)
            serve_until_stopped(app, host, port, lambda base: click.echo(new_link(app, base)))
    except (ListenError, StoreError, ValueError, OSError) as error:
        click.echo(f"vigie serve: {error}", err=True)
        sys.exit(FAILED)


def _told(settings: WebSettings, store: ServeStore) -> WebSettings:
    """With what the pages write: who came, and the request for a test alert."""
    ask = partial(ask_test, store) if settings.mails else None
    return replace(settings, came=Door(store).came, ask_test=ask)


def _source(state: Path, policy: Policy, config: Path | None) -> Source:
    """The local store, with InfluxDB before it for figures where vigie.yml names one that may be read."""
    local = LocalSource(state, policy.practice.timezone)
    if policy.influxdb is None or not policy.influxdb.read_token_file:
        return local
    logging.getLogger("influxdb_client").setLevel(logging.CRITICAL)  # it would log what the server answered
    module = importlib.import_module("dashboard.sources.influx")  # its packages are loaded by nobody else
    either = importlib.import_module("dashboard.sources.either")
    found: Source = either.EitherSource(module.influx_source(policy.influxdb, policy, config), local)
    return found
