"""The passphrase of a backup: from a file or asked for, never among the arguments, which every user of the machine can read."""

from pathlib import Path

import click

from sensor.store.sealed import SHORTEST


def passphrase(file: Path | None, *, confirm: bool) -> str:
    """The file's first line, or what is typed. Errors: ValueError, OSError."""
    if file is not None:
        lines = file.read_text("utf-8").splitlines()
        found = lines[0] if lines else ""
    else:
        found = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    if len(found) < SHORTEST:
        raise ValueError(f"the passphrase must have at least {SHORTEST} characters")
    return found
