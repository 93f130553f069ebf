import re
from pathlib import Path
from string import Formatter

import pytest

import dashboard
from dashboard.sources import Sight
from dashboard.texts import LANGUAGES, Texts, language
from sensor.detect.alert import Category, Confidence, Hds, Severity
from sensor.detect.destinations import UNNAMED, word_of
from sensor.settings import load
from sensor.store.errors import Reason

FR, EN = (Texts(lang) for lang in LANGUAGES)


def test_both_languages_have_the_same_keys():
    assert FR.words.keys() == EN.words.keys()


def test_both_languages_have_the_same_places_in_each_sentence():
    for key in FR.words:
        places = [{name for _, name, _, _ in Formatter().parse(t.words[key]) if name} for t in (FR, EN)]
        assert places[0] == places[1], key


def test_every_word_of_the_contracts_has_a_word_for_people():
    wanted = {f"{kind.__name__.lower()}.{one}" for kind in (Category, Severity, Confidence, Hds) for one in kind}
    wanted |= {f"store.{reason}" for reason in Reason}
    wanted |= {f"strip.{sight}" for sight in Sight} | {f"strip.{sight}_advice" for sight in set(Sight) - {Sight.SEEING}}
    assert wanted <= FR.words.keys()


def sources():
    """The code and the templates that ask for words."""
    folder = Path(dashboard.__file__).parent
    asking = [folder / "view.py", *folder.glob("web/*.py"), *folder.glob("web/templates/*.html")]
    return "".join(path.read_text() for path in asking)


def test_every_key_that_the_templates_use_exists():
    used = set(re.findall(r"""\bt\(["']([\w.]+)["'][,)]""", sources()))
    assert len(used) > 50
    assert used <= FR.words.keys()


def test_every_key_is_used():
    """Keys made of a word of the contracts (`category.mail`) are asked for by that word."""
    made = (
        "severity.",
        "category.",
        "confidence.",
        "hds.",
        "host_source.",
        "fact.",
        "value.",
        "service.",
        "store.",
        "good.",
        "destination.",
        "use.",
        *("box.watch", "box.serve", "box.relay", "box.need_"),
        "mails.state_",
        "mails.kind_",
    )
    text = sources()
    for key in FR.words:
        if not key.startswith((*made, "strip.", "error.")):
            assert key in text or key.removesuffix("_one").removesuffix("_many") in text, key


def test_no_sentence_is_left_in_the_other_language():
    same = {key for key in FR.words if FR.words[key] == EN.words[key]}
    shared = {"site.name", "alert.app", "traffic.service", "traffic.destination", "destination.mssante"}
    assert same <= shared | {f"severity.{level}" for level in ("critical", "high", "informational")}


@pytest.mark.parametrize(
    ("count", "fr", "en"), [(0, "0 fois", "0 times"), (1, "1 fois", "once"), (2, "2 fois", "2 times")]
)
def test_counting(count, fr, en):
    if count:
        assert FR.counted("inbox.times", count, n=str(count)) == fr
    assert EN.counted("inbox.times", count, n=str(count)) == en


def test_zero_is_singular_in_french_and_plural_in_english():
    assert FR.counted("strip.drops", 0, n="0", share="0").startswith("1 paquet perdu")
    assert EN.counted("strip.drops", 0, n="0", share="0").startswith("0 packets lost")


def test_a_value_with_braces_stays_as_it_is():
    assert FR("strip.last", since="{evil}") == "dernier paquet il y a {evil}"


def test_language():
    assert [language(word) for word in ("fr", "en", "de", "", None)] == ["fr", "en", None, None, None]


def test_every_class_of_destination_and_every_good_practice_has_a_name():
    settings = load(None, None)
    classes = {word_of(one) for one in settings.lists.entries()} | {"local", "own", "named", "hidden", *UNNAMED}
    good = {rule.telling.done_right for rule in settings.rules.rules if rule.telling.done_right}
    for lang in LANGUAGES:
        words = Texts(lang).words
        assert {f"destination.{one}" for one in classes} <= words.keys()
        assert {f"good.{one}_{form}" for one in good for form in ("one", "many")} <= words.keys()
