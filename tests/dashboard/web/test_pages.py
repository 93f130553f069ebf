import re
from dataclasses import replace

import pytest

import dashboard.web
from sensor.detect.alert import AlertDevice, AlertPeer, Words
from sensor.store import SeriesRow


def test_every_route_is_documented(site):
    told = set(re.findall(r"^\| (/\S*) \|", dashboard.web.__doc__ or "", re.MULTILINE))
    assert told == {rule.rule for rule in site().app.url_map.iter_rules()}


def test_the_inbox_tells_alerts_in_sentences_newest_first(site, store, sample, unnamed, readable):
    store.upsert([sample, unnamed])
    text = readable(site().get("/").text)
    first, second = text.index("Prise de main sur poste"), text.index("Scanner de l’accueil a envoyé un courrier")
    assert first < second
    for words in (
        "Urgent",
        "Important",
        "Courrier en clair",
        "3 fois",
        "smtp.fournisseur.example",
        "en cours",
        "Aujourd’hui",
    ):
        assert words in text
    assert "192.168.1" not in text


def test_without_alerts_it_says_so(site, readable):
    assert "Aucune alerte" in readable(site().get("/").text)


def test_a_category(site, store, sample, unnamed, readable):
    store.upsert([sample, unnamed])
    text = readable(site().get("/?category=mail").text)
    assert "Scanner de l’accueil a envoyé" in text
    assert "Prise de main" not in text
    assert "Toutes 2" in text
    assert "Aucune alerte de cette catégorie" in readable(site().get("/?category=upload").text)
    assert site().get("/?category=nonsense").status_code == 404


def test_older_alerts_are_one_link_away(site, store, sample):
    store.upsert([replace(sample, id=f"n{n:02}", last_seen=sample.last_seen - n) for n in range(35)])
    made = site()
    first = made.get("/").text
    older = re.search(r'href="(/\?[^"]*after=[^"]*)"', first)
    assert older
    second = made.get(older[1].replace("&amp;", "&")).text
    ids = re.findall(r'data-id="(n\d\d)"', first + second)
    assert ids == [f"n{n:02}" for n in range(35)]
    assert made.get("/?after=nonsense").status_code == 400


def test_an_alert_has_its_page(site, store, sample, readable):
    store.upsert([sample])
    text = readable(site().get("/alerts/a1").text)
    for words in (
        "Que faire ?",
        "Passez par MSSanté.",
        "Un envoi chiffré",
        "Un courrier en clair",
        "RGPD, article 32 sécurité du traitement référence non vérifiée",
        "référence vérifiée",
        "904 ko",
        "1,2 Mo",
        "mail-clear-attachment",
    ):
        assert words in text.replace("\u00a0", " "), words


def test_an_alert_that_is_not_there(site):
    answer = site().get("/alerts/nothing")
    assert answer.status_code == 404
    assert "Cette alerte n’existe pas" in answer.text


def test_the_days_traffic_has_a_chart_and_its_text(site, store, readable, now):
    minute = now // 60_000_000_000
    store.add_series([SeriesRow(minute, "192.168.1.12", "aa:00:00:00:00:12", "ssl", 2_000_000, 9_000_000, 10, 10, 1)])
    store.flush(0, force=True)
    html = site().get("/traffic").text
    text = readable(html).replace("\u00a0", " ")
    assert '<svg class="chart"' in html
    assert 'aria-label="2\u00a0Mo envoyés et 9\u00a0Mo reçus' in html
    assert "10 h 2 Mo 9 Mo" in text
    assert "Connexions chiffrées (TLS)" in text
    assert "vendredi 20 novembre 2026" in text
    assert "192.168.1.12" not in html
    assert "2\u00a0Mo" in site().get("/").text


