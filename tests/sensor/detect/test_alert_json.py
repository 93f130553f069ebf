"""The alert's JSON: the order of the design, in both languages, true to its schema."""

import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from sensor.detect.alert_json import to_json, told
from sensor.wire.records import Attachment
from tests.sensor.detect.made_up import detector, flow, mail, sent, session

SCHEMA = json.loads((files("sensor.detect") / "alert.schema.json").read_text(encoding="utf-8"))
KEYS = [
    "id",
    "rule",
    "category",
    "app",
    "nature",
    "severity",
    "confidence",
    "first_seen",
    "last_seen",
    "count",
    "device",
    "peer",
    "bytes_out",
    "bytes_in",
    "packets",
    "community_id",
    "evidence",
    "legal",
    "title",
    "advice",
]

ALERTS = {
    "mail": lambda: mail(Attachment("application/pdf", "pdf", 5_000)),
    "messaging": lambda: flow("mmg.whatsapp.net", out=5_000, into=9_000),
    "remote": session,
    "upload": lambda: sent("x.wetransfer.net", 900_000),
    "upload to nobody known": lambda: sent(None, 90_000_000),
}


def alert(kind):
    (one,) = detector().observe(ALERTS[kind]())
    return one


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("kind", ALERTS)
def test_an_alert_is_as_the_schema_says_in_the_order_of_the_design(kind, lang):
    plain = json.loads(json.dumps(to_json(alert(kind), lang=lang), ensure_ascii=False))
    Draft202012Validator(SCHEMA).validate(plain)
    assert list(plain) == KEYS == SCHEMA["required"]


def test_the_schema_refuses_what_is_not_an_alert():
    plain = to_json(alert("mail"))
    for change in ({"severity": "loud"}, {"extra": 1}, {"count": 0}, {"first_seen": "2026-11-22"}, {"id": "x"}):
        assert not Draft202012Validator(SCHEMA).is_valid(plain | change), change


def test_the_posts_name_is_what_the_reader_may_see():
    one = alert("mail")
    assert "{device}" in one.fr.seen
    assert "Accueil" in to_json(one)["evidence"]["seen"]
    shown = to_json(one, device_name="poste-7")
    assert "poste-7" in shown["evidence"]["seen"]
    assert "Accueil" not in shown["evidence"]["seen"]


def test_languages_differ():
    one = alert("remote")
    assert told(one, "fr", "x").title != told(one, "en", "x").title
    assert to_json(one, lang="en")["legal"][0]["topic"] != to_json(one, lang="fr")["legal"][0]["topic"]


def test_an_attachment_is_told_by_type_and_extension_never_by_name():
    facts = to_json(alert("mail"))["evidence"]["facts"]
    assert (facts["attachments"], facts["mime_types"], facts["extensions"]) == (1, "application/pdf", "pdf")
