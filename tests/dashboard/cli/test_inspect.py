"""`vigie inspect`, as a person runs it: what goes to which stream, and with which exit code."""

import json
import os
import pty
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner

from dashboard.cli import main

HEADER = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")  # of a pcap without packets
SECRETS = ("SECRETE", "Jeanne", "scanner@", "secretariat@", "CR_", "Document numérisé")


def vigie(*arguments):
    return CliRunner().invoke(main, ["inspect", *(str(argument) for argument in arguments)])


def process(*arguments, **options):
    command = [sys.executable, "-c", "from dashboard.cli import main; main()", "inspect", *arguments]
    return subprocess.run(command, capture_output=True, check=False, **options)


def alerts(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_is_one_alert_a_line_and_nothing_else(mail_capture):
    result = vigie(mail_capture, "--json")
    assert result.exit_code == 0
    assert result.stderr == ""
    found = [alert for alert in alerts(result) if alert["category"] == "mail"]
    assert len(found) == 1
    assert found[0]["evidence"]["facts"]["mime_types"] == "application/pdf"
    assert found[0]["evidence"]["facts"]["extensions"] == "pdf"
    assert found[0]["first_seen"].startswith("2026-11-21T08:15:")


@pytest.mark.parametrize("options", [("--json",), ()])
def test_what_people_wrote_is_not_told(mail_capture, mail_bytes, options):
    assert b"SECRETE" in mail_bytes
    result = vigie(mail_capture, *options)
    assert not [secret for secret in SECRETS if secret in result.output]


def test_the_report_is_in_french_unless_told_otherwise(mail_capture):
    assert "IMPORTANT" in vigie(mail_capture).stdout
    assert "IMPORTANT" in vigie(mail_capture, "--lang", "en").stdout


def test_the_language_is_the_practices(mail_capture, tmp_path):
    policy = tmp_path / "vigie.yml"
    policy.write_text("practice: {language: en}\n")
    assert "IMPORTANT" in vigie(mail_capture, "--config", policy).stdout


def test_everybody_is_recognised_unless_the_policy_says_otherwise(mail_capture, tmp_path):
    policy = tmp_path / "vigie.yml"
    policy.write_text("practice: {language: en}\n")
    plain = alerts(vigie(mail_capture, "--json"))
    assert plain[0]["device"]["mac"]
    assert alerts(vigie(mail_capture, "--json", "--config", policy))[0]["device"] == plain[0]["device"]
    policy.write_text("privacy: pseudonym\n")
    hidden = vigie(mail_capture, "--json", "--config", policy)
    assert plain[0]["device"]["ip"] not in hidden.stdout
    assert plain[0]["device"]["mac"] not in hidden.stdout


def test_stats_are_written(mail_capture, tmp_path):
    stats = tmp_path / "stats.json"
    result = vigie(mail_capture, "--json", "--stats", stats)
    told = json.loads(stats.read_text())
    assert told["packets"] > 100
    assert told["alerts"] == len(alerts(result))
    assert told["packets_by_path"] == {"kernel": told["packets"], "ring": 0, "scapy": 0}
    assert told["cpu_seconds"] > 0
    assert told["rss_anon_kib"] > 0


def test_stats_that_cannot_be_written_are_told_before_anything_is_printed(mail_capture, tmp_path):
    result = vigie(mail_capture, "--json", "--stats", tmp_path / "absent" / "stats.json")
    assert result.exit_code == 2
    assert "No such file" in result.stderr
    assert result.stdout == ""


def test_a_capture_without_packets_is_a_capture(tmp_path):
    path = tmp_path / "nothing.pcap"
    path.write_bytes(HEADER)
    result = vigie(path, "--json")
    assert (result.exit_code, result.output) == (0, "")
    assert "rien à juger" in vigie(path).stdout


@pytest.mark.parametrize("content", [b"", b"this is no capture at all, only text", HEADER[:20], None])
def test_nothing_that_could_be_read_is_exit_2_and_one_line(tmp_path, content):
    path = tmp_path / "bad.pcap"
    if content is not None:
        path.write_bytes(content)
    result = vigie(path, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert str(path) in result.stderr


def test_a_folder_is_no_capture(tmp_path):
    result = vigie(tmp_path)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_one_readable_file_is_enough(mail_capture, tmp_path):
    result = vigie(tmp_path / "absent.pcap", mail_capture, "--json")
    assert result.exit_code == 0
    assert alerts(result)
    assert "absent.pcap" in result.stderr


def test_a_file_cut_in_mid_packet_is_judged_and_the_place_is_told(mail_capture, mail_bytes):
    mail_capture.write_bytes(mail_bytes[:-10])
    result = vigie(mail_capture, "--json")
    assert result.exit_code == 0
    assert [alert["category"] for alert in alerts(result)].count("mail") == 1
    assert len(result.stderr.splitlines()) == 1
    assert str(mail_capture) in result.stderr
    assert "coupé au milieu d’un paquet" in result.stderr


def test_every_mistake_in_the_policy_is_told_with_its_line(mail_capture, tmp_path):
    policy = tmp_path / "vigie.yml"
    policy.write_text("practice:\n  language: klingon\nnonsense: 1\nretention:\n  detail_days: soon\n")
    result = vigie(mail_capture, "--config", policy)
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert [line.startswith(f"{policy}:{number}: ") for line, number in zip(lines, (2, 3, 5), strict=True)] == [
        True
    ] * 3


def test_with_rules_of_ones_own_the_others_are_silent(mail_capture, tmp_path):
    (tmp_path / "mine.yml").write_text(
        "title: Mail to my laboratory\nname: mine\nlogsource: {product: vigie, service: smtp}\n"
        "detection:\n  sent:\n    transferred: true\n  condition: sent\nlevel: low\n"
    )
    result = vigie(mail_capture, "--json", "--rules", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert [alert["rule"] for alert in alerts(result)] == ["mine"]


def test_a_reader_that_goes_away_is_no_failure(mail_capture):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", "from dashboard.cli import main; main()", "inspect", mail_capture, "--json"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_colours_are_for_terminals(mail_capture):
    assert b"\x1b[" not in process(mail_capture).stdout
    main_end, terminal = pty.openpty()
    shown = bytearray()

    def collect():
        try:
            while block := os.read(main_end, 65_536):
                shown.extend(block)
        except OSError:  # the other end was closed: all was said
            return

    reader = threading.Thread(target=collect)
    reader.start()
    command = [sys.executable, "-c", "from dashboard.cli import main; main()", "inspect", mail_capture]
    subprocess.run(command, stdout=terminal, check=True, env={**os.environ, "TERM": "xterm"})
    os.close(terminal)
    reader.join()
    os.close(main_end)
    assert b"\x1b[31m" in shown


def test_a_narrow_locale_does_not_stop_the_json(mail_capture):
    done = process(mail_capture, "--json", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert "é" in done.stdout.decode()


def test_zeek_s_logs_are_written_and_keep_nobody_s_words(mail_capture, tmp_path):
    result = vigie(mail_capture, "--json", "--logs", tmp_path / "logs")
    assert result.exit_code == 0
    logs = {path.stem: path.read_text() for path in (tmp_path / "logs").iterdir()}
    assert {"conn", "smtp"} <= logs.keys()
    assert json.loads(logs["smtp"].splitlines()[0])["mime_types"] == ["application/pdf"]
    assert not [secret for secret in SECRETS if secret in "".join(logs.values())]


def test_logs_that_cannot_be_written_are_told(mail_capture, tmp_path):
    (tmp_path / "logs").write_text("a file in the way")
    result = vigie(mail_capture, "--logs", tmp_path / "logs")
    assert result.exit_code == 2
    assert "logs" in result.stderr
