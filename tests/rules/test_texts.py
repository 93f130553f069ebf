"""What rules and lists say: both languages, sources and dates, words that people know."""

from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from sensor.detect.alert import AlertPeer
from sensor.detect.policy import Practice
from sensor.detect.telling import PLACEHOLDERS, WORDS
from sensor.detect.words import Speaker, Told
from tests.sensor.detect.made_up import MORNING, shipped

RULES = Path(str(files("rules")))
FILES = sorted(RULES.rglob("*.yml"))
TOLD = [rule for rule in shipped().rules.rules if rule.tell]
EVERY = [r for r in (*TOLD, *shipped().rules.correlations) if r.telling.fr.title]


def documents():
    for file in FILES:
        for number, document in enumerate(yaml.safe_load_all(file.read_text(encoding="utf-8"))):
            yield f"{file.relative_to(RULES)}#{number}", document


def keys(value):
    return {k: keys(v) for k, v in value.items()} if isinstance(value, dict) else None


def pairs(value, path=""):
    """Every place that holds fr and en side by side."""
    if isinstance(value, dict):
        if "fr" in value or "en" in value:
            yield path, value.get("fr"), value.get("en")
        for key, inner in value.items():
            yield from pairs(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from pairs(inner, f"{path}/{number}")


@pytest.mark.parametrize(("name", "document"), list(documents()), ids=str)
def test_french_and_english_have_the_same_keys(name, document):
    for path, fr, en in pairs(document):
        assert None not in (fr, en), f"{name}{path}"
        assert keys(fr) == keys(en), f"{name}{path}"


@pytest.mark.parametrize("rule", EVERY, ids=lambda r: r.name)
def test_every_sentence_is_said_in_both_languages(rule):
    facts = {
        "contract": "hour",
        "contract_reference": "R",
        "contract_provider": "P",
        "duration": 700.0,
        "attachments": 2,
    }
    told = Told("rdp", AlertPeer("203.0.113.9", 443), facts, 2, 1_500_000, 20, MORNING)
    speaker = Speaker(shipped().rules.catalogue, Practice().timezone)
    for language in ("fr", "en"):
        words = speaker.say(getattr(rule.telling, language), language, told)
        for name in WORDS:
            text = getattr(words, name)
            assert text.strip() == text != ""
            assert "{" not in text.replace("{device}", "")
        assert not words.title.endswith(".")
        assert words.advice.endswith(".")
        assert words.seen.endswith(".")
    assert rule.telling.fr.title != rule.telling.en.title


@pytest.mark.parametrize("rule", EVERY, ids=lambda r: r.name)
def test_both_languages_use_the_same_facts(rule):
    def used(text):
        return {name for name in PLACEHOLDERS if "{" + name + "}" in text}

    for name in WORDS:
        assert used(getattr(rule.telling.fr, name)) == used(getattr(rule.telling.en, name)), name


@pytest.mark.parametrize("word", ["payload", "SNI", "TLSv", "flux", "packet", "IP ", "hash", "proxy"])
def test_sentences_are_for_secretaries(word):
    for rule in EVERY:
        for language in ("fr", "en"):
            texts = getattr(rule.telling, language)
            assert all(word not in getattr(texts, name) for name in WORDS), rule.name


def test_every_rule_says_who_what_and_how_grave():
    for name, document in documents():
        if "logsource" not in document and "correlation" not in document:
            continue
        assert {"title", "id", "name", "status"} <= document.keys(), name
        if "vigie" in document:
            assert {"description", "level"} <= document.keys(), name


@pytest.mark.parametrize("file", sorted((RULES / "lists").glob("*.yml")), ids=lambda f: f.name)
def test_every_entry_has_a_source_and_a_date(file):
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert document["list"] == file.stem
    assert document["entries"]
    for entry in document["entries"]:
        assert entry["source"].strip(), entry
        assert str(entry["date"]) >= "2009-01-01", entry


def test_what_nobody_verified_says_so():
    for entry in shipped().lists.entries():
        assert (entry.confidence == "knowledge") == ("unverified" in entry.source), entry


def test_hds_answers_stand_on_the_right_lists():
    for entry in shipped().lists.entries():
        if entry.list in ("hds_hosts", "hds_capable"):
            assert entry.hds == ("service" if entry.list == "hds_hosts" else "capable"), entry


BEYOND_ITS_LABELS = {
    "briar",
    "gadu-gadu",
    "goto-meeting",
    "jami",
    "jitsi",
    "kik",
    "mattermost",
    "nextcloud-talk",
    "rocket-chat",
    "simplex",
    "skred",
    "tox",
    "webex",
    "yahoo-messenger",
}


def test_apps_are_the_words_of_the_corpus(corpus):
    if corpus is None:
        return
    words = {
        word
        for line in (corpus / "apps.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for word in line.partition(":")[2].split()
    }
    ours = {entry.app for entry in shipped().lists.entries() if entry.list == "messengers"}
    ours |= {e.app for e in shipped().lists.entries() if e.list == "remote_tools" and e.cls != "unreviewed"}
    assert ours - words == BEYOND_ITS_LABELS


def test_laws_that_nobody_checked_are_marked():
    legal = shipped().rules.catalogue.legal
    assert not legal["rgpd-32"].verified
    assert legal["csp-l1111-8"].verified
    used = {reference for rule in EVERY for reference in rule.telling.legal}
    assert set(legal.values()) - used <= {legal["rgpd-33"], legal["csp-r1111-9"]}
