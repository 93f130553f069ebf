"""The demo: what its page shows is what `vigie inspect` finds in the same packets, and it cleans up after itself."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.cli.demo import POLICY
from dashboard.cli.watching import Terms, run_watch
from dashboard.sources.local import LocalSource
from dashboard.web import create_app, new_link, web_settings
from sensor.capture.files import open_capture
from sensor.capture.replay import Clock, ReplaySource
from sensor.demo.film import SECOND
from sensor.demo.morning import START, write_morning
from sensor.settings import load

ROOT = Path(__file__).parents[3]
VIGIE = Path(sys.executable).with_name("vigie")
SECRETS = ("SECRETE", "secrete", "Jeanne", "Compte rendu de", "CR_", "scanner@", "secretariat@", "numerisation")
"""What the demo's packets say and nothing may repeat: a patient, a user, a file's name, local parts of addresses."""


class Hurried:
    """A clock on which a minute passes at once; it begins where the morning does."""

    def __init__(self):
        self.time = START + SECOND // 5  # its first packet: moved to now, it stays where it was

    def now(self):
        return self.time

    def wait(self, seconds):
        self.time += round(seconds * 1e9)


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "morning.pcap"
    write_morning(path)
    return path


def replay(capture, state, rules=None):
    """What the demo does, without the waiting: the page's alerts."""
    settings, clock = load(POLICY, rules), Hurried()
    source = ReplaySource(open_capture(capture), clock=Clock(clock.now, clock.wait))
    stats = run_watch(source, settings, state, threading.Event(), Terms("demo", eager=True, clock=clock.now))
    app = create_app(
        LocalSource(state, settings.policy.practice.timezone), web_settings(settings.policy, state, demo=True)
    )
    client = app.test_client()
    assert client.get(new_link(app, "")).status_code == 303
    return stats, client


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def shown(capture, state):
    return replay(capture, state)


def alerts(client):
    answer = client.get("/api/v1/alerts?limit=200").get_json()
    assert answer["next"] is None
    return answer["alerts"]


def identity(alert):
    """Not its times: growth is told once a second, and an idle wire's seconds begin elsewhere than a file's."""
    keys = ("rule", "category", "app", "nature", "severity", "count")
    figures = ("bytes_out", "bytes_in", "packets")
    ends = (
        alert["device"]["ip"],
        alert["device"]["mac"],
        *(alert["peer"][key] for key in ("ip", "port", "host", "hds")),
    )
    return (*(alert[key] for key in keys), *(alert[key] for key in figures), *ends)


def test_the_page_shows_what_inspect_finds(capture, shown):
    result = CliRunner().invoke(main, ["inspect", str(capture), "--json"])
    assert result.exit_code == 0
    inspected = [json.loads(line) for line in result.stdout.splitlines()]
    assert sorted(map(identity, alerts(shown[1])), key=str) == sorted(map(identity, inspected), key=str)


def test_there_is_an_alert_of_each_of_the_four_categories_and_none_of_what_is_right(shown):
    stats, client = shown
    found = alerts(client)
    assert {alert["category"] for alert in found} == {"mail", "messaging", "remote", "upload"}
    hosts = {alert["peer"]["host"] for alert in found}
    assert hosts == {
        "smtp.fournisseur.example",
        "g.whatsapp.net",
        "mmg.whatsapp.net",
        None,  # who came in by RDP has no name
        "storm-eu-west-1.wetransfer.net",
    }
    assert stats.done_right
    assert stats.packets > 100_000
    (upload,) = [alert for alert in found if alert["category"] == "upload"]
    assert 80_000_000 < upload["bytes_out"] < 80_010_000
    (mail,) = [alert for alert in found if alert["category"] == "mail"]
    assert mail["device"]["name"] == "Scanner"


def test_without_rules_the_page_shows_none(capture, tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    shutil.copy(ROOT / "rules" / "texts.yml", rules)
    stats, client = replay(capture, tmp_path / "state", rules)
    assert alerts(client) == []
    assert stats.packets > 100_000


def test_the_page_counts_the_days_traffic(shown):
    day = "2026-01-05"
    page = shown[1].get(f"/traffic?day={day}").get_data(as_text=True)
    assert "Secr" in page
    assert "Scanner" in page


def test_what_the_packets_say_in_confidence_is_nowhere(capture, shown, state):
    said = capture.read_bytes()
    assert all(secret.encode() in said for secret in SECRETS)
    _, client = shown
    told = json.dumps(alerts(client), ensure_ascii=False).encode() + client.get("/").get_data()
    kept = b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())
    assert len(kept) > 10_000
    assert not [secret for secret in SECRETS if secret.encode() in told + kept]


def test_save_writes_the_capture_and_exits(tmp_path, capture):
    saved = tmp_path / "saved.pcap"
    result = CliRunner().invoke(main, ["demo", "--save", str(saved)])
    assert (result.exit_code, result.output) == (0, "")
    assert saved.read_bytes() == capture.read_bytes()


def test_save_where_nothing_can_be_written_says_so(tmp_path):
    result = CliRunner().invoke(main, ["demo", "--save", str(tmp_path / "absent" / "x.pcap")])
    assert result.exit_code == 2
    assert "vigie demo:" in result.stderr
    assert "absent" in result.stderr


def test_a_busy_port_is_named_and_nothing_is_left(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [VIGIE, "demo", "--listen", f"127.0.0.1:{port}"],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--listen" in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["on a terminal", "in a script's background, where SIGINT is ignored"])
def test_it_prints_one_line_that_opens_the_page_and_ctrl_c_leaves_nothing(tmp_path, how):
    ignored = "trap '' INT; " if "ignored" in how else ""
    running = subprocess.Popen(
        ["sh", "-c", f'{ignored}exec "$0" demo --listen 127.0.0.1:0', VIGIE],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        link = running.stdout.readline().strip()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with browser.open(link, timeout=20) as page:
            assert "Tilleuls" in page.read().decode()
        running.send_signal(signal.SIGINT)
        rest, complaints = running.communicate(timeout=30)
    finally:
        running.kill()
        running.communicate()
    assert (running.returncode, rest, complaints) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
