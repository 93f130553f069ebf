"""`vigie report`: what is written where, the first kept, and what is wrong said in a line."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from sensor.store import WatchStore
from tests.dashboard.conftest import PARIS, SECOND

VIGIE = Path(sys.executable).with_name("vigie")
OCTOBER = int(datetime(2026, 10, 5, 12, tzinfo=PARIS).timestamp()) * SECOND


@pytest.fixture
def vigie(tmp_path):
    def run(*options):
        return CliRunner().invoke(main, ["report", "--state", str(tmp_path), *options])

    return run


def test_it_is_kept_and_the_first_stays(vigie, tmp_path, sample):
    with WatchStore(tmp_path):
        pass
    kept = tmp_path / "relay" / "reports"
    assert vigie("--month", "2026-10").stdout.split() == [
        str(kept / f"2026-10.{suffix}") for suffix in ("pdf", "csv", "json")
    ]
    first = (kept / "2026-10.pdf").read_bytes()
    with WatchStore(tmp_path) as store:
        store.upsert([sample])  # another month's: the journal goes on, the month is what it was
    assert vigie("--month", "2026-10").exit_code == 0
    assert len(list(kept.iterdir())) == 3
    with WatchStore(tmp_path) as store:
        store.upsert([replace(sample, id="late", first_seen=OCTOBER, last_seen=OCTOBER)])
    assert vigie("--month", "2026-10").stdout.split()[0] == str(kept / "2026-10-2.pdf")
    assert (kept / "2026-10.pdf").read_bytes() == first


def test_out_writes_there_only(vigie, tmp_path):
    with WatchStore(tmp_path):
        pass
    done = vigie(
        "--month", "2025-10", "--out", str(tmp_path / "r.pdf"), "--lang", "en", "--sections", "coverage, journal"
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbftable,id,rule")
    assert not (tmp_path / "relay").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--month", "2026-13"], "2026-13: a month is wanted, such as 2026-10"),
        (["--month", "2099-01"], "2099-01: that month has not begun"),
        (["--sections", "alerts,poems"], "unknown section 'poems'; there are alerts,"),
        ([], "vigie.db"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(vigie, options, said):
    done = vigie(*options)
    assert done.exit_code == 2
    assert done.stderr.startswith("vigie report: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_same_bytes_in_another_process_whatever_surrounds_it(tmp_path, sample):
    with WatchStore(tmp_path) as store:
        store.upsert([replace(sample, id=f"a{n}", first_seen=OCTOBER, last_seen=OCTOBER) for n in range(9)])

    def run(name, **surroundings):
        out = tmp_path / name / "r.pdf"
        out.parent.mkdir()
        command = [VIGIE, "report", "--state", tmp_path, "--month", "2026-10", "--out", out]
        subprocess.run(command, env=os.environ | surroundings, check=True, capture_output=True, cwd=out.parent)
        return {path.suffix: path.read_bytes() for path in out.parent.iterdir()}

    first = run("one", PYTHONHASHSEED="1", TZ="Pacific/Auckland", LC_ALL="C")
    assert set(first) == {".pdf", ".csv", ".json"}
    assert run("two", PYTHONHASHSEED="2", TZ="America/Los_Angeles", LC_ALL="C.UTF-8", HOME=str(tmp_path)) == first


@pytest.mark.parametrize("kind", ["notice", "register"])
def test_a_paper_needs_no_store(tmp_path, kind):
    out = tmp_path / "paper.pdf"
    done = CliRunner().invoke(main, ["report", "--paper", kind, "--out", str(out)])
    assert done.stdout.split() == [str(out), str(out.with_suffix(".md"))]
    assert out.read_bytes().startswith(b"%PDF-")


def test_without_a_store_a_report_says_what_it_wants():
    done = CliRunner().invoke(main, ["report"])
    assert (done.exit_code, done.stderr) == (2, "vigie report: --state DIR says where the store is\n")
