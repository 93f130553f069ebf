"""The tests beside this one again with Numba's bounds checking on, in a process and a cache of their own: as in kernel/test_bounds."""

import os
import subprocess
import sys

from tests.sensor.wire.kernel.test_bounds import CANARY, HERE, ROOT


def test_with_bounds_checking(tmp_path):
    canary = tmp_path / "test_canary.py"
    canary.write_text(CANARY)
    environment = dict(os.environ, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path / "cache"), PYTHONPATH=str(ROOT))
    environment.pop("CI", None)  # the outer run counts what is left out
    tests = [str(canary), *(str(HERE.parent / "bulk" / name) for name in ("test_runs.py", "test_skim.py"))]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(ROOT), *tests]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
