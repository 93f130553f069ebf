"""`vigie doctor influx`: whether the InfluxDB that vigie.yml names is as the box needs it. Exit 1 if something is not."""

import logging
import sys
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.cli.setup_influx import ADMIN
from dashboard.influx.doctor import examine
from dashboard.influx.setup import Files

WRONG, UNABLE = 1, 2
_MARKS = {True: "good", None: "note", False: "WRONG"}


@click.command()
@click.option(
    "--config",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The practice's policy, vigie.yml, with its section `influxdb`.",
)
def influx(config: Path) -> None:
    """Say whether InfluxDB is as the box needs it, with the box's own tokens; changes nothing."""
    logging.getLogger("influxdb_client").setLevel(logging.CRITICAL)
    policy = load_settings(config, None).policy
    if policy.influxdb is None:
        click.echo(f"vigie doctor influx: {config} has no section 'influxdb'", err=True)
        sys.exit(UNABLE)
    wrong = 0
    for finding in examine(policy.influxdb, policy.retention, Files.of(policy.influxdb, config, ADMIN)):
        click.echo(f"{_MARKS[finding.good]:5}  {finding.text}")
        wrong += finding.good is False
    sys.exit(WRONG if wrong else 0)
