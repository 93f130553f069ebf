"""`vigie relay`: ships series and alerts to the InfluxDB that vigie.yml names, until Ctrl-C or SIGTERM; the only process that sends.

With `--once` it ships what there is and ends: 0 if all was acknowledged, 1 if it is to be tried again, 2 if a person must look.
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.influx.client import Human, Later
from dashboard.privacy import pseudonym_key
from dashboard.relay.loop import Relay
from dashboard.relay.shipping import Site
from sensor.store import upkeep
from sensor.store.errors import StoreError, WillRetry
from sensor.store.relay import RelayStore

LATER, UNABLE = 1, 2
STATE = "/var/lib/vigie"


@click.command()
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: os.environ.get("STATE_DIRECTORY", STATE),
    show_default=STATE,
    help="Where `vigie watch` keeps what it finds.",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The practice's policy, vigie.yml; its section `influxdb` says where to.",
)
@click.option("--once", is_flag=True, help="Ship what there is, and end.")
def relay(state: Path, config: Path | None, *, once: bool) -> None:
    """Ship series and alerts to InfluxDB."""
    logging.basicConfig(level=logging.WARNING, format="vigie relay: %(message)s")
    logging.getLogger("influxdb_client").setLevel(logging.CRITICAL)  # it would log what the server answered
    policy = load_settings(config, None).policy
    if policy.influxdb is None:
        click.echo("vigie relay: nothing to do: vigie.yml has no section 'influxdb'", err=True)
        sys.exit(UNABLE)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        key = pseudonym_key(state)
        terms = upkeep.Terms(keep=policy.retention, zone=policy.practice.timezone)
        with RelayStore(state, terms=terms) as store:
            shipper = Relay(Site.of(state, policy.influxdb, policy, key), store, config)
            try:
                if once:
                    click.echo(f"{shipper.once()} points shipped")
                else:
                    shipper.run(stop)
            finally:
                shipper.close()
    except (Later, WillRetry) as error:
        click.echo(f"vigie relay: {error}", err=True)
        sys.exit(LATER)
    except (Human, StoreError, OSError, ValueError) as error:
        click.echo(f"vigie relay: {error}", err=True)
        sys.exit(UNABLE)
