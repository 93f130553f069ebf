import stat
from datetime import timedelta

import pytest

from dashboard.web import new_link, web_settings
from dashboard.web.access import Links, host_allowed
from sensor.detect.policy import NamedDevice, Policy, Practice

ROUTES = ["/", "/alerts/a1", "/traffic", "/live/strip", "/live/alerts", "/static/vigie.css", "/nowhere", "/enter/wrong"]
API = ["/api/v1/alerts", "/api/v1/alerts/a1", "/api/v1/coverage", "/api/nowhere"]


@pytest.mark.parametrize("path", ROUTES)
def test_without_a_session_every_route_is_closed_with_a_sentence(site, store, sample, path):
    store.upsert([sample])
    answer = site(signed_in=False).get(path)
    assert answer.status_code == 403
    assert "Vigie" in answer.text or "vigie" in answer.text
    assert "pièce jointe" not in answer.text


@pytest.mark.parametrize("path", API)
def test_without_a_session_the_api_is_closed_with_its_one_shape(site, path):
    answer = site(signed_in=False).get(path)
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "no_session"


def test_every_route_of_the_application_is_closed_without_a_session(site):
    made = site(signed_in=False)
    for rule in made.app.url_map.iter_rules():
        path = rule.rule.replace("<alert_id>", "a1").replace("<token>", "x").replace("<path:filename>", "vigie.css")
        assert made.get(path).status_code == 403, path


def test_a_link_opens_one_session_and_works_once(site):
    made = site(signed_in=False)
    link = new_link(made.app, "")
    answer = made.get(link)
    assert answer.status_code == 303
    assert answer.location == "/"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert made.get("/").status_code == 200
    assert made.app.test_client().get(link).status_code == 403
    assert made.get(link).status_code == 303  # whoever is in already, is simply shown the inbox


def test_a_cookie_of_another_secret_opens_nothing(site):
    cookie = site().client.get_cookie("vigie_" + "0" * 8)
    assert cookie is None
    other = site(signed_in=False, secret=b"o" * 32)
    theirs = site()
    (name, value) = next((c.key, c.value) for c in theirs.client._cookies.values())
    other.client.set_cookie(name, value)
    other.client.set_cookie(other.app.config["SESSION_COOKIE_NAME"], value)
    assert other.get("/").status_code == 403


def test_a_session_ends(site):
    made = site()
    assert made.app.permanent_session_lifetime == timedelta(hours=12)
    made.app.permanent_session_lifetime = timedelta(seconds=-1)
    assert made.get("/").status_code == 403


def test_links_are_few_and_forged_ones_are_none():
    links = Links()
    given = [links.new() for _ in range(20)]
    assert not links.use("")
    assert not links.use(given[0])
    assert links.use(given[19])
    assert not links.use(given[19])


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("192.168.1.5", True),
        ("localhost:8080", True),
        ("LOCALHOST", True),
        ("vigie.cabinet.example:8080", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example:127", False),
        ("", False),
        ("[::1", False),
        ("user@evil.example", False),
    ],
)
def test_the_host_header_against_rebinding(host, allowed):
    assert host_allowed(host, frozenset({"vigie.cabinet.example"})) is allowed


def test_a_foreign_host_is_refused_even_with_a_session(site):
    answer = site().get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "adresse" in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 405),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 405),
        ({}, 405),
    ],
)
def test_a_foreign_page_changes_nothing(site, headers, status):
    assert site().client.post("/", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/api/v1/alerts", "b" * 64, 200),
        ("/api/v1/alerts", "c" * 64, 403),
        ("/api/v1/alerts", "", 403),
        ("/", "b" * 64, 403),
    ],
)
def test_a_program_opens_the_api_with_its_token_and_nothing_else(site, path, token, status):
    assert site(signed_in=False).get(path, headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_without_a_token_set_no_token_opens(site):
    made = site(signed_in=False, bearer=None)
    assert made.get("/api/v1/alerts", headers={"Authorization": "Bearer None"}).status_code == 403


def test_settings_of_a_policy_keep_their_secrets(tmp_path):
    policy = Policy(
        practice=Practice(name="Cabinet", language="en"), devices=(NamedDevice("Accueil", ip="192.168.1.2"),)
    )
    first, again = (web_settings(policy, tmp_path) for _ in range(2))
    assert (first.secret, first.bearer, first.privacy.key) == (again.secret, again.bearer, again.privacy.key)
    assert len({first.secret, first.privacy.key, bytes.fromhex(first.bearer or "")}) == 3
    assert (first.practice, first.lang) == ("Cabinet", "en")
    assert web_settings(policy, tmp_path, "fr").lang == "fr"
    assert first.privacy.name("192.168.1.2", None, "fr") == "Accueil"
    for path in (tmp_path / "serve").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
