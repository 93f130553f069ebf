"""What all tests share: what a run of CI may not leave out, and the corpus of other people's captures.

With CI=true nothing is left out unseen: a skip, an expected failure, a deselection or an ignored file fails the run.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

from sensor.store import WatchStore
from tests.influxd.build import CannotBuildError
from tests.influxd.build import influxd as build_influxd

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"  # beside the clone: other people's captures, never part of the project

_corpus_missed = pytest.StashKey[bool]()
_left_out = pytest.StashKey[str]()


def pytest_configure() -> None:
    """A run in a script's background inherits SIGINT ignored, and so would every program that the tests start and stop by it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # an example is never timed; CI draws the same ones each time, a developer's runs go on searching
    settings.register_profile("vigie", deadline=None, derandomize=os.environ.get("CI") == "true")
    settings.load_profile("vigie")


@pytest.fixture(autouse=True)
def clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a time server has set the clock of the machine that runs the tests is not what they are about."""
    monkeypatch.setattr("sensor.store.clock.synchronised", lambda: True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[WatchStore]:
    """An open store of `watch`, under the test's own directory."""
    with WatchStore(tmp_path) as opened:
        yield opened


@pytest.fixture
def corpus(request: pytest.FixtureRequest) -> Path | None:
    """The folder of the labelled captures; None where it is absent: the test then passes, and the run says CORPUS NOT RUN."""
    if CORPUS.is_dir():
        return CORPUS
    request.config.stash[_corpus_missed] = True
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """InfluxDB is built before the first test, if one wants it: on a busy machine that takes longer than a test may."""
    wanted = any("influxd" in getattr(item, "fixturenames", ()) for item in session.items)
    if wanted and not session.config.option.collectonly:
        with suppress(CannotBuildError):
            build_influxd()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A developer without the means runs the rest; under CI such a skip fails the run."""
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("needs root: network namespaces, packet sockets")
    if item.get_closest_marker("browser") and not shutil.which("chromium"):
        pytest.skip("needs Debian's chromium")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Before the summary is printed, which then ends in pytest's own line."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return
    counts = {word: len(reporter.stats.get(word, ())) for word in ("skipped", "xfailed", "xpassed", "deselected")}
    counts["ignored"] = len(session.config.getoption("ignore") or ()) + len(
        session.config.getoption("ignore_glob") or ()
    )
    left_out = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    if left_out:
        session.config.stash[_left_out] = left_out
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash.get(_corpus_missed, False):
        terminalreporter.write_line(
            f"CORPUS NOT RUN: no {CORPUS.relative_to(ROOT.parent)} beside the clone", yellow=True
        )
    if left_out := config.stash.get(_left_out, None):
        terminalreporter.write_line(f"CI=true, and something was left out: {left_out}", red=True)
