"""`vigie setup influx` and `vigie doctor influx`, against the real server."""

import json
import os
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.influx.client import Human, Influx, Where
from dashboard.influx.doctor import examine
from dashboard.influx.probe import may_read, may_write
from dashboard.influx.setup import version_of, warning_of
from dashboard.influx.tokens import TokenError, read
from sensor.detect.policy import Retention
from tests.influxd.fixtures import practice_of
from tests.influxd.server import Influxd

DAY = 86_400


def findings(made, keep=None):
    return [(one.good, one.text) for one in examine(made.settings, keep or made.policy.retention, made.files)]


def bucket(made, name):
    found = made.server.get("/api/v2/buckets?limit=100")["buckets"]
    return next((one for one in found if one["name"] == name), None)


def test_a_fresh_server_is_made_ready_and_a_second_time_changes_nothing(influxd, tmp_path):
    server = Influxd(tmp_path / "influxd").start()
    try:
        (tmp_path / "vigie.yml").write_text(
            f"practice: {{site: tilleuls}}\ninfluxdb: {{url: '{server.url}', token_file: w, read_token_file: r}}\n"
        )
        command = ["setup", "influx", "--config", str(tmp_path / "vigie.yml")]
        first = CliRunner().invoke(main, command)
        assert first.exit_code == 0, first.output
        assert "first set-up: made" in first.output
        version = server.get("/health")["version"]
        assert (f"warning: InfluxDB {version} works" in first.output) == bool(warning_of(version))
        assert first.output.count(": made") == 5
        for name in ("influx-admin.token", "w", "r"):
            assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
            assert read(tmp_path / name) not in first.output
        kept = {name: (tmp_path / name).read_text() for name in ("influx-admin.token", "w", "r")}
        second = CliRunner().invoke(main, command)
        assert second.exit_code == 0, second.output
        assert second.output.count("already there") == 6
        assert ": made" not in second.output
        assert {name: (tmp_path / name).read_text() for name in kept} == kept
        doctor = CliRunner().invoke(main, ["doctor", "influx", "--config", str(tmp_path / "vigie.yml")])
        assert doctor.exit_code == 0, doctor.output
        assert "WRONG" not in doctor.output
        server.token = kept["influx-admin.token"].strip()
        rules = {one["name"]: one["retentionRules"] for one in server.get("/api/v2/buckets")["buckets"]}
        seconds = {name: rules[name][0]["everySeconds"] for name in ("detail", "figures", "totals")}
        assert seconds == {"detail": 7 * DAY, "figures": 184 * DAY, "totals": 397 * DAY}
    finally:
        server.stop()


def test_tokens_do_one_thing_each(practice):
    made = practice()
    names = (made.settings.buckets.detail, made.settings.buckets.figures, made.settings.buckets.totals)
    for file, write, reading in ((made.files.write, True, False), (made.files.read, False, True)):
        influx = Influx(Where(made.server.url, made.settings.org), read(file))
        assert [may_write(influx, name) for name in names] == [write] * 3
        assert [may_read(influx, name) for name in names] == [reading] * 3
        assert not may_read(influx, "first")
        assert not may_write(influx, "first")
        influx.close()
    request = urllib.request.Request(f"{made.server.url}/api/v2/authorizations")
    request.add_header("Authorization", f"Token {read(made.files.write)}")
    assert json.loads(urllib.request.urlopen(request).read())["authorizations"] == []


def test_what_was_changed_by_hand_is_found_and_mended(practice):
    made = practice()
    assert all(good is not False for good, _ in findings(made))
    detail = bucket(made, made.settings.buckets.detail)
    made.server.delete(f"/api/v2/buckets/{detail['id']}")
    assert (False, f"the box may not write to bucket {detail['name']}, or there is none of that name") in findings(made)
    told = made.set_up()
    assert f"bucket {detail['name']} (7 days): made" in told
    assert [line for line in told if line.endswith("made, the one before it revoked")]
    assert all(good is not False for good, _ in findings(made))
    longer = Retention(detail_days=3)
    assert any(
        good is False and "keeps points for 7 days; the policy says 3" in text for good, text in findings(made, longer)
    )
    shorter = replace(made, policy=replace(made.policy, retention=longer))
    assert any("changed" in line for line in shorter.set_up())
    assert all(good is not False for good, _ in findings(shorter))


def test_a_token_of_the_box_that_can_read_is_wrong(practice):
    made = practice()
    made.files.write.write_text(made.server.token)
    made.files.write.chmod(0o644)
    told = [text for good, text in findings(made) if good is False]
    assert any("it should only write" in text for text in told)
    assert any("may be read by everybody" in text for text in told)
    assert not any(made.server.token in text for _, text in findings(made))
    assert any(line.endswith("made, the one before it revoked") for line in made.set_up())
    assert all(good is not False for good, _ in findings(made))


def test_a_server_that_is_away_and_tokens_that_are_none(practice, tmp_path):
    made = practice()
    away = replace(made, policy=replace(made.policy, influxdb=replace(made.settings, url="http://127.0.0.1:9")))
    assert [good for good, _ in findings(away)] == [False]
    made.files.admin.unlink()
    with pytest.raises(TokenError, match=r"admin\.token: No such file"):
        made.set_up()
    made.files.write.write_text("two words\n")
    with pytest.raises(TokenError) as told:
        read(made.files.write)
    assert "two words" not in str(told.value)


def test_a_credential_of_systemd_goes_before_the_file_beside_vigie_yml(practice, tmp_path, monkeypatch):
    made = practice()
    (tmp_path / "write.token").write_text(made.server.token)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert made.files.write == tmp_path / "write.token"
    assert made.files.read == made.folder / "read.token"


@pytest.mark.parametrize(
    ("text", "number"), [("v2.7.12", (2, 7, 12)), ("2.9.1", (2, 9, 1)), ("2.10", (2, 10)), ("dev", ())]
)
def test_versions_are_read_as_numbers(text, number):
    assert version_of(text) == number


def test_old_versions_are_refused_or_warned_of():
    assert warning_of("v2.9.1") == warning_of("v2.10.0") == ""
    assert "2.9.1" in warning_of("v2.7.0")
    assert "does not tell" in warning_of("")
    for old in ("v2.6.1", "1.8.10", "3.0.0"):
        with pytest.raises(Human, match="needs version 2"):
            warning_of(old)


def test_no_section_no_set_up(tmp_path):
    (tmp_path / "vigie.yml").write_text("practice: {site: a}\n")
    for command in ("setup", "doctor"):
        done = CliRunner().invoke(main, [command, "influx", "--config", str(tmp_path / "vigie.yml")])
        assert done.exit_code == 2
        assert "no section 'influxdb'" in done.output


def test_nothing_is_asked_of_a_server_without_a_token(influxd, tmp_path):
    """A request without a token is refused: the fixtures of this suite are not open to all."""
    made = practice_of(influxd, tmp_path / "p")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{made.server.url}/api/v2/buckets")
    assert os.environ.get("CREDENTIALS_DIRECTORY") is None
