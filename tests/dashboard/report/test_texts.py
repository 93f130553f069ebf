"""The report's words: both languages say the same things, and all of them are said somewhere."""

import re
from pathlib import Path
from string import Formatter

import dashboard.report
from dashboard.report import people
from dashboard.report.figures import FIGURES
from dashboard.report.sections import SECTIONS
from dashboard.report.texts import words
from sensor.detect.alert import Hds
from sensor.detect.policy import REPORT_SECTIONS
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
    assert tuple(SECTIONS) == REPORT_SECTIONS  # what vigie.yml may leave out
    assert {f"section.{key}" for key in SECTIONS} <= FR.keys()
    assert {f"short.{key}" for key, *_ in FIGURES} <= FR.keys()
    assert {f"processors.{kind}" for kind in people._KINDS.values()} <= FR.keys()
    assert {f"processors.hds_{one}" for one in Hds} <= FR.keys()
    assert {f"upload.{one}" for one in (Hds.NOT_LISTED, Hds.UNKNOWN)} <= FR.keys()
    assert {f"figure.{key}" for key, *_ in FIGURES} <= FR.keys()
    assert {f"done_right.{one}" for one in good} <= FR.keys()
    assert {f"lists.{info.name}" for info in settings.lists.infos} <= FR.keys()


def test_every_word_is_said_somewhere():
    """A key that nobody asks for is a promise not kept; those that are put together count by their beginning."""
    code = "".join(path.read_text("utf-8") for path in Path(dashboard.report.__file__).parent.glob("*.py"))
    spelled = set(re.findall(r"""["']([a-z_0-9]+(?:\.[a-z_0-9]+)*)["']""", code))
    begun = (*re.findall(r"""f["']([a-z_.]+)\{""", code), "glossary.", "exposure.", "messaging.")
    own = {key for key in FR if not key.startswith("shared.")}
    unsaid = {
        key
        for key in own
        if key not in spelled
        and re.sub(r"_(none|one|many)$", "", key) not in spelled
        and not key.startswith(begun)
        and key.rsplit(".", 1)[-1] not in spelled
    }
    assert not unsaid
