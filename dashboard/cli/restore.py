"""`vigie restore FILE`: everything of a backup onto a machine that has kept nothing yet; then check it with `vigie verify`.

Nothing is changed unless the whole backup could be read and checked; exit 2 with one line otherwise.
"""

import os
import sys
from pathlib import Path

import click

from dashboard.cli.passphrase import passphrase
from sensor.store.backup import POLICY
from sensor.store.backup import restore as restore_to
from sensor.store.errors import StoreError

UNABLE = 2


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: os.environ.get("STATE_DIRECTORY", "/var/lib/vigie"),
    show_default="/var/lib/vigie",
    help="Where to; absent or empty.",
)
@click.option(
    "--passphrase-file",
    "secret",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Holds the passphrase in its first line; asked for otherwise.",
)
def restore(file: Path, state: Path, secret: Path | None) -> None:
    """Bring back what a backup kept."""
    try:
        made = restore_to(file, passphrase(secret, confirm=False), state)
    except (StoreError, ValueError, OSError) as error:
        click.echo(f"vigie restore: {error}", err=True)
        sys.exit(UNABLE)
    for root in made.roots.values():
        click.echo(f"{state}: {root}")
    if POLICY in made.files:
        click.echo(f"{state / POLICY}: the policy; give it with --config")
