"""The figures of `--stats`: the keys that are promised, and a measure of memory that notices."""

import json
import re
import subprocess
import sys
import threading

import pytest

from sensor import stats as module
from sensor.stats import Meter, Spent, Stats, memory_kib

KEYS = (
    "packets bytes first_packet last_packet kernel_drops shed flows tcp_gaps tcp_conflicts evictions unreadable given_up packets_by_path"
    " packets_by_protocol fragments bad_checksums duplicates done_right alerts cpu_seconds max_rss_kib rss_anon_kib version"
)


def test_the_keys_are_those_promised():
    assert Stats().to_json().keys() == set(KEYS.split())


def test_times_are_rfc_3339_and_null_before_the_first_packet():
    told = Stats(first_packet=1_795_248_902_000_000_000).to_json()
    assert told["first_packet"] == "2026-11-21T08:15:02.000000Z"
    assert told["last_packet"] is None


def test_the_version_is_the_projects():
    assert re.fullmatch(r"\d+\.\d+\.\d+", Stats().version)


def test_it_is_written_as_json(tmp_path):
    file = tmp_path / "stats.json"
    file.write_text("what was there before, and longer than what comes" * 100)
    Stats(packets=7).write(file)
    assert json.loads(file.read_text())["packets"] == 7
    assert list(tmp_path.iterdir()) == [file]


def test_it_may_be_written_to_a_pipe(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from pathlib import Path; from sensor.stats import Stats; Stats().write(Path('/dev/stdout'))",
        ],
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["packets"] == 0


def test_an_unwritable_place_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        Stats().write(tmp_path / "absent" / "stats.json")


def test_what_was_spent_is_joined():
    assert Stats(packets=3).with_spent(Spent(1.5, 2_000, 1_000)) == Stats(
        packets=3, cpu_seconds=1.5, max_rss_kib=2_000, rss_anon_kib=1_000
    )


def test_the_meter_remembers_memory_that_was_given_back(monkeypatch):
    sampled = threading.Event()

    def sampling():
        found = memory_kib()
        if found["RssAnon"] > before + 50_000:
            sampled.set()
        return found

    before = memory_kib()["RssAnon"]
    monkeypatch.setattr(module, "SAMPLE_SECONDS", 0.01)
    monkeypatch.setattr(module, "memory_kib", sampling)
    with Meter() as meter:
        block = bytearray(b"x") * 100_000_000
        assert sampled.wait(10)
        del block
        spent = meter.spent()
    assert memory_kib()["RssAnon"] < before + 50_000
    assert spent.rss_anon_kib > before + 50_000
    assert spent.max_rss_kib >= spent.rss_anon_kib
    assert spent.cpu_seconds > 0


def test_a_link_is_written_through_never_replaced(tmp_path):
    behind, link = tmp_path / "behind", tmp_path / "link"
    behind.write_text("")
    link.symlink_to(behind)
    Stats().write(link)
    assert link.is_symlink()
    assert json.loads(behind.read_text())["packets"] == 0
