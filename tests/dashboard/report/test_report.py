"""The monthly report of all kinds of months: what the first page says, what the PDF's text sums up to, what no name can do to it."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date

import pytest

from dashboard.report.month import Month
from dashboard.report.sections import SECTIONS
from sensor.detect.alert import Category, Hds, Nature, Severity, Words
from sensor.store import SeriesRow
from sensor.store.journal import Kind
from sensor.store.reader import read
from tests.dashboard.conftest import PARIS
from tests.dashboard.report.conftest import LATER, OCTOBER, at, row, varied

DAYS = OCTOBER.days()
SECOND = 1_000_000_000


def figures(report):
    return {label: (now, before) for label, now, before in report.figures.rows}


def test_a_quiet_month(fill, made, text):
    fill(watched=DAYS)
    report, files = made()
    assert (report.mood, report.state) == ("good", "Rien à signaler parmi ce que le boîtier a vu.")
    assert report.blind == "Le boîtier a vu le réseau sans interruption."
    assert report.notes == ("Premier rapport : le boîtier observe le réseau depuis le jeudi 1er octobre.",)
    assert {now for now, _ in figures(report).values()} == {"0"}
    told = text(files.pdf)
    for words in (
        "Rapport mensuel octobre 2026",
        "Cabinet des Tilleuls",
        "À faire Rien de particulier ce mois-ci",
        "page 1 / ",
    ):
        assert words in told


def test_a_month_nobody_watched_concludes_nothing(store, made):
    assert store.path.exists()
    report, _ = made()
    assert report.mood == "idle"
    assert "on ne peut rien conclure" in report.state
    assert report.blind == "Le boîtier a été aveugle tout le mois."


def test_ten_blind_days_are_told_with_their_hours(fill, made):
    fill(watched=DAYS[:16], silent=DAYS[16:21])  # five of them silent, ten not watched at all
    report, _ = made()
    assert "aveugle une grande partie du mois" in report.state
    assert report.blind.startswith("Le boîtier a été aveugle 361\u00a0h sur 745\u00a0h")  # one of them has 25 hours


def test_the_first_month_compares_with_nothing_and_the_second_with_it(fill, made, sample):
    fill(watched=[DAYS[0], date(2026, 11, 3)], alerts=[varied(sample)])
    first, _ = made()
    assert figures(first)["Alertes à examiner (aucune décision n’est encore enregistrée)"] == ("1", "non observé")
    second, _ = made(month=Month(2026, 11))
    assert figures(second)["Alertes à examiner (aucune décision n’est encore enregistrée)"] == ("0", "1")


def test_a_running_month_says_how_far_it_has_come(fill, made):
    fill(watched=DAYS[:3])
    report, files = made(now=at(4, hour=9))
    assert (
        report.notes[0] == "Le mois n’est pas terminé : ce rapport s’arrête au dimanche 4 octobre à 9\u00a0h\u00a000."
    )
    assert "81\u00a0h" in next(s for s in report.sections if s.key == "coverage").sentences[0]
    assert json.loads(files.json)["complete"] is False


@pytest.fixture
def terrible(sample):
    """A month in which everything happened."""
    base = [
        varied(sample, id=f"m{n}", first_seen=at(n), last_seen=at(n), evidence=(("mails", 4), ("attachments", 6)))
        for n in range(1, 8)
    ]
    remote = varied(
        sample,
        id="r1",
        rule="remote",
        category=Category.REMOTE,
        nature=Nature.SESSION,
        severity=Severity.CRITICAL,
        app="rdp",
        last_seen=at(7) + 1800 * SECOND,
        evidence=(("contract", "hour"), ("contract_reference", "M-1")),
    )
    covered = replace(remote, id="r2", severity=Severity.INFORMATIONAL, evidence=(("contract", "covered"),))
    upload = varied(sample, id="u1", rule="upload", category=Category.UPLOAD, bytes_out=80_000_000)
    capable = replace(upload, id="u2", peer=replace(upload.peer, hds=Hds.CAPABLE))
    chat = varied(
        sample,
        id="c1",
        rule="chat",
        category=Category.MESSAGING,
        severity=Severity.MEDIUM,
        nature=Nature.SESSION,
        app="whatsapp",
        evidence=(("list_name", "WhatsApp"),),
    )
    idle = replace(chat, id="c2", nature=Nature.PRESENCE, severity=Severity.INFORMATIONAL)
    called = [replace(one, en=Words(f"{one.rule} by {{device}}", "Do it.", "", "")) for one in (remote, upload, chat)]
    assert len({one.en.title for one in called}) == 3
    remote, upload, chat = (replace(one, fr=replace(one.en, title=f"{one.rule} : {{device}}")) for one in called)
    return [*base, remote, covered, upload, capable, chat, idle]


@pytest.mark.parametrize(
    ("lang", "state"), [("fr", "Un point urgent demande une décision."), ("en", "One urgent point needs a decision.")]
)
def test_a_terrible_month(fill, made, text, terrible, lang, state):
    fill(watched=DAYS, alerts=terrible)
    report, files = made(lang)
    assert report.state == state
    assert [now for now, _ in figures(report).values()] == ["11", "28", "1", "1", "1"]
    assert len(report.todo) == 3
    told = text(files.pdf)
    for section in report.sections:
        assert section.title in told
    assert "M-1" in told
    assert " ".join(report.todo[0][0].split()) in told


def test_what_to_do_names_the_device_and_each_thing_once(fill, made, terrible):
    fill(alerts=terrible)
    report, _ = made()
    assert report.todo[0] == ("Remote : Scanner de l’accueil", "Do it.")
    assert report.todo_title == "Trois choses à faire"
    assert len({what for what, _ in report.todo}) == len(report.todo)


def test_totals_are_those_of_the_store(fill, made, text, store):
    fill(
        watched=DAYS,
        rows=[
            row(at(3), "transfer", 80_000_000, 5),
            row(at(9), "transfer", 1_000_000, 5),
            row(at(3), "nameless", 27_000_000),
            row(at(3, month=9), "transfer", 7_000_000),
            row(at(1, month=11), "transfer", 9_000_000),
        ],
        good=[(at(3), {"mssante": 12}), (at(5), {"hds": 2}), (at(3, month=11), {"hds": 50})],
    )
    first, after = OCTOBER.minutes(PARIS)
    sql = "SELECT sum(bytes_out) FROM traffic JOIN name ON id = destination WHERE level = 6 AND text = 'transfer' AND start >= ? AND start < ?"
    assert read(store.path, lambda db: db.execute(sql, (first, after)).fetchone()) == (81_000_000,)
    _, files = made()
    told = text(files.pdf)
    assert "Envoi de gros fichiers 81 Mo 10 octets" in told
    assert "Échanges chiffrés avec MSSanté 12" in told
    assert "Envois vers un hébergeur de données de santé certifié (HDS) 2" in told
    assert "dont la destination n’a pas de nom : 25 %" in told


def test_a_long_table_is_cut_and_the_csv_has_the_rest(fill, made, text, sample):
    fill(
        alerts=[
            varied(
                sample, id=f"n{n:03}", device=replace(sample.device, name=f"Poste {n}", mac=None, ip=f"192.168.1.{n}")
            )
            for n in range(1, 101)
        ]
    )
    _, files = made()
    assert "75 autres lignes se trouvent dans le fichier CSV joint" in text(files.pdf)
    rows = [one for one in csv.DictReader(io.StringIO(files.csv.decode("utf-8-sig"))) if one["table"] == "alert"]
    assert len(rows) == 100
    assert {one["device"] for one in rows} == {f"Poste {n}" for n in range(1, 101)}


EVIL = [
    '#panic("x") *gras* _x_ $a$ @ref <label> `code` \\ = titre',
    "\u202emoc.live\u202c",
    "x" * 300 + ".example",
    "avant\r\nb\x00\x1b[31m",
    "=cmd|' /C calc'!A0",
    '[//comment] /* */ #import "x"',
]


@pytest.mark.parametrize("name", EVIL)
def test_a_name_from_the_network_can_neither_break_nor_forge(fill, made, text, sample, name):
    evil = varied(
        sample,
        category=Category.UPLOAD,
        peer=replace(sample.peer, host=name),
        device=replace(sample.device, name=name),
        fr=Words(f"{{device}} {name}", name, name, name),
        evidence=(("list_name", name),),
    )
    fill(alerts=[evil])
    report, files = made(practice=name)
    told = text(files.pdf)
    assert re.search(r"\w{4}", name).group() in told
    assert "\u202e" not in json.dumps(files.json.decode(), ensure_ascii=False)
    assert "\x1b" not in files.csv.decode()
    rows = list(csv.DictReader(io.StringIO(files.csv.decode("utf-8-sig"))))
    assert {one["table"] for one in rows} == {"alert", "processor"}
    assert not any(cell.startswith("=") for one in rows for cell in one.values())
    assert report.sections


def test_the_same_data_give_the_same_bytes(fill, made, terrible):
    fill(watched=DAYS[:2], alerts=terrible)
    first, second = made()[1], made(now=LATER + 86_400 * SECOND)[1]
    assert first == second


def test_only_the_sections_asked_for_and_the_report_says_which_are_not_there(fill, made, text):
    fill(watched=DAYS[:1])
    report, _ = made(wanted=("coverage",), without=frozenset({"coverage"}))  # asked for is asked for
    assert [section.key for section in report.sections] == ["coverage"]
    report, files = made(without=frozenset({"glossary", "devices"}))
    assert {section.key for section in report.sections} == set(SECTIONS) - {"glossary", "devices"}
    assert "Parties qui ne sont pas dans ce document : Appareils ; Petit lexique." in text(files.pdf)
    assert made()[0].without == ""


def test_hours_of_which_only_one_direction_was_seen_are_counted(fill, made):
    def exchange(hour, out, into, destination="named"):
        minute = at(3, hour) // (60 * SECOND)
        return SeriesRow(minute, "192.168.1.20", None, "ssl", 9, 9, out, into, 1, destination)

    fill(
        watched=DAYS[:4],
        rows=[
            exchange(9, 500, 400),
            exchange(10, 500, 0),
            exchange(11, 0, 500),
            exchange(12, 20, 0),  # too few to tell
            exchange(13, 500, 0, "local"),
        ],
    )
    report, _ = made()
    (coverage,) = (section for section in report.sections if section.key == "coverage")
    assert any(one.startswith("Pendant 2 heures sur 3, un seul sens") for one in coverage.sentences)


def test_the_clock_that_nobody_had_set_is_told(fill, made, sample, store):
    with store._commit():
        for trusted in (False, True):
            store._journal.append(Kind.CLOCK, "", {"trusted": trusted}, at(9))
    marked = [
        varied(sample, id=word, evidence=(*sample.evidence, ("clock", word)))
        for word in ("not_set", "corrected", "corrected2")
    ]
    marked[2] = replace(marked[2], evidence=(*sample.evidence, ("clock", "corrected")))
    fill(alerts=marked)
    report, _ = made()
    (coverage,) = (section for section in report.sections if section.key == "coverage")
    assert "Horloge : à un démarrage, elle n’était pas encore à l’heure." in coverage.sentences
    assert "L’heure de 2 alertes a été corrigée ensuite." in coverage.sentences
    assert "L’heure d’une alerte reste incertaine." in coverage.sentences


def test_a_month_whose_alerts_were_erased_says_so(fill, made):
    fill(watched=DAYS[:2])
    report, _ = made(now=LATER + 300 * 86_400 * SECOND)
    assert "ont été effacés, seuls les totaux restent" in report.notes[-1]


def test_the_very_first_month_says_since_when(fill, made):
    fill(watched=DAYS[9:])
    assert made()[0].notes == ("Premier rapport : le boîtier observe le réseau depuis le samedi 10 octobre.",)
    assert not any("Premier" in note for note in made(month=Month(2026, 11))[0].notes)


def test_devices_are_called_as_the_privacy_level_allows(fill, made, text, sample):
    fill(alerts=[varied(sample, device=replace(sample.device, name=None))], rows=[row(at(3), "named", 5)])
    _, files = made()
    everything = text(files.pdf) + files.csv.decode() + files.json.decode()
    assert "192.168.1." not in everything
    assert "00:80:77" not in everything
    assert "poste " in everything
