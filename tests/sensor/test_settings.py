"""Settings: everything is read before anything starts, and every mistake of every file is told at once."""

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from sensor.settings import SettingsError, load

RULE = """title: Mine
name: mine
logsource: {product: zeek, service: http}
detection:
  sel: {host|endswith: .example}
  condition: sel
level: low
"""


def test_vigies_own_rules_load_without_a_mistake():
    settings = load()
    assert {rule.telling.category for rule in settings.rules.rules} >= {"mail", "messaging", "remote", "exposure"}
    assert {c.telling.category for c in settings.rules.correlations} >= {"upload"}
    assert settings.policy.privacy == "pseudonym"


def test_a_copy_of_them_is_the_same(tmp_path):
    shutil.copytree(Path(str(files("rules"))), tmp_path / "rules")
    assert [r.name for r in load(None, tmp_path / "rules").rules.rules] == [r.name for r in load().rules.rules]


def test_a_directory_of_ones_own_rules_borrows_the_catalogues(tmp_path):
    (tmp_path / "mine.yml").write_text(RULE, encoding="utf-8")
    assert [r.name for r in load(None, tmp_path).rules.rules] == ["mine"]


def test_every_mistake_of_every_file(tmp_path):
    rules = tmp_path / "rules"
    (rules / "lists").mkdir(parents=True)
    config = tmp_path / "vigie.yml"
    config.write_text("privacy: none\nnetworks: {local: [x]}\n", encoding="utf-8")
    (rules / "a.yml").write_text(RULE.replace("host|", "hots|"), encoding="utf-8")
    (rules / "b.yml").write_bytes(b"title: \xff\n")
    (rules / "lists" / "l.yml").write_text("list: l\nentries: []\nclasses: []\nroles: []\ntilte: x\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(config, rules)
    assert [f"{Path(m.file).name}:{m.line}" for m in caught.value.mistakes] == [
        "a.yml:5",
        "b.yml:1",
        "l.yml:5",
        "vigie.yml:1",
        "vigie.yml:2",
    ]
    assert str(caught.value).count("\n") == 4


@pytest.mark.parametrize("kind", ["absent", "a directory"])
def test_a_config_that_cannot_be_read(tmp_path, kind):
    config = tmp_path / "vigie.yml"
    if kind == "a directory":
        config.mkdir()
    with pytest.raises(SettingsError, match=r"vigie\.yml:0: "):
        load(config)


def test_a_rules_directory_that_is_not_there(tmp_path):
    with pytest.raises(SettingsError, match="nowhere:0: no such directory"):
        load(None, tmp_path / "nowhere")


def test_an_empty_rules_directory_is_a_choice(tmp_path):
    assert load(None, tmp_path).rules.rules == ()


def test_the_practices_own_hosts_and_thresholds_reach_lists_and_rules(tmp_path):
    config = tmp_path / "vigie.yml"
    config.write_text(
        "hds: [{host: cloud.example.net, contract: HDS-9}]\nthresholds: {transfer: 5 Mo}\n", encoding="utf-8"
    )
    settings = load(config)
    found = settings.lists.classify("a.cloud.example.net")
    assert (found.hds, found.contract) == ("service", "HDS-9")
    assert {c.count for c in settings.rules.correlations if c.name == "upload-transfer-site"} == {5_000_000}


def test_starting_is_cheap():
    """Processor time of reading rules and lists, imports of Sigma and YAML included, in a fresh interpreter."""
    code = (
        "import time, sensor.track.observation; a = time.process_time();"
        "from sensor.settings import load; load(); print(time.process_time() - a)"
    )
    spent = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(spent) < 0.6, spent  # 0.25 s on the machine this was written on
