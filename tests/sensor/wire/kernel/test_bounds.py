"""The hostile packets again with Numba's bounds checking on, in a process and a cache of their own.

With a warm cache Numba ignores NUMBA_BOUNDSCHECK without a word (the setting is not part of a cached function's key), so a
canary that reads beyond an array must raise in the same process: else the run proves nothing.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]

CANARY = """
import numpy as np
import pytest
from sensor.compiled import compiled

@compiled
def beyond(data, at):
    return data[np.uint64(at)]

def test_canary():
    assert beyond(np.zeros(4, dtype=np.uint8), 3) == 0
    with pytest.raises(IndexError):
        beyond(np.zeros(4, dtype=np.uint8), 4)
"""


def test_with_bounds_checking(tmp_path):
    canary = tmp_path / "test_canary.py"
    canary.write_text(CANARY)
    environment = dict(os.environ, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path / "cache"), PYTHONPATH=str(ROOT))
    environment.pop("CI", None)  # the outer run counts what is left out
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(ROOT)]
    tests = [
        str(canary),
        *(str(HERE / name) for name in ("test_hostile.py", "test_walk.py", "test_account.py", "test_link.py")),
    ]
    done = subprocess.run(
        [*command, *tests], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert (tmp_path / "cache").is_dir()  # nothing was taken from the warm cache
