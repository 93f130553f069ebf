"""`vigie relay` and whoever else holds a token of InfluxDB, as processes: they do their work, and the token is nowhere but in its file."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from sensor.store import SeriesRow, WatchStore
from sensor.store.errors import StoreError
from sensor.store.reader import read
from sensor.store.schema import RELAY
from sensor.store.upkeep import Terms
from tests.influxd.equal import compared

VIGIE = Path(sys.executable).with_name("vigie")
MINUTE = 60_000_000_000
WRONG = "a-token-that-nobody-gave-and-nobody-may-see"


def filled(made, minutes=20):
    now = time.time_ns()
    with WatchStore(made.state, terms=Terms(trusted=lambda: True)) as store:
        store.add_series(
            SeriesRow(now // MINUTE - ago, "192.168.1.20", None, "ssl", 10, 20, 1, 2, 1) for ago in range(minutes)
        )
        store.flush(now, force=True)


def started(folder, *words):
    with (folder / "out").open("ab") as out:
        return subprocess.Popen([VIGIE, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=out)


def until(happened, seconds=60):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.2)


def shown(process):
    """What `ps` shows of a process to everybody, and to its own user."""
    folder = Path(f"/proc/{process.pid}")
    return (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes() + (folder / "comm").read_bytes()


def health(made):
    with suppress(StoreError):  # it may not have made its file yet
        return read(RELAY.path(made.state), lambda db: [rule for (rule,) in db.execute("SELECT rule FROM alert")])
    return []


def test_the_token_is_in_no_list_of_processes_no_output_no_store_and_no_page(practice, tmp_path):
    made = practice()
    filled(made)
    at = ("--state", made.state, "--config", made.config)
    right, reading = made.files.write.read_text(), made.files.read.read_text()
    secrets = [word.strip().encode() for word in (right, reading, made.server.token, WRONG)]
    admin = ("--config", made.config, "--admin-token-file", made.files.admin)
    (tmp_path / "setup").write_bytes(subprocess.check_output([VIGIE, "setup", "influx", *admin]))
    (tmp_path / "doctor").write_bytes(subprocess.check_output([VIGIE, "doctor", "influx", "--config", made.config]))
    seen = b""
    relay, serve = started(tmp_path, "relay", *at), started(tmp_path, "serve", *at, "--listen", "127.0.0.1:0")
    try:
        until(lambda: b"/enter/" in (tmp_path / "out").read_bytes())
        seen += shown(relay) + shown(serve)
        link = next(word for word in (tmp_path / "out").read_text().split() if word.startswith("http"))
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        seen += browser.open(link, timeout=30).read()
        base = link.partition("/enter/")[0]
        for file in (made.files.write, made.files.read):
            file.write_text(WRONG)
        until(lambda: health(made) == ["influx-token"])
        for page in ("/", "/traffic", "/live/strip", "/api/v1/alerts", "/api/v1/coverage"):
            seen += browser.open(base + page, timeout=30).read()
        seen += shown(relay) + shown(serve)
        assert "InfluxDB refuse le jeton" in browser.open(base, timeout=30).read().decode()
        made.files.write.write_text(right)
        made.files.read.write_text(reading)
        until(lambda: compared_well(made))
    finally:
        for process in (relay, serve):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(30) for process in (relay, serve)] == [0, 0]
    for file in tmp_path.rglob("*"):
        if file.is_file() and file not in (made.files.write, made.files.read, made.files.admin):
            seen += file.read_bytes()
    assert len(seen) > 100_000
    assert [one for one in secrets if one in seen] == []
    assert b"InfluxDB needs a person" in seen


def compared_well(made):
    found = compared(made)
    return not found.lost and not found.duplicated


def test_once_says_how_many_points_and_how_it_ended(practice):
    made = practice()
    filled(made, 5)
    at = ("relay", "--once", "--state", made.state, "--config", made.config)

    def ran():
        done = subprocess.run(
            [VIGIE, *at], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
        )
        return done.returncode, done.stdout + done.stderr

    assert ran() == (0, "5 points shipped\n")
    assert ran() == (0, "0 points shipped\n")
    made.files.write.write_text(WRONG)
    code, said = ran()
    assert code == 2
    assert said.startswith("vigie relay: 401")
    assert WRONG not in said
    made.files.write.unlink()
    code, said = ran()
    assert code == 2
    assert "write.token: No such file" in said
