"""The readable report: alerts and figures in, sentences out."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import click
import pytest

from dashboard.cli.report_text import Style, report
from sensor.detect.alert import (
    Alert,
    AlertDevice,
    AlertPeer,
    Category,
    Confidence,
    Legal,
    Nature,
    Severity,
    Words,
)
from sensor.stats import Stats

SECOND = 1_000_000_000
AT = 1_795_248_902 * SECOND  # 2026-11-21T08:15:02Z

ALERT = Alert(
    id="a1",
    rule="mail_clear",
    category=Category.MAIL,
    app="smtp",
    nature=Nature.TRANSFER,
    severity=Severity.HIGH,
    confidence=Confidence.CERTAIN,
    first_seen=AT,
    last_seen=AT,
    count=1,
    device=AlertDevice("192.168.1.20", "aa:bb:cc:00:11:22", "Scanner", "Canon"),
    peer=AlertPeer("203.0.113.25", 25, "smtp.example.com", "dns"),
    bytes_out=2_400_000,
    bytes_in=1_200,
    packets=1_700,
    community_id=None,
    evidence=(("attachments", 1),),
    legal=(Legal(ref="RGPD, art. 32", topic="sécurité", verified=False, source="", date="2026-01-01"),),
    fr=Words(
        "{device} a envoyé un document en clair", "Chiffrez l’envoi.", "un envoi chiffré", "une pièce jointe en clair"
    ),
    en=Words("{device} sent a document in clear", "Encrypt it.", "an encrypted mail", "one attachment in clear"),
)
STATS = Stats(packets=12_345, bytes=4_200_000)


def text(alerts, stats=STATS, lang="fr", width=100, files=1):
    style = Style(lang, ZoneInfo("Europe/Paris"), width)
    return "\n".join(click.unstyle(line) for line in report(alerts, stats, files, style))


def flat(told: str) -> str:
    return " ".join(told.replace("\u202f", " ").replace("\u00a0", " ").split())


def test_an_alert_in_french():
    told = flat(text([ALERT]))
    assert "1 fichier lus" not in told
    assert "12 345 paquets, 4,2 Mo" in told
    assert "IMPORTANT Scanner a envoyé un document en clair samedi 21 novembre 2026, 9 h 15" in told
    assert "Qui Scanner (192.168.1.20), Canon → smtp.example.com (203.0.113.25:25)" in told
    assert "Attendu un envoi chiffré" in told
    assert "Constaté une pièce jointe en clair" in told
    assert "Volume 2,4 Mo envoyés, 1,2 ko reçus" in told
    assert "Conseil Chiffrez l’envoi." in told
    assert "Référence RGPD, art. 32 (à vérifier)" in told
    assert told.endswith("1 alerte.")


def test_an_alert_in_english():
    told = flat(text([ALERT], lang="en", files=2))
    assert told.startswith("2 files read: 12,345 packets, 4.2 MB")
    assert "IMPORTANT Scanner sent a document in clear Saturday 21 November 2026, 09:15" in told
    assert "Reference RGPD, art. 32 (to be verified)" in told


def test_the_gravest_comes_first_then_the_first_seen():
    low = replace(ALERT, id="a2", severity=Severity.LOW, first_seen=0, fr=replace(ALERT.fr, title="Peu"))
    late = replace(ALERT, id="a3", first_seen=AT + SECOND, fr=replace(ALERT.fr, title="Tard"))
    told = text([low, late, ALERT])
    assert told.index("Scanner a envoyé") < told.index("Tard") < told.index("Peu")


def test_what_was_seen_several_times_says_from_when_to_when():
    told = flat(text([replace(ALERT, count=3, last_seen=AT + 3_600 * SECOND, confidence=Confidence.PROBABLE)]))
    assert "en clair (probable)" in told
    assert "du samedi 21 novembre 2026, 9 h 15 au samedi 21 novembre 2026, 10 h 15 · 3 fois" in told


@pytest.mark.parametrize("field", ["host", "vendor", "title"])
def test_a_stranger_cannot_write_to_the_terminal(field):
    evil = "x\x1b[2Jy\u202e\rz"
    alert = {
        "host": replace(ALERT, peer=replace(ALERT.peer, host=evil)),
        "vendor": replace(ALERT, device=replace(ALERT.device, vendor=evil)),
        "title": replace(ALERT, fr=replace(ALERT.fr, title=evil)),
    }[field]
    told = text([alert])
    assert "y" in told
    assert not {"\x1b", "\u202e", "\r"} & set(told)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_lines_keep_to_the_width(width):
    long = replace(ALERT, fr=replace(ALERT.fr, title="mot " * 60, advice="mot " * 60))
    assert max(len(line) for line in text([long], width=width).splitlines()) <= max(width, 100)
    told = text([long], width=width).splitlines()
    assert max(len(line) for line in told if "mot" in line) <= max(width, 32)


def test_nothing_found_is_said():
    assert text([]).endswith("Rien à signaler.")


def test_no_packet_is_said():
    assert text([], Stats()).endswith("rien à juger.")


def test_what_could_not_be_seen_is_said_even_so():
    stats = replace(
        STATS,
        unreadable={"ip_truncated": 2, "esp": 40, "link_type": 0},
        tcp_gaps=3,
        evictions={"flows": 7, "names": 0},
        done_right=3,
    )
    told = flat(text([], stats))
    assert "Bonnes pratiques constatées : 3." in told
    assert "pas entièrement : 42 (VPN IPsec chiffré, en-tête IP incomplet)." in told
    assert "absents de la capture) : 3." in told
    assert "7 éléments (flux)" in told


def test_a_device_is_called_as_it_calls_itself_where_nobody_named_it():
    device = AlertDevice("192.168.1.60", None, None, "Apple", "iphone-\x1b[31mmarie", "iOS 19")
    told = flat(text([replace(ALERT, device=device)]))
    assert "(192.168.1.60), Apple, iOS 19 →" in told
    assert "iphone-" in told
    assert "\x1b" not in told
