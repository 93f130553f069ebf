"""The demo's last month: its films, moved, through the real chain; its journal verifies, its report tells of what was filmed."""

import json
import re
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.cli.demo import POLICY
from dashboard.cli.demo_month import last_month
from dashboard.kept_reports import kept, kept_in
from dashboard.report.month import Month
from sensor.demo.month import dark
from sensor.settings import load
from sensor.store.reader import read
from sensor.store.schema import WATCH
from tests.dashboard.conftest import PARIS, SECOND

NOW = int(datetime(2026, 11, 20, 10, 30, tzinfo=PARIS).timestamp()) * SECOND
OCTOBER = Month(2026, 10)


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    last_month(folder, folder / "state", load(POLICY, None), "fr", now=NOW)
    return folder / "state"


@pytest.fixture(scope="module")
def told(state):
    return json.loads((kept_in(state) / "2026-10.json").read_text())


def vigie(*words):
    return CliRunner().invoke(main, [*map(str, words)])


def test_its_journal_verifies_against_the_reports_own_root(state, told):
    done = vigie("verify", "--state", state, "--rebuild", "--root", told["journal_root"])
    assert done.exit_code == 0, done.output
    assert "watch : Journal intact" in done.output
    assert "identique" in done.output


def test_the_command_that_the_report_prints_is_one(state, told):
    (journal,) = (section for section in told["report"]["sections"] if section["key"] == "journal")
    command, quoted, end = re.fullmatch(r'vigie (.*) "([^"]*)"()', journal["code"], re.DOTALL).groups()
    assert (command, end) == ("verify --state DOSSIER --root", "")
    assert "\n" in quoted
    assert vigie("verify", "--state", state, "--root", quoted).exit_code == 0
    assert vigie("verify", "--state", state, "--root", quoted.replace("watch=1", "watch=2")).exit_code != 0


def test_what_was_filmed_is_what_is_told(told):
    assert told["figures"] == {"alerts": 8, "clear_mail": 2, "messaging": 4, "remote": 1, "upload": 1}
    assert told["done_right"] == {"mssante": 27, "hds": 22}
    assert told["complete"]
    report = told["report"]
    assert report["mood"] == "bad"
    assert [what.split(" : ")[0] for what, _ in report["todo"]] == ["Accueil", "Scanner", "Téléphone du cabinet"]
    tables = {section["key"]: section["tables"] for section in report["sections"]}
    register = [row[-1] for row in tables["remote"][0]["rows"]]
    assert register == [
        "prévue : contrat TM-2026-4",
        "adresse non prévue par le contrat TM-2026-4",
        "prévue : contrat TM-2026-4",
    ]
    who = {row[0]: row[1:] for row in tables["processors"][0]["rows"]}
    assert who["Médilogis (inventé)"] == ["prise de main", "1", "2", "TM-2026-4"]
    assert who["WeTransfer"] == ["envoi de données", "1", "1", "absent de la liste HDS"]


def test_one_night_was_dark(told):
    off, on = dark(OCTOBER.days(), PARIS)
    blind = told["watched"]["span"] - told["watched"]["watched"] + told["watched"]["silent"]
    assert abs(blind - (on - off) / SECOND) < 60


def test_each_alert_is_of_its_day_and_of_a_clock_that_is_set(state):
    rows = read(WATCH.path(state), lambda db: db.execute("SELECT first_seen, last_seen FROM alert").fetchall())
    first, after = (minute * 60 * SECOND for minute in OCTOBER.minutes(PARIS))
    assert rows
    assert all(first <= one <= two < after for one, two in rows)
    assert not any(datetime.fromtimestamp(one // SECOND, UTC).astimezone(PARIS).weekday() == 6 for one, _ in rows)


def test_the_report_command_finds_it_kept(state):
    done = vigie("report", "--state", state, "--month", "2026-10", "--config", POLICY)
    assert done.stdout.split()[0] == str(kept_in(state) / "2026-10.pdf")
    assert [one.stem for one in kept(kept_in(state))] == ["2026-10"]
