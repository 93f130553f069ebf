"""Under CI nothing is left out unseen: tests/conftest.py makes such a run fail, whatever its last line says."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

PASSES = "def test_one(): pass\ndef test_two(): pass\n"


def run(folder, text, *arguments, ci="true"):
    (folder / "test_it.py").write_text("import pytest\n" + text)
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={folder}", "-c", "/dev/null"]
    environment = {**os.environ, "CI": ci}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(
        [*command, *arguments, folder], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_a_run_of_everything_passes(tmp_path):
    code, output = run(tmp_path, PASSES)
    assert code == 0, output
    assert "left out" not in output


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("def test_skipped(): pytest.skip('no')\n" + PASSES, (), "1 skipped"),
        ("@pytest.mark.skipif(True, reason='no')\n" + PASSES, (), "1 skipped"),
        ("@pytest.mark.xfail\ndef test_bad(): assert 0\n" + PASSES, (), "1 xfailed"),
        ("@pytest.mark.xfail\ndef test_good(): pass\n" + PASSES, (), "1 xpassed"),
        (PASSES, ("-k", "one"), "1 deselected"),
        (PASSES, ("-m", "not root"), None),
        (PASSES, ("--deselect", "test_it.py::test_two"), "1 deselected"),
        (PASSES, ("--ignore", "elsewhere"), "1 ignored"),
    ],
)
def test_what_is_left_out_fails_the_run(tmp_path, text, arguments, said):
    code, output = run(tmp_path, text, *arguments)
    last = output.splitlines()[-1]
    assert " passed" in last, output
    if said is None:
        assert code == 0, output
        return
    assert code == 1, output
    assert f"CI=true, and something was left out: {said}" in output


def test_a_file_that_skips_itself_fails_the_run(tmp_path):
    code, output = run(tmp_path, "pytest.importorskip('no_such_module')\n" + PASSES)
    assert code == 1, output
    assert "CI=true, and something was left out: 1 skipped" in output


def test_a_developer_may_leave_things_out(tmp_path):
    code, output = run(tmp_path, PASSES, "-k", "one", ci="")
    assert code == 0, output
