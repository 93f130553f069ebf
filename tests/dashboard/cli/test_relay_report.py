"""`vigie relay` makes the monthly report, whether or not it has anything else to do."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.kept_reports import kept, kept_in
from dashboard.report.month import Month
from sensor.store import WatchStore
from sensor.store.seeing import Counts
from tests.dashboard.conftest import PARIS

VIGIE = Path(sys.executable).with_name("vigie")
PATIENCE = 60


@pytest.fixture
def state(tmp_path):
    """A box that has watched for three months."""
    began = time.time_ns() - int(timedelta(days=92).total_seconds()) * 1_000_000_000
    with WatchStore(tmp_path, clock=lambda: began) as store:
        store.add_sight(began, 10.0, Counts(packets=3))
        store.flush(began, force=True)
    return tmp_path


def due():
    """The newest month that is due, as the clock says it now."""
    now = datetime.now(UTC).astimezone(PARIS)
    running = Month(now.year, now.month)
    return str(running.before if (now.day, now.hour) >= (1, 6) else running.before.before)


def test_once_makes_it_and_says_where(state):
    done = subprocess.run(
        [VIGIE, "relay", "--state", state, "--once"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{kept_in(state) / f'{due()}.pdf'}\n"
    again = subprocess.run(
        [VIGIE, "relay", "--state", state, "--once"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_it_runs_without_anything_to_send_and_ends_when_told(state):
    (kept_in(state)).mkdir(parents=True)
    for suffix in ("pdf", "csv", "json"):
        (kept_in(state) / f"{due()}.{suffix}").write_text("{}")
    running = subprocess.Popen([VIGIE, "relay", "--state", state], stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + PATIENCE
        while not (state / "relay" / "vigie.db-wal").exists() and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(1)
        assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        assert running.communicate(timeout=PATIENCE) == (None, "")
    finally:
        running.kill()
        running.communicate()
    assert running.returncode == 0
    assert [one.month for one in kept(kept_in(state))] == [due()]
