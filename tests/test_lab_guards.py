"""What is broken on purpose (`python -m tests.lab.broken`): each reader has a guard, each guard stands, one is broken for a try."""

import subprocess
import sys

import pytest

from sensor.wire.readers import DATAGRAMS, STREAMS
from tests.lab import scenario as scenarios
from tests.lab.broken import NOTICED
from tests.lab.guards import GUARDS, TOP, WITHOUT

TRIED = next(number for number, guard in enumerate(GUARDS) if guard.module == "sensor.wire.smtp_mail")


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.module}-{guard.scenario}")
def test_a_guard_stands_in_its_source(guard):
    assert guard.old in (TOP / f"{guard.module.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert guard.scenario in scenarios.names()


def test_each_reader_has_a_guard():
    readers = {entry.probe.__module__.partition("_words")[0] for entry in (*STREAMS, *DATAGRAMS)}
    without = {name for name in readers if not any(guard.module.startswith(name) for guard in GUARDS)}
    assert without == WITHOUT.keys()


def test_a_broken_guard_is_noticed():
    done = subprocess.run([sys.executable, "-m", "tests.lab.broken", str(TRIED)], cwd=TOP, check=False)
    assert done.returncode == NOTICED
