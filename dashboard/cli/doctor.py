"""`vigie doctor …`: says whether what the box works with is as it should be. One module a subcommand."""

import click

from dashboard.cli.doctor_influx import influx


@click.group()
def doctor() -> None:
    """Say whether what the box works with is as it should be."""


doctor.add_command(influx)
