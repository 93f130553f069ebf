"""The official list beside ours, and `vigie lists import`: what it tells, writes and refuses."""

from datetime import date

import pytest
import yaml
from click.testing import CliRunner

from dashboard.cli import hds_join, main
from dashboard.cli.hds_table import Organisation
from sensor.detect.alert import Hds
from sensor.detect.lists import parse
from sensor.settings import load

TODAY = date(2026, 11, 22)
OURS = """
list: hds_capable
title: T
date: 2026-11-22
classes: [capable]
roles: [names]
entries:
  - {name: OVHcloud, class: capable, hds: capable, source: s, date: 2026-11-22, confidence: high, names: [ovh.net, ovh.com]}
  - {name: Nube, class: capable, hds: capable, source: s, date: 2026-11-22, confidence: high, names: [nube.example]}
"""


def organisations(number):
    return [Organisation(f"Hôte {n}") for n in range(number)]


def ours():
    lists, mistakes = parse([("ours.yml", OURS)])
    assert not mistakes
    return lists


def test_names_are_joined_and_the_rest_is_listed():
    found = [Organisation("OVHCLOUD Santé SAS"), Organisation("Nuber"), Organisation("Autre")]
    joined = hds_join.join(found, ours(), ["Autre", "Parti SA"])
    assert joined.matched == {"OVHCLOUD Santé SAS": ("ovh.com", "ovh.net")}
    assert joined.unmatched == ("Nuber", "Autre")
    assert joined.new == ("OVHCLOUD Santé SAS", "Nuber")
    assert joined.gone == ("Parti SA",)


def test_joining_alone_makes_no_service():
    found = [Organisation("OVHcloud", "1 à 6", date(2027, 1, 1))]
    text = hds_join.dumped(found, hds_join.join(found, ours(), []), TODAY, "ANS, l.csv")
    lists, mistakes = parse([("ours.yml", OURS), ("official.yml", text)])
    assert not mistakes
    entry = lists.classify("ovh.net")
    assert entry.hds is Hds.CAPABLE
    assert entry.on == {"hds_capable", "hds_official"}
    assert hds_join.entries(lists) == ["OVHcloud"]
    assert lists.hds_date() == "2026-11-22"


@pytest.mark.parametrize(
    ("now", "before", "refused"), [(2, 3, False), (1, 3, True), (66, 100, True), (67, 100, False), (0, 0, False)]
)
def test_a_list_that_shrinks_by_more_than_a_third_is_refused(now, before, refused):
    names = [f"Hôte {n}" for n in range(before)]
    if refused:
        with pytest.raises(hds_join.RefusedError, match="--allow-shrink"):
            hds_join.refuse(organisations(now), names, TODAY, TODAY, "", shrink=False)
    else:
        hds_join.refuse(organisations(now), names, TODAY, TODAY, "", shrink=False)
    hds_join.refuse(organisations(now), names, TODAY, TODAY, "", shrink=True)


def test_a_day_that_cannot_be_is_refused():
    with pytest.raises(hds_join.RefusedError, match="lies in the future"):
        hds_join.refuse([], [], date(2026, 11, 23), TODAY, "", shrink=False)
    with pytest.raises(hds_join.RefusedError, match="this one older"):
        hds_join.refuse([], [], date(2026, 11, 20), TODAY, "2026-11-21", shrink=False)


@pytest.fixture
def rules(tmp_path):
    (tmp_path / "rules" / "lists").mkdir(parents=True)
    (tmp_path / "rules" / "lists" / "ours.yml").write_text(OURS)
    return tmp_path / "rules"


def run(rules, file, *arguments):
    return CliRunner().invoke(main, ["lists", "import", str(file), "--rules", str(rules), *arguments])


def made(tmp_path, *names):
    (tmp_path / "l.csv").write_text("Hébergeur;Activités\n" + "".join(f"{name};1\n" for name in names))
    return tmp_path / "l.csv"


def test_a_dry_run_writes_nothing(tmp_path, rules):
    told = run(rules, made(tmp_path, "OVHcloud", "Autre"), "--dry-run")
    assert told.exit_code == 0, told.output
    assert "2 organisations: 2 new, 0 gone, 1 on our lists" in told.stdout
    assert "unmatched  Autre" in told.stdout
    assert "dry run" in told.stdout
    assert [file.name for file in (rules / "lists").iterdir()] == ["ours.yml"]


def test_an_import_counts_from_the_next_start_on(tmp_path, rules):
    assert run(rules, made(tmp_path, "OVHcloud", "Autre", "Parti"), "--date", "2026-11-01").exit_code == 0
    assert load(None, rules).lists.hds_date() == "2026-11-01"
    told = run(rules, made(tmp_path, "OVHcloud", "Autre"), "--date", "2026-11-20")
    assert "gone       Parti" in told.stdout
    assert yaml.safe_load((rules / "lists" / "hds_official.yml").read_text())["date"] == "2026-11-20"
    refused = run(rules, made(tmp_path, "OVHcloud"), "--date", "2026-11-21")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--allow-shrink" in refused.stderr
    assert run(rules, made(tmp_path, "OVHcloud"), "--date", "2026-11-21", "--allow-shrink").exit_code == 0


def test_what_cannot_be_written_is_told(tmp_path, rules):
    (rules / "lists" / "hds_official.new").mkdir()
    told = run(rules, made(tmp_path, "OVHcloud"))
    assert told.exit_code == 2
    assert "hds_official.yml: " in told.stderr