def test_the_day_says_where_bytes_went_and_what_was_done_right(site, store, readable, now):
    row = SeriesRow(now // 60_000_000_000, "192.168.1.20", None, "ssl", 2_000_000, 10, 1, 1, 1, "transfer")
    store.add_series([row, replace(row, destination="", bytes_out=1)])
    store.add_done_right(now, {"mssante": 1, "hds": 2, "own-rule": 1})
    store.flush(now, force=True)
    text = readable(site().get("/traffic").text).replace("\u00a0", " ")
    assert "Envoi de gros fichiers 2 Mo 10 octets" in text
    assert "Non détaillé (dont les invités) 1 octet" in text
    for path in ("/", "/live/traffic"):
        text = readable(site().get(path).text)
        assert "Fait comme il faut 2 envois vers un hébergeur de données de santé certifié" in text
        assert "1 échange chiffré avec MSSanté" in text
        assert "1 fois : own-rule" in text


def test_the_day_says_what_could_not_be_named_and_why(site, store, readable, now):
    row = SeriesRow(now // 60_000_000_000, "192.168.1.20", None, "ssl", 700, 0, 1, 1, 1, "named")
    others = (("hidden_vpn", 200), ("old", 100), ("local", 5_000))
    store.add_series([row, *(replace(row, destination=name, bytes_out=out) for name, out in others)])
    store.flush(now, force=True)
    text = readable(site().get("/traffic").text).replace("\u00a0", " ").replace("\u202f", " ")
    assert "30 % de ce qui a été échangé avec l’extérieur" in text or "30,0 % de ce qui" in text
    assert "Caché par un VPN ou un tunnel (20" in text


@pytest.mark.parametrize(
    ("day", "status"),
    [("2026-11-20", 200), ("2026-11-19", 200), ("2026-11-21", 404), ("1999-01-01", 404), ("x", 404), ("", 404)],
)
def test_days_of_traffic(site, day, status):
    assert site().get(f"/traffic?day={day}").status_code == status


def test_yesterdays_traffic_is_not_live(site):
    assert "/live/traffic" in site().get("/traffic").text
    assert "/live/traffic" not in site().get("/traffic?day=2026-11-19").text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202e\u2066fdp.exe",
    "مكتب الاستقبال",
    "a\x00b\x1b[31mc\r\nSet-Cookie: x=y",
    "n" * 300,
    "{{ 7*7 }}{% for %}",
    "\ud800half",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["/", "/alerts/a1", "/traffic", "/live/alerts", "/live/alerts/a1", "/?lang=en"])
def test_hostile_names_are_words_and_nothing_else(site, store, sample, name, path, now):
    words = Words("{device} " + name, name, name, name)
    store.upsert(
        [
            replace(
                sample,
                device=AlertDevice("192.168.1.31", None, name, name),
                peer=AlertPeer("198.51.100.25", 25, name, name, None, name),
                evidence=((name, name), ("mime_types", name)),
                fr=words,
                en=words,
            )
        ]
    )
    store.add_series(
        [SeriesRow(now // 60_000_000_000, "192.168.1.31", None, name.replace("\ud800", "?"), 1, 1, 1, 1, 1)]
    )
    store.flush(0, force=True)
    answer = site().get(path)
    assert answer.status_code == 200
    html = answer.text
    assert "<script>alert" not in html
    assert "<img" not in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", html)
    assert "49" not in re.findall(r"<bdi>(.*?)</bdi>", html)
    assert "n" * 401 not in html
    assert ("n" * 81 in html) is (
        name.startswith("nnn") and "traffic" not in path
    )  # a sentence may be longer than a name


def test_languages(site, store, sample):
    store.upsert([sample])
    made = site()
    assert '<html lang="fr">' in made.get("/").text
    assert '<html lang="fr">' in made.get("/", headers={"Accept-Language": "en-US,en"}).text  # the practice's language
    english = made.get("/?lang=en")
    assert '<html lang="en">' in english.text
    assert "sent clear mail" in english.text
    assert '<html lang="en">' in made.get("/traffic").text  # remembered
    assert '<html lang="fr">' in made.get("/?lang=fr").text
    assert '<html lang="fr">' in made.get("/?lang=de").text
    assert '<html lang="en">' in site(lang="en").get("/").text


def test_the_other_language_is_this_page(site, store, sample):
    store.upsert([sample])
    assert 'href="/alerts/a1?lang=en"' in site().get("/alerts/a1").text
    assert 'href="/?category=mail&amp;lang=en"' in site().get("/?category=mail").text


@pytest.mark.parametrize(("reason", "words"), [("damaged", "abîmé"), ("newer", "plus récente")])
def test_a_store_that_cannot_be_read_is_said(site, store, reason, words):
    if reason == "newer":
        store._db.execute("PRAGMA user_version=99")
    else:
        store.close()
        store.path.write_bytes(b"no database" * 1000)
    answer = site().get("/")
    assert answer.status_code == 503
    assert words in answer.text


def test_the_practice_and_the_demo_are_named(site):
    html = site(practice="Cabinet <b>", demo=True).get("/").text
    assert "Cabinet &lt;b&gt;" in html
    assert "Démonstration" in html


def test_headers_of_every_answer(site):
    made = site()
    for path in ("/", "/nowhere", "/static/vigie.css", "/api/v1/alerts"):
        with made.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in headers["Cache-Control"] or path.startswith("/static")


def test_pages_carry_nothing_that_the_policy_forbids(site, store, sample, now):
    store.upsert([sample])
    store.add_series([SeriesRow(now // 60_000_000_000, "192.168.1.31", None, "ssl", 1, 1, 1, 1, 1)])
    store.flush(0, force=True)
    made = site()
    for path in ("/", "/alerts/a1", "/traffic"):
        html = made.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style|javascript:|https?://", html), path
