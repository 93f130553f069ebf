"""The catalogue of the command line: both languages say the same things."""

from string import Formatter

import pytest

from dashboard.cli.words import COLOURS, WORDS
from dashboard.texts import Texts
from sensor.chain import Chain
from sensor.detect.alert import Severity
from sensor.settings import load
from sensor.wire.kernel.layout import Unreadable


def fields(text):
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_french_and_english_have_the_same_keys_and_fields():
    assert WORDS["fr"].keys() == WORDS["en"].keys()
    assert {key: fields(text) for key, text in WORDS["fr"].items()} == {
        key: fields(text) for key, text in WORDS["en"].items()
    }


def test_every_severity_has_a_word_and_a_colour():
    assert {f"severity.{severity}" for severity in Severity} <= WORDS["fr"].keys()
    assert COLOURS.keys() == set(Severity)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_and_the_command_line_call_a_severity_the_same(lang):
    page = Texts(lang)
    assert {key: page(key) for key in WORDS[lang] if key.startswith("severity.")} == {
        key: word for key, word in WORDS[lang].items() if key.startswith("severity.")
    }


def test_every_reason_and_every_table_has_words():
    """What `--stats` counts under a word is told to people in a sentence of theirs."""
    stats = Chain(load(None, None), seed=1, host_names=True).stats()
    wanted = {f"reason.{reason.name.lower()}" for reason in Unreadable if reason is not Unreadable.SIZE}
    wanted |= {f"table.{table}" for table in stats.evictions}
    assert {key for key in WORDS["fr"] if key.startswith(("reason.", "table."))} == wanted


def test_words_fit_their_column():
    assert all(len(text) <= 11 for key, text in WORDS["fr"].items() if key.startswith("severity."))
    assert all(len(text) <= 11 for key, text in WORDS["en"].items() if key.startswith("severity."))
