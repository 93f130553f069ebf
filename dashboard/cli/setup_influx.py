"""`vigie setup influx`: organisation, buckets and tokens in the InfluxDB that vigie.yml names. May be run again at any time.

Prints a line for each thing that it found or made. On a fresh InfluxDB it makes the operator's token, which nothing else needs.
"""

import logging
import sys
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.influx.client import InfluxError
from dashboard.influx.setup import Files, Setup
from dashboard.influx.tokens import TokenError

UNABLE = 2
ADMIN = "influx-admin.token"


@click.command()
@click.option(
    "--config",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The practice's policy, vigie.yml, with its section `influxdb`.",
)
@click.option(
    "--admin-token-file",
    "admin",
    default=ADMIN,
    show_default=True,
    help="Holds the operator's token, beside vigie.yml unless it is a whole path; written on a fresh InfluxDB.",
)
def influx(config: Path, admin: str) -> None:
    """Make InfluxDB ready: organisation, buckets, a token that may only write and one that may only read."""
    logging.getLogger("influxdb_client").setLevel(logging.CRITICAL)
    policy = load_settings(config, None).policy
    if policy.influxdb is None:
        click.echo(f"vigie setup influx: {config} has no section 'influxdb'", err=True)
        sys.exit(UNABLE)
    try:
        Setup(policy.influxdb, policy.retention, Files.of(policy.influxdb, config, admin), click.echo).run()
    except (InfluxError, TokenError, OSError) as error:
        click.echo(f"vigie setup influx: {error}", err=True)
        sys.exit(UNABLE)
