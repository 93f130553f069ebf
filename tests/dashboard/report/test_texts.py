"""The report's words: both languages say the same things, and all of them are said somewhere."""

import re
from pathlib import Path
from string import Formatter

import dashboard.report
from dashboard.report.figures import FIGURES
from dashboard.report.sections import SECTIONS
from dashboard.report.texts import words
from sensor.settings import load

FR, EN = words("fr").words, words("en").words


def fields(text):
    return sorted(field for _, field, _, _ in Formatter().parse(text) if field)


def test_both_languages_have_the_same_keys_and_places():
    assert FR.keys() == EN.keys()
    assert {key: fields(FR[key]) for key in FR} == {key: fields(EN[key]) for key in EN}


def test_every_key_that_is_asked_for_exists():
    code = "".join(path.read_text("utf-8") for path in Path(dashboard.report.__file__).parent.glob("*.py"))
    asked = set(re.findall(r"""\bsay\("([\w.]+)\"""", code))
    assert len(asked) > 25
    assert asked <= FR.keys()


def test_sections_figures_lists_and_good_practices_have_names():
    settings = load(None, None)
    good = {rule.telling.done_right for rule in settings.rules.rules if rule.telling.done_right}
    assert {f"section.{key}" for key in SECTIONS} <= FR.keys()
    assert {f"figure.{key}" for key, *_ in FIGURES} <= FR.keys()
    assert {f"done_right.{one}" for one in good} <= FR.keys()
    assert {f"lists.{info.name}" for info in settings.lists.infos} <= FR.keys()
