from zoneinfo import ZoneInfo

import pytest

from dashboard.sources import Coverage, Sight
from dashboard.texts import Texts
from dashboard.web.strip import strip

SECOND = 1_000_000_000


def told(coverage, now, lang="fr"):
    found = strip(coverage, now, ZoneInfo("Europe/Paris"), Texts(lang))
    words = " | ".join((found.sentence, found.advice, *found.figures))
    return found.mood, words.replace("\u00a0", " ").replace("\u202f", " ")


def coverage(now, sight=Sight.SEEING, drops=0, rate=1432.4, ago=2):
    return Coverage(sight, 1_234_567, rate, drops, now - ago * SECOND, now - 3 * 3600 * SECOND, "0.1.0", "eth1")


def test_it_sees(now):
    mood, words = told(coverage(now), now)
    assert mood == "good"
    assert words.split(" | ") == [
        "Vigie voit le réseau",
        "",
        "1 432 paquets/s",
        "dernier paquet il y a 2 s",
        "aucun paquet perdu",
        "1 234 567 paquets depuis 7 h 30",
    ]


def test_a_slow_network_shows_a_decimal(now):
    assert "0,4 paquets/s" in told(coverage(now, rate=0.4), now)[1]


@pytest.mark.parametrize(
    ("drops", "mood", "words"),
    [
        (1, "good", "1 paquet perdu (0,01 %)"),
        (1_200, "good", "0,10 %"),
        (123_456, "warn", "123 456 paquets perdus (9,09 %)"),
    ],
)
def test_drops_are_said_and_matter_past_one_in_a_thousand(now, drops, mood, words):
    found = told(coverage(now, drops=drops), now)
    assert found[0] == mood
    assert words in found[1]


@pytest.mark.parametrize(
    ("sight", "mood", "words"),
    [
        (Sight.SILENT, "bad", "plus rien ne passe depuis 3 min"),
        (Sight.LOST, "bad", "n’a plus donné signe de vie depuis 3 min"),
        (Sight.ENDED, "idle", "L’écoute est arrêtée"),
    ],
)
def test_it_does_not_see(now, sight, mood, words):
    found = told(coverage(now, sight, ago=200), now)
    assert found[0] == mood
    assert words in found[1]
    assert "paquets/s" not in found[1]


def test_nothing_was_ever_watched(now):
    mood, words = told(Coverage(Sight.NEVER), now, "en")
    assert mood == "idle"
    assert words.startswith("Nothing has been watched here yet")


def test_no_packet_yet(now):
    found = told(Coverage(Sight.SEEING, started=now), now)
    assert "aucun paquet pour l’instant" in found[1]


def test_a_demo_that_ended_is_no_failure(now):
    found = strip(coverage(now, Sight.ENDED), now, ZoneInfo("Europe/Paris"), Texts("fr"), demo=True)
    assert "entièrement rejouée" in found.sentence
