import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from dashboard.web.server import parse_listen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:80", ("::1", 80)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
        ("8080", ("127.0.0.1", 8080)),
        ("localhost:1", ("localhost", 1)),
    ],
)
def test_where_to_listen(text, found):
    assert parse_listen(text) == found


@pytest.mark.parametrize(
    "text", [":", "x", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "practice.example:80", "1.2.3:80"]
)
def test_a_mistake_is_said(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        parse_listen(text)


@pytest.fixture
def command(tmp_path):
    started = []

    def run(*options):
        code = "from dashboard.cli.serve import serve; serve()"
        arguments = [sys.executable, "-c", code, "--state", str(tmp_path), "--listen", "127.0.0.1:0", *options]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_one_line_opens_with_it_once_and_ends_cleanly(command, stop):
    process = command()
    link = process.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/enter/[\w-]{43}", link)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(link, timeout=10) as answer:
        assert "Aucune alerte" in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(link, timeout=10):
        pass
    assert refused.value.code == 403
    refused.value.close()
    os.kill(process.pid, stop)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")


def test_serve_says_what_is_wrong_and_leaves(command, tmp_path):
    (tmp_path / "serve").write_text("a file where the folder should be")
    out, err = command().communicate(timeout=10)
    assert out == ""
    assert err.startswith("vigie serve: ")
    assert "Traceback" not in err


def test_a_port_in_use_is_said(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = command("--listen", f"127.0.0.1:{port}")
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (1, "")
    assert err == f"vigie serve: 127.0.0.1:{port}: Address already in use\n"
