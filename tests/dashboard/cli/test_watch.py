"""`vigie watch` as it is run: on an interface, with packets that pass, until it is told to stop."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.cli.telling import plain
from sensor.demo.film import Film
from sensor.demo.mail import report_in_clear
from sensor.store import WatchStore
from sensor.store.status import read_status, status_file
from tests.veth import send, wire

VIGIE = Path(sys.executable).with_name("vigie")


@pytest.fixture
def pair():
    with wire():
        yield


def scene():
    """The frames of a mail in clear, whole."""
    film = Film(4)
    report_in_clear(film, 0)
    file = film.develop(0)
    at, frames = 24, []
    while at < len(file):
        size = int.from_bytes(file[at + 8 : at + 12], "little")
        frames.append(file[at + 16 : at + 16 + size])
        at += 16 + size
    return frames


def start(state, *words):
    """A watch that has opened its ring."""
    command = [VIGIE, "watch", "--interface", "here", "--state", state, *words]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    deadline = time.monotonic() + 120  # it may have to compile first
    while read_status(status_file(state)) is None:
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return running


@pytest.mark.root
@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_mail_in_clear_is_told_at_once_and_all_of_it_is_kept(tmp_path, number):
    state, stats = tmp_path / "state", tmp_path / "stats.json"
    frames = scene()
    with start(state, "--json", "--stats", stats) as running:
        sent = send(frames)
        alert = json.loads(running.stdout.readline())
        running.send_signal(number)
        rest, complaints = running.communicate(timeout=30)
    assert (running.returncode, complaints) == (0, "")
    assert (alert["category"], alert["peer"]["host"], alert["peer"]["port"]) == ("mail", "smtp.fournisseur.example", 25)
    assert all(json.loads(line)["id"] == alert["id"] for line in rest.splitlines())
    assert (
        alert["device"]["ip"] != "192.168.1.40"
    )  # nobody named it: a pseudonym, since stdout goes to the system's log
    figures = json.loads(stats.read_text())
    assert (figures["packets"], figures["kernel_drops"]) == (sent, 0)
    assert figures["packets_by_path"]["ring"] == sent
    status = read_status(status_file(state))
    assert (status.packets, status.ended, status.interface) == (sent, True, "here")
    with WatchStore(state) as store:
        (kept,) = store.load_alerts()
    assert (kept.id, kept.device.ip) == (alert["id"], "192.168.1.40")


@pytest.mark.root
@pytest.mark.usefixtures("pair")
def test_it_stops_after_its_duration_and_speaks_to_people_without_json(tmp_path):
    with start(tmp_path / "state", "--duration", "3", "--lang", "en") as running:
        send(scene())
        out, complaints = running.communicate(timeout=30)
    assert (running.returncode, complaints) == (0, "")
    assert "IMPORTANT" in out
    assert "attachment" in out.lower()


@pytest.mark.root
@pytest.mark.usefixtures("pair")
def test_what_does_not_let_it_watch_is_one_line_and_exit_2(tmp_path):
    def refused(*words):
        done = subprocess.run([VIGIE, "watch", *words], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        (line,) = done.stderr.splitlines()
        return line

    assert "eth9: no such interface" in refused("-i", "eth9", "--state", tmp_path / "a")
    with WatchStore(tmp_path / "b"):
        assert "another process is using it" in refused("-i", "here", "--state", tmp_path / "b")
    (tmp_path / "vigie.yml").write_text("practise: {}\n")
    assert "vigie.yml:1" in refused("-i", "here", "--state", tmp_path / "c", "--config", tmp_path / "vigie.yml")


def test_it_loads_none_of_the_webs_packages():
    code = (
        "import sys, dashboard.cli.watch; print(sorted({m.partition('.')[0] for m in sys.modules}"
        " & {'flask', 'werkzeug', 'waitress', 'jinja2', 'influxdb_client', 'pyshark'}))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_name_that_a_stranger_chose_cannot_command_a_terminal():
    assert plain("\x1b[2Jhôte\r\n") == "�[2Jhôte��"
