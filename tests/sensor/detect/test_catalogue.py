"""Catalogues: the law, names of programs, turns of phrase."""

import pytest

from sensor.detect.catalogue import parse_apps, parse_legal, parse_texts
from tests.sensor.detect.made_up import shipped

HEAD = "list: x\ntitle: T\ndate: 2026-11-21\nentries:\n"
LAW = "  - {id: a, ref: R, topic: T, topic_en: E, verified: true, source: S, date: 2026-11-21}\n"


def read(parse, text):
    mistakes = []
    return parse("c.yml", text, mistakes), [str(m) for m in sorted(mistakes)]


def test_a_reference_is_read_whole():
    found, mistakes = read(parse_legal, HEAD + LAW)
    assert not mistakes
    law = found["a"]
    assert (law.ref, law.topic, law.topic_en, law.verified, law.source, law.date) == (
        "R",
        "T",
        "E",
        True,
        "S",
        "2026-11-21",
    )


def test_what_is_not_said_to_be_verified_is_not():
    found, mistakes = read(parse_legal, HEAD + LAW.replace("verified: true, ", ""))
    assert not mistakes
    assert not found["a"].verified


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source: S, ", "", "c.yml:5: 'source' is missing"),
        ("date: 2026-11-21}", "}", "c.yml:5: 'date' is missing"),
        ("verified: true", "verified: perhaps", "c.yml:5: 'verified' must be true or false, not 'perhaps'"),
        ("ref: R", "ref: R, page: 3", "c.yml:5: unknown key 'page'"),
    ],
)
def test_mistakes_in_references(old, new, said):
    _, mistakes = read(parse_legal, HEAD + LAW.replace(old, new))
    assert len(mistakes) == 1
    assert mistakes[0].startswith(said)


def test_a_program_needs_both_languages():
    _, mistakes = read(parse_apps, HEAD + "  - {app: rdp, fr: Bureau, source: S, date: 2026-11-21}\n")
    assert mistakes == ["c.yml:5: 'en' is missing"]


def test_phrases_need_the_same_forms_in_both_languages():
    _, mistakes = read(parse_texts, "times:\n  fr: {one: a, many: b}\n  en: {one: a}\n")
    assert "c.yml:1: 'times' has not the same forms in fr and en" in mistakes
    assert "c.yml:1: 'size' needs fr and en" in mistakes


def test_a_program_without_a_name_keeps_its_word():
    catalogue = shipped().rules.catalogue
    assert catalogue.app("vnc", "fr") == "VNC"
    assert catalogue.app("anything", "fr") == "anything"
