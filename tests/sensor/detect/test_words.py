"""Facts said in words, in both languages."""

import pickle
from dataclasses import asdict

import pytest

from sensor.detect.alert import AlertPeer, Words
from sensor.detect.policy import Practice
from sensor.detect.telling import Texts
from sensor.detect.words import Speaker, Told
from tests.sensor.detect.made_up import MORNING, shipped

PEER = AlertPeer("203.0.113.9", 443)
SPEAKER = Speaker(shipped().rules.catalogue, Practice().timezone)


def said(text, language="fr", *, app="rdp", peer=PEER, count=1, out=0, into=0, **facts):
    told = Told(app, peer, facts, count, out, into, MORNING)
    return SPEAKER.say(Texts(text, "", "", ""), language, told).title


@pytest.mark.parametrize(
    ("number", "fr", "en"),
    [
        (0, "0 octets", "0 bytes"),
        (999, "999 octets", "999 bytes"),
        (1_000, "1 ko", "1 kB"),
        (1_540, "1,5 ko", "1.5 kB"),
        (99_940, "99,9 ko", "99.9 kB"),
        (123_456, "123 ko", "123 kB"),
        (80_000_000, "80 Mo", "80 MB"),
        (4_200_000_000, "4,2 Go", "4.2 GB"),
        (9 * 10**15, "9000 To", "9000 TB"),
    ],
)
def test_sizes(number, fr, en):
    assert said("{sent}", out=number) == fr
    assert said("{received}", "en", into=number) == en


@pytest.mark.parametrize(
    ("seconds", "fr"),
    [(0, "moins d’une minute"), (59, "moins d’une minute"), (60, "1 min"), (3599, "59 min"), (3660, "1 h 01")],
)
def test_durations(seconds, fr):
    assert said("{duration}", duration=float(seconds)) == fr


@pytest.mark.parametrize(
    ("number", "fr", "en"),
    [
        (0, "aucune pièce jointe", "no attachment"),
        (1, "une pièce jointe", "one attachment"),
        (3, "3 pièces jointes", "3 attachments"),
    ],
)
def test_numbers_agree(number, fr, en):
    assert said("{attachments}", attachments=number) == fr
    assert said("{attachments}", "en", attachments=number) == en


def test_a_program_is_called_what_people_call_it():
    assert said("{app}") == "Bureau à distance Windows (RDP)"
    assert said("{app}", "en") == "Windows Remote Desktop (RDP)"
    assert said("{app}", app="whatsapp", list_name="WhatsApp") == "WhatsApp"
    assert said("{app}", app=None, list_name="Amazon Web Services") == "Amazon Web Services"
    assert said("{app}", app="odd") == "odd"
    assert said("{app}", app=None) == "203.0.113.9"


def test_a_peer_is_its_name_else_its_address():
    assert said("{peer}", peer=AlertPeer("203.0.113.9", 1, "a.example")) == "a.example"
    assert said("{peer}") == "203.0.113.9"
    assert said("{peer}", peer=AlertPeer(None)) == "une adresse sans nom connu"


def test_extensions_tell_more_than_types():
    assert said("{types}", mime_types="application/pdf", extensions="pdf") == "pdf"
    assert said("{types}", mime_types="application/pdf") == "application/pdf"
    assert said("{types}", mime_types="application/octet-stream, image/png") == "image/png"


@pytest.mark.parametrize("named", [{}, {"mime_types": "application/octet-stream"}, {"mime_types": "application/*"}])
def test_a_file_that_nobody_named(named):
    assert said("{types}", **named) == "type inconnu"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "un courrier déjà chiffré"), (1, "une pièce jointe déjà chiffrée"), (3, "3 pièces jointes déjà chiffrées")],
)
def test_what_was_sealed_before_it_left(number, words):
    assert said("{sealed}", attachments=number) == words


def test_what_nobody_verified_is_not_stated_as_certain():
    assert (
        said("{listed}", list_source="S", list_date="2026-01-02", list_confidence="high")
        == "d’après notre liste du 02/01/2026"
    )
    assert "non vérifiée" in said("{listed}", list_source="S", list_date="2026-01-02", list_confidence="knowledge")
    assert said("{listed}") == "nom inconnu de nos listes"


def test_a_session_outside_its_contract_says_what_is_amiss():
    text = said("{contract}", contract="hour", contract_reference="TM-1", contract_provider="Logimed")
    assert "TM-1" in text
    assert "Logimed" in text
    assert "heures" in text
    assert said("{contract}").startswith("aucun contrat")


def test_times_of_day_are_the_practices_own():
    assert said("{start}") == "09:00"


def test_the_device_stays_for_the_display_to_name():
    assert said("{device} {times}", count=2) == "{device} 2 fois"


def test_braces_from_the_wire_are_taken_out():
    assert said("{domains}", recipient_domains="{device}.example") == "(device).example"


def test_sentences_are_put_together_when_they_are_read():
    asked = []

    class Text(str):
        __slots__ = ()

        def format_map(self, phrases):
            asked.append(self)
            return str.format_map(self, phrases)

    texts = Texts(*(Text(f"{word} {{sent}}") for word in ("title", "advice", "expected", "seen")))
    one, again, more = (
        SPEAKER.say(texts, "en", Told("rdp", PEER, {}, 1, out, 0, MORNING)) for out in (1000, 1000, 2000)
    )
    assert asked == []
    assert one.title == "title 1 kB"
    assert len(asked) == 4
    assert one == again == Words("title 1 kB", "advice 1 kB", "expected 1 kB", "seen 1 kB") == one
    assert hash(one) == hash(again)
    assert one != more
    assert asdict(again) == {w: f"{w} 1 kB" for w in ("title", "advice", "expected", "seen")}
    assert pickle.loads(pickle.dumps(one)) == one
    assert not hasattr(one, "other")
