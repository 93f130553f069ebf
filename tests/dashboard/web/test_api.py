import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from sensor.store.status import Status, StatusFile

SECOND = 1_000_000_000


def test_alerts_newest_first_in_the_contracts_order(site, store, sample, unnamed):
    store.upsert([sample, unnamed])
    answer = site().get("/api/v1/alerts")
    assert [alert["id"] for alert in answer.json["alerts"]] == ["r1", "a1"]
    assert answer.json["next"] is None
    assert answer.json["change"] == 1
    alert = answer.json["alerts"][1]
    assert list(alert)[:4] == ["id", "rule", "category", "app"]
    assert alert["first_seen"] == "2026-11-20T09:20:00.000000Z"
    assert alert["title"].startswith("Scanner de l’accueil a envoyé")
    assert alert["bytes_out"] == 1_240_000


def test_one_alert_in_the_language_asked_for(site, store, sample):
    store.upsert([sample])
    answer = site().get("/api/v1/alerts/a1?lang=en")
    assert answer.json["title"] == "Scanner de l’accueil sent clear mail with an attachment"
    assert answer.mimetype == "application/json"


def test_the_privacy_level_holds_here_too(site, store, unnamed):
    store.upsert([unnamed])
    text = site().get("/api/v1/alerts").text
    assert "192.168.1" not in text
    assert "aa:00:00" not in text
    assert '"title"' in text


def test_parameters(site, store, sample, unnamed):
    store.upsert([sample, unnamed])
    made = site()

    def ids(query):
        return [alert["id"] for alert in made.get(f"/api/v1/alerts?{query}").json["alerts"]]

    assert ids("category=mail") == ["a1"]
    assert ids("severity=critical") == ["r1"]
    assert ids("limit=1") == ["r1"]
    after = made.get("/api/v1/alerts?limit=1").json["next"]
    assert ids(f"limit=1&after={after}") == ["a1"]


@pytest.mark.parametrize(
    "query", ["category=x", "severity=x", "limit=0", "limit=201", "limit=x", "limit=1e9", "after=x", "after=5"]
)
def test_a_mistake_is_said_in_the_one_shape(site, store, sample, query):
    store.upsert([sample])
    check_error(site().get(f"/api/v1/alerts?{query}"), 400, "bad_request")


def check_error(answer, status, code):
    assert answer.status_code == status
    assert set(answer.json) == {"error"}
    assert set(answer.json["error"]) == {"status", "code", "message"}
    assert (answer.json["error"]["status"], answer.json["error"]["code"]) == (status, code)
    assert answer.json["error"]["message"].endswith(".")


def test_every_error_has_the_one_shape(site, store, sample):
    made = site()
    check_error(made.get("/api/v1/alerts/nothing"), 404, "no_alert")
    check_error(made.get("/api/v1/nothing"), 404, "not_found")
    check_error(made.client.post("/api/v1/alerts"), 405, "not_allowed")
    check_error(made.client.post("/api/v1/alerts", headers={"Origin": "http://evil.example"}), 403, "cross_site")
    check_error(made.get("/api/v1/alerts", headers={"Host": "evil.example"}), 403, "bad_host")
    store.close()
    store.path.write_bytes(b"no database" * 1000)
    check_error(made.get("/api/v1/alerts"), 503, "damaged")


def test_coverage(site, tmp_path, now):
    made = site()
    assert made.get("/api/v1/coverage").json["sight"] == "never"
    with StatusFile(tmp_path) as out:
        out.write(Status(now, now - SECOND, now, 10, 1, 5.0, "0.1.0", "eth1"))
    found = made.get("/api/v1/coverage").json
    assert (found["sight"], found["packets"], found["kernel_drops"]) == ("seeing", 10, 1)
    assert found["last_packet"] == "2026-11-20T09:30:00.000000Z"


def test_hostile_names_are_json_strings(site, store, sample):
    store.upsert([replace(sample, rule="</script>\u2028\ud800")])
    assert json.loads(site().get("/api/v1/alerts").data)["alerts"][0]["rule"] == "</script>\u2028?"


def test_an_alert_obeys_the_published_schema_at_both_privacy_levels(site, store, unnamed, settings):
    store.upsert([replace(unnamed, id="0123456789abcdef0123")])
    schema = json.loads(files("sensor.detect").joinpath("alert.schema.json").read_text("utf-8"))
    for full in (False, True):
        made = site(privacy=replace(settings.privacy, full=full))
        alert = made.get("/api/v1/alerts/0123456789abcdef0123").json
        jsonschema.validate(alert, schema)
        assert ("192.168.1.12" in json.dumps(alert)) is full
