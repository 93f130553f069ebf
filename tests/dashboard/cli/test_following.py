"""`vigie inspect --follow` as a person runs it, beside a program that rotates its files."""

import json
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.cli.following import AtOnce
from tests.privacy.conversations import PDF, capture, message, smtp, tcp

COMMAND = [sys.executable, "-c", "from dashboard.cli import main; main()", "inspect", "--follow"]
PATIENCE = 120


def waiting_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_mail_that_goes_on_in_the_next_file_is_told_while_it_is_followed(tmp_path, number):
    whole = tcp(smtp(message(PDF)))
    folder, out = tmp_path / "captures", tmp_path / "alerts"
    folder.mkdir()
    half = len(whole) // 2
    with out.open("wb") as stdout:
        program = subprocess.Popen(
            [*COMMAND, "--json", "--stats", str(tmp_path / "stats"), str(folder)],
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
        try:
            capture(tmp_path / "0", whole[:half]).rename(folder / "0.pcap")
            capture(tmp_path / "1", whole[half:]).rename(folder / "1.pcap")
            waiting_for(out.read_bytes)
            program.send_signal(number)
            _, said = program.communicate(timeout=PATIENCE)
        finally:
            program.kill()
    assert (program.returncode, said) == (0, b"")
    alerts = [json.loads(line) for line in out.read_text().splitlines()]
    assert {alert["category"] for alert in alerts} >= {"mail"}
    assert json.loads((tmp_path / "stats").read_text())["packets"] == len(whole)


def test_a_folder_that_does_not_exist():
    result = CliRunner().invoke(main, ["inspect", "--follow", "/absent"])
    assert result.exit_code == 2
    assert "/absent: no such folder" in result.output


def test_what_grew_since_is_told_again_at_the_end():
    told = []
    at_once = AtOnce(told.append)

    class Made:
        def __init__(self, id_, count):
            self.id, self.count = id_, count

    first, second, grown = Made("a", 1), Made("b", 1), Made("a", 2)
    at_once.take([first, second])
    at_once.take([grown])
    at_once.last({"a": grown, "b": second})
    assert told == [first, second, grown]
