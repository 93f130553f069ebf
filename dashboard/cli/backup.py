"""`vigie backup --to FILE|DIR`: one sealed file with the stores, their keys and the policy, made while everything runs.

Into a directory it is named by the moment, and `--keep N` lets the oldest of those go once the new one is whole. `--verify FILE`
restores into a scratch place instead, checks every file and journal, and that the journals of today go on from it; exit 1 if not.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dashboard.cli.passphrase import passphrase
from sensor.store.backup import Made, back_up, still_holds, unpack
from sensor.store.errors import StoreError

BAD, UNABLE = 1, 2
_NAMED = "vigie-*.backup"


@click.command
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: os.environ.get("STATE_DIRECTORY", "/var/lib/vigie"),
    show_default="/var/lib/vigie",
    help="The stores' directory.",
)
@click.option("--to", "target", type=click.Path(path_type=Path), help="The file to write, or a directory for it.")
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Of those in the directory keep the newest N.")
@click.option(
    "--verify", "made", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Check this backup instead."
)
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The policy to keep, vigie.yml."
)
@click.option(
    "--passphrase-file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Holds the passphrase in its first line; asked for otherwise.",
)
def backup(
    state: Path, target: Path | None, keep: int | None, made: Path | None, config: Path | None, file: Path | None
) -> None:
    """Keep a sealed copy of all that Vigie knows."""
    if (target is None) == (made is None):
        raise click.UsageError("say either --to or --verify")
    if keep is not None and (target is None or not target.is_dir()):
        raise click.UsageError("--keep needs --to with a directory that exists")
    try:
        if made is not None:
            _verify(made, passphrase(file, confirm=False), state)
        elif target is not None:
            _back_up(state, config, target, passphrase(file, confirm=True), keep)
    except (StoreError, ValueError, OSError) as error:
        click.echo(f"vigie backup: {error}", err=True)
        sys.exit(UNABLE)


def _back_up(state: Path, config: Path | None, target: Path, secret: str, keep: int | None) -> None:
    folder = target if target.is_dir() else None
    if folder is not None:
        target = folder / f"vigie-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.backup"
    click.echo(f"{target}: {_told(back_up(state, config, target, secret))}")
    if folder is not None and keep is not None:
        for old in sorted(folder.glob(_NAMED))[:-keep]:
            old.unlink()
            click.echo(f"{old}: no longer kept")


def _verify(made: Path, secret: str, state: Path) -> None:
    with TemporaryDirectory(prefix="vigie-verify-") as name:
        found = unpack(made, secret, Path(name))
    click.echo(f"{made}: {_told(found)}")
    wrong = still_holds(found, state) if state.is_dir() else []
    for writer in wrong:
        click.echo(f"{writer}: the journal of today does not go on from this backup")
    if wrong:
        sys.exit(BAD)
    click.echo(
        "Every file and journal is whole." + (f" Today's journals go on from it ({state})." if found.roots else "")
    )


def _told(made: Made) -> str:
    roots = ", ".join(made.roots.values()) or "no journal"
    return f"{len(made.files)} files, {roots}"
