"""How an alert is told at once, on a line of its own: what `vigie watch` and `vigie inspect --follow` print while they go on."""

import json
from collections.abc import Callable
from datetime import datetime

import click

from dashboard.cli.words import COLOURS, WORDS, Language
from dashboard.privacy import Privacy
from sensor.detect.alert import Alert
from sensor.detect.alert_json import to_json
from sensor.settings import Settings


def teller(settings: Settings, privacy: Privacy, lang: Language, *, as_json: bool) -> Callable[[Alert], None]:
    """How an alert is told on stdout: a line of JSON, or a sentence with its hour."""

    def tell(alert: Alert) -> None:
        shown, name = privacy.shown(alert, lang), privacy.device(alert.device, lang)
        if as_json:
            line = json.dumps(to_json(shown, lang=lang, device_name=name), ensure_ascii=False)
        else:
            words = shown.fr if lang == "fr" else shown.en
            moment = datetime.fromtimestamp(alert.last_seen // 1_000_000_000, settings.policy.practice.timezone)
            severity = click.style(WORDS[lang][f"severity.{alert.severity}"].upper(), fg=COLOURS[alert.severity])
            line = f"{moment:%H:%M:%S} {severity} {plain(words.title.replace('{device}', name))}"
        click.echo(line)

    return tell


def plain(text: str) -> str:
    """Strangers choose host names: nothing that a terminal would obey."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
