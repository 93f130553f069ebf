"""`vigie setup …`: makes ready what the box works with. One module a subcommand, imported when it is run."""

import click

from dashboard.cli.setup_influx import influx
from dashboard.cli.setup_mail import mail


@click.group()
def setup() -> None:
    """Make ready what the box works with."""


setup.add_command(influx)
setup.add_command(mail)
