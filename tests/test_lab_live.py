"""The lab itself, as root: a chosen short set of scenarios, judged, live too; and that nothing of it is ever left."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.lab.__main__ import SHORT

pytestmark = pytest.mark.root

RUN = Path(__file__).parent / "lab" / "run"


def lab(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([RUN, *argv], capture_output=True, text=True, check=False, timeout=600)


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """The labs of this test keep their folders here: other clones of this machine may run theirs meanwhile."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))


def left() -> dict[str, object]:
    """What a lab of this clone could leave behind: its processes, named namespaces, mounts and files."""
    mine = re.escape(str(Path(sys.executable).parent))
    processes = subprocess.run(
        ["pgrep", "-f", f"{mine}.*(tests.lab.inside|vigie-lab-)"], capture_output=True, text=True, check=False
    )
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    return {
        "processes": processes.stdout.split(),
        "namespaces": sorted(path.name for path in Path("/run/netns").glob("*")) if Path("/run/netns").exists() else [],
        "mounts": [line for line in mounts if line.startswith("lab ") or "vigie-lab" in line],
        "files": sorted(str(path) for path in Path(os.environ["TMPDIR"]).iterdir()),
        "links": sorted(path.name for path in Path("/sys/class/net").iterdir()),
    }


def test_short_set_is_right():
    done = lab("short")
    assert f"scenarios {len(SHORT)}, right {len(SHORT)}, waiting 0" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_live_watch_tells_a_clear_mail():
    done = lab("mail_clear_pdf", "--live")
    assert "scenarios 1, right 1, waiting 0" in done.stdout, done.stdout + done.stderr


def test_a_clear_mail_leads_to_a_mail_in_the_dpos_mailbox():
    done = lab("mail_to_the_dpo")
    assert "scenarios 1, right 1, waiting 0" in done.stdout, done.stdout + done.stderr
    assert re.search(r"in the DPO's mailbox \d\.\d s after swaks began", done.stdout)


@pytest.mark.parametrize(("scenario", "status"), [("dns_messenger", 0), ("_failing", 1)])
def test_nothing_is_left(scenario, status):
    before = left()
    assert lab(scenario).returncode == status
    assert left() == before


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A kept root, as small as can be, where the sandbox hides what is under /tmp."""
    for layer in ("base", "tiny"):
        kept = tmp_path / "vigie" / "lab" / layer
        for folder in (kept, kept / "dev", kept / "proc"):
            folder.mkdir(parents=True, exist_ok=True)
        (kept / f"{layer}.txt").write_text(layer)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def files_of(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("scenario", ["_endless", "_rooted"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_it_is_stopped(how, scenario, cache):
    before, kept = left(), files_of(cache)
    with subprocess.Popen(
        [RUN, scenario], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 20
        while not subprocess.run(["pgrep", "-f", "^sleep 60$"], capture_output=True, check=False).stdout:
            assert time.monotonic() < deadline, "the scenario does not start"
            time.sleep(0.1)
        os.kill(process.pid, how)
    deadline = time.monotonic() + 5
    while (now := left()) != before and time.monotonic() < deadline:
        time.sleep(0.1)
    if how is signal.SIGKILL:  # nobody can clear up after that: an empty folder of its own stays
        for folder in now["files"]:
            Path(folder, "mirror.pcap").unlink(missing_ok=True)
            Path(folder).rmdir()
        now["files"] = []
    assert now == before
    assert files_of(cache) == kept
