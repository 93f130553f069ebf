"""`vigie lists show` and `vigie lists check`."""

import json
from datetime import date

from click.testing import CliRunner

from dashboard.cli import main
from dashboard.cli.lists import age


def run(*arguments):
    return CliRunner().invoke(main, ["lists", *(str(argument) for argument in arguments)])


def test_each_list_with_its_age():
    told = [json.loads(line) for line in run("show", "--json").stdout.splitlines()]
    assert {"messengers", "remote_tools", "hds_hosts"} <= {row["name"] for row in told}
    assert all(row["age_days"] >= 0 and row["title"] and row["entries"] for row in told)
    assert any(line.startswith("hds_hosts") for line in run("show").stdout.splitlines())


def test_what_stands_on_one_list():
    told = [json.loads(line) for line in run("show", "hds_hosts", "--json").stdout.splitlines()]
    assert "doctolib.fr" in {row["suffix"] for row in told}
    assert all(row["source"] and row["date"] and row["confidence"] for row in told)
    assert "(its own bytes)" in run("show", "protocols").stdout


def test_no_such_list():
    told = run("show", "nothing")
    assert told.exit_code == 2
    assert "no list is called 'nothing'" in told.stderr


def test_the_lists_that_come_with_vigie_have_no_mistake():
    told = run("check")
    assert told.exit_code == 0, told.stderr
    assert told.stdout.endswith("programs, no mistake\n")


def test_what_each_program_is_recognised_by():
    told = {row["app"]: row for row in map(json.loads, run("check", "--tried", "--json").stdout.splitlines())}
    assert told["whatsapp"]["by"] == ["bytes", "names"]
    assert told["whatsapp"]["tried"][0] == "capture"
    assert told["olvid"]["tried"] == ["name"]
    assert told["rdp"]["tried"][:2] == ["capture", "lab"]
    assert any(line.startswith("whatsapp ") for line in run("check", "--tried").stdout.splitlines())


def test_a_mistake_is_told_with_file_and_line(tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "bad.yml").write_text("list: bad\nentries:\n  - {name: X}\n")
    told = run("check", "--rules", tmp_path)
    assert told.exit_code == 2
    assert "bad.yml:3:" in told.stderr


def test_age_in_days():
    assert age("2026-11-02", date(2026, 11, 22)) == 20
