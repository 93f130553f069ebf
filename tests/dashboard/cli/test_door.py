import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from dashboard.cli.door import REFUSED_EVERY, Door, tended
from sensor.store import keys
from sensor.store.errors import NeedsHuman, Reason
from sensor.store.reader import read
from sensor.store.serve import ServeStore, sign_ins
from sensor.store.verify import verify


@pytest.fixture
def serving(tmp_path):
    with ServeStore(tmp_path) as store:
        yield store


def came(store):
    return [(one.way, one.peer, one.outcome) for one in read(store.path, sign_ins)]


def test_whoever_tries_all_day_is_told_once_a_minute(serving):
    now = [0.0]
    door = Door(serving, lambda: now[0])
    for _ in range(5):
        door.came("link", "192.168.1.9", "refused")
        door.came("link", "192.168.1.5", "opened")
    now[0] = REFUSED_EVERY
    door.came("link", "192.168.1.9", "refused")
    assert came(serving).count(("link", "192.168.1.9", "refused")) == 2
    assert came(serving).count(("link", "192.168.1.5", "opened")) == 5


def test_a_store_that_cannot_write_keeps_nobody_out(serving, monkeypatch, caplog):
    def refuse(*_):
        raise NeedsHuman(Reason.FULL, serving.path)

    monkeypatch.setattr(serving, "sign_in", refuse)
    Door(serving).came("link", "192.168.1.5", "opened")
    assert "not kept" in caplog.text


def test_the_store_is_tended_meanwhile(serving, monkeypatch):
    done = []
    monkeypatch.setattr(serving, "tend", done.append)
    with tended(serving, 0.001):
        while len(done) < 2:
            time.sleep(0.001)
    count = len(done)
    time.sleep(0.01)
    assert len(done) == count


def code(link):
    try:
        with urllib.request.urlopen(link) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_vigie_serve_keeps_who_signed_in(tmp_path):
    """The real process: its link opened by a program without cookies, which sees no inbox then, and tried once more."""
    words = [Path(sys.executable).with_name("vigie"), "serve", "--state", tmp_path, "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        assert link.startswith("http://127.0.0.1:")
        assert code(link) == 403
        assert code(link) == 403
    finally:
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate()
    assert process.returncode == 0, complaints
    path = ServeStore.LAYOUT.path(tmp_path)
    assert [(one.way, one.peer, one.outcome) for one in read(path, sign_ins)] == [
        ("link", "127.0.0.1", "refused"),
        ("link", "127.0.0.1", "opened"),
    ]
    assert read(path, lambda db: verify(db, keys.load(path.parent / "keys"))).fault is None
    assert not path.with_name("vigie.db-wal").exists()
