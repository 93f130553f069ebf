from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dashboard.privacy import Privacy
from dashboard.texts import Texts
from dashboard.view import Viewer
from sensor.detect.alert import AlertDevice, AlertPeer

SECOND = 1_000_000_000


@pytest.fixture
def viewer(now):
    def make(lang="fr", *, full=False):
        return Viewer(Texts(lang), ZoneInfo("Europe/Paris"), Privacy(b"k" * 32, full=full), date(2026, 11, 20), now)

    return make


def facts(view):
    return {fact.name: fact.value.replace("\u00a0", " ") for fact in view.facts}


def test_an_alert_in_words(viewer, sample):
    view = viewer().alert(sample)
    assert view.title == "Scanner de l’accueil a envoyé un courrier en clair avec une pièce jointe"
    assert (view.severity_word, view.category_word, view.confidence) == (
        "Important",
        "Courrier en clair",
        "constat certain",
    )
    assert (view.device, view.peer, view.times) == ("Scanner de l’accueil", "smtp.fournisseur.example", "3 fois")
    assert view.advice == ("Passez par MSSanté.", "Prévenez le DPO.")
    assert view.when == "10\u00a0h\u00a029"
    found = facts(view)
    assert found["Pièces jointes"] == "1"
    assert found["Taille des pièces jointes"] == "904 ko"
    assert found["Hébergeur de données de santé (HDS)"] == "Non, absent de la liste"
    assert found["Vu pour la dernière fois"] == "aujourd’hui, 10 h 29"
    assert found["Durée"] == "9 min"
    assert "Adresse" not in found


def test_in_english(viewer, sample):
    view = viewer("en").alert(sample)
    assert view.title == "Scanner de l’accueil sent clear mail with an attachment"
    assert facts(view)["Size of the attachments"] == "904 kB"


def test_at_level_full_addresses_are_shown(viewer, unnamed):
    assert facts(viewer(full=True).alert(unnamed))["Adresse"] == "192.168.1.12 · aa:00:00:00:00:12"
    assert "192.168.1.12" not in repr(viewer().alert(unnamed))


def test_a_session_and_where_it_comes_from(viewer, unnamed, now):
    view = viewer().alert(unnamed)
    assert view.running
    assert view.inbound
    assert view.peer == "203.0.113.77"
    assert facts(view)["Durée de la session"] == "21 min"
    assert facts(view)["Sens"] == "depuis l’extérieur vers le cabinet"
    assert not viewer().alert(replace(unnamed, ended=True)).running
    assert not viewer().alert(replace(unnamed, last_seen=now - 3600 * SECOND)).running


def test_what_no_secretary_asks_for_is_under_the_technical_details(viewer, sample):
    view = viewer().alert(replace(sample, evidence=(("list_class", "transfer"), ("start_seen", False))))
    assert "list class" not in facts(view)
    technical = {fact.name: fact.value for fact in view.technical}
    assert technical["list class"] == "transfer"
    assert facts(view)["Début de l’échange vu"] == "non"
    assert technical["Adresse du correspondant"] == "198.51.100.25:25"


def test_an_address_of_version_6_with_its_port(viewer, sample):
    view = viewer().alert(replace(sample, peer=AlertPeer("2001:db8::1", 443)))
    assert "[2001:db8::1]:443" in [fact.value for fact in view.technical]


def test_a_title_that_opens_with_a_pseudonym_opens_with_a_capital(viewer, sample):
    view = viewer().alert(replace(sample, device=AlertDevice("192.168.1.50")))
    assert view.title.startswith("Poste ")


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "\u202ereversed", "a\x00\x1b[2J", "x" * 300, "{peer.__class__}", "%s{0}"]
)
def test_hostile_names_stay_words_and_stay_short(viewer, sample, name):
    view = viewer().alert(
        replace(sample, device=AlertDevice("192.168.1.50", name=name), peer=AlertPeer("1.2.3.4", 1, name))
    )
    assert len(view.device) <= 80
    assert len(view.peer) <= 80
    assert len(view.title) <= 400
    assert not set(view.title + view.device + view.peer) & set("\u202e\x00\x1b")


def test_what_a_device_says_of_itself_at_full_only(viewer, sample):
    device = AlertDevice("192.168.1.60", "da:a1:19:00:00:07", None, None, "iphone-\x1b[2Jmarie", "iOS", mac_random=True)
    told = facts(viewer(full=True).alert(replace(sample, device=device)))
    assert told["Il s’appelle lui-même"] == told["Appareil"]
    assert told["Il s’appelle lui-même"].startswith("iphone-")
    assert "\x1b" not in told["Il s’appelle lui-même"]
    assert told["Système annoncé"] == "iOS"
    assert "au hasard" in told["Fabricant"]
    hidden = viewer().alert(replace(sample, device=device))
    assert "marie" not in str(hidden)
    assert "au hasard" in facts(hidden)["Fabricant"]


def test_days_in_order(viewer, sample, unnamed):
    yesterday = replace(sample, id="y", last_seen=sample.last_seen - 86_400 * SECOND)
    groups = viewer().by_day([unnamed, sample, yesterday])
    assert [(day, [view.id for view in views]) for day, views in groups] == [
        ("Aujourd’hui", ["r1", "a1"]),
        ("Hier", ["y"]),
    ]


def test_the_day_of_the_list_that_says_so_stands_beside_an_upload(viewer, sample):
    view = viewer().alert(replace(sample, evidence=(("hds_list_date", "2026-11-21"),)))
    assert facts(view)["Liste HDS du"] == "samedi 21 novembre 2026"
