from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard import formats

ZONE = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 20)
NS = 1_000_000_000


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("count", "fr", "en"),
    [
        (0, "0 octet", "0 bytes"),
        (1, "1 octet", "1 byte"),
        (999, "999 octets", "999 bytes"),
        (1_000, "1 ko", "1 kB"),
        (1_240, "1,2 ko", "1.2 kB"),
        (9_960, "10 ko", "10 kB"),
        (999_400, "999 ko", "999 kB"),
        (999_500, "1 Mo", "1 MB"),
        (80_300_000, "80 Mo", "80 MB"),
        (3_500_000_000, "3,5 Go", "3.5 GB"),
        (7_000_000_000_000_000, "7 000 To", "7,000 TB"),
    ],
)
def test_sizes(count, fr, en):
    assert plain(formats.size(count, "fr")) == fr
    assert plain(formats.size(count, "en")) == en


def test_numbers():
    assert plain(formats.number(1_234_567.5, "fr", 1)) == "1 234 567,5"
    assert formats.number(1_234_567.5, "en", 1) == "1,234,567.5"


def test_times_are_the_practices():
    at = int(datetime(2026, 7, 1, 22, 5, 9, tzinfo=ZoneInfo("UTC")).timestamp()) * NS
    assert plain(formats.clock(at, ZONE, "fr")) == "0 h 05"
    assert formats.clock(at, ZONE, "en") == "00:05"
    assert formats.iso(at, ZONE) == "2026-07-02T00:05:09+02:00"


@pytest.mark.parametrize(
    ("day", "fr", "en"),
    [
        (TODAY, "aujourd’hui", "today"),
        (date(2026, 11, 19), "hier", "yesterday"),
        (date(2026, 11, 1), "dimanche 1er novembre", "Sunday 1 November"),
        (date(2025, 12, 31), "mercredi 31 décembre 2025", "Wednesday 31 December 2025"),
    ],
)
def test_days(day, fr, en):
    assert formats.day(day, "fr", TODAY) == fr
    assert formats.day(day, "en", TODAY) == en


@pytest.mark.parametrize(
    ("seconds", "fr", "en"),
    [
        (-3, "0 s", "0 s"),
        (3.4, "3 s", "3 s"),
        (59.6, "1 min", "1 min"),
        (150, "2 min", "2 min"),
        (4_800, "1 h 20", "1 h 20 min"),
        (86_400 * 3, "3 jours", "3 days"),
    ],
)
def test_durations(seconds, fr, en):
    assert plain(formats.duration(seconds, "fr")) == fr
    assert plain(formats.duration(seconds, "en")) == en


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Poste d’accueil", "Poste d’accueil"),
        ("a\u202egpj.exe", "a\ufffdgpj.exe"),
        ("a\x00b\x1b[31m", "a\ufffdb\ufffd[31m"),
        ("a\u2028b\u00a0c", "a b c"),
        ("مكتب", "مكتب"),
        ("x" * 300, "x" * 119 + "…"),
        ("\ud800", "\ufffd"),
    ],
)
def test_text_of_strangers(text, safe):
    assert formats.bounded(text) == safe
