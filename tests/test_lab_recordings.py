"""Vigie judges the lab's recordings: what each scenario says must be told is told, and nothing else; no canary gets out.

The recordings are made by `tests/lab/run all --record tests/recordings`, from the real programs of each scenario.
"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.settings import load
from tests.lab import canaries
from tests.lab import scenario as scenarios
from tests.lab.frames import all_payload, read
from tests.lab.verdict import verdict

RECORDINGS = Path(__file__).parent / "recordings"


def recording(name: str) -> bytes:
    return read(next(RECORDINGS.glob(f"{name}.pcap*")))


@pytest.mark.parametrize("name", [name for name in scenarios.names() if not scenarios.load(name).cells])
def test_vigie_tells_what_it_should_and_no_more(name, tmp_path):
    scenario, data = scenarios.load(name), recording(name)
    assert scenarios.unseen(scenario, data) == []
    (tmp_path / "mirror.pcap").write_bytes(data)
    more = []
    if scenario.config:
        (tmp_path / "vigie.yml").write_text(scenario.config, encoding="utf-8")
        more = ["--config", str(tmp_path / "vigie.yml")]
    stats = tmp_path / "stats.json"
    argv = ["inspect", str(tmp_path / "mirror.pcap"), "--json", "--stats", str(stats), *more]
    result = CliRunner().invoke(main, argv, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert json.loads(stats.read_text())["packets"] > 0
    outcome, sentences = verdict(scenario, [json.loads(line) for line in result.stdout.splitlines()])
    assert outcome in {"right", "waiting"}, "\n".join(sentences)
    assert canaries.found_in(result.stdout_bytes + stats.read_bytes()) == set()


@pytest.mark.parametrize("name", [name for name in scenarios.names() if scenarios.load(name).good is not None])
def test_what_was_done_right_is_counted(name, tmp_path):
    (tmp_path / "mirror.pcap").write_bytes(recording(name))
    chain = Chain(load(None, None), seed=1)
    for _ in chain.run(open_capture(tmp_path / "mirror.pcap")):
        pass
    assert {what: times for what, times in chain.done_right().items() if times} == dict(scenarios.load(name).good)


@pytest.mark.parametrize("name", ["like_call_telehealth", "like_call_telephone", "messenger_call_peer"])
def test_calls_are_known_by_their_media(name, tmp_path):
    """Real media, so that its silence in the alerts means something."""
    (tmp_path / "mirror.pcap").write_bytes(recording(name))
    argv = ["inspect", str(tmp_path / "mirror.pcap"), "--logs", str(tmp_path)]
    assert CliRunner().invoke(main, argv, catch_exceptions=False).exit_code == 0
    assert len((tmp_path / "rtp.log").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    "name", ["mail_clear_pdf", "pop3_clear_pdf", "imap_clear_pdf", "ftp_clear_upload", "telnet_session"]
)
def test_canaries_really_travelled(name):
    """So that a search that finds none on Vigie's side means something."""
    assert canaries.found_in(all_payload(recording(name)))
