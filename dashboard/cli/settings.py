"""The practice's settings for a command: vigie.yml, rules and lists, or all their mistakes and exit 2 before anything starts."""

import os
import sys
from pathlib import Path

import click
import yaml

from dashboard.privacy import KEY_BYTES, Privacy
from sensor.detect.policy import Policy
from sensor.lasting import lasting
from sensor.settings import Settings, SettingsError, load

MISTAKEN = 2


def load_settings(config: Path | None, rules: Path | None) -> Settings:
    """Reads them, or tells each mistake as `file:line: text` and leaves."""
    try:
        with lasting():
            return load(config, rules)
    except SettingsError as error:
        for mistake in error.mistakes:
            click.echo(str(mistake), err=True)
        sys.exit(MISTAKEN)


def privacy_of(policy: Policy, config: Path | None) -> Privacy:
    """Who may be recognised in what a command prints: everybody, unless the vigie.yml it was given says otherwise."""
    said = config is not None and "privacy" in (yaml.safe_load(config.read_text(encoding="utf-8")) or {})
    key = os.urandom(KEY_BYTES)  # pseudonyms hold for one report: nothing else of it is kept
    return Privacy.of(policy, key) if said else Privacy(key, full=True)
