"""Lint and types are tests, so that one command tells all, and its last line is pytest's."""

import subprocess
import sys

import pytest

from tests.house.tree import ROOT, files


@pytest.mark.parametrize(
    "tool",
    [
        ["ruff", "check", "--quiet"],
        ["ruff", "format", "--check", "--quiet"],
        ["mypy", "--no-error-summary"],
    ],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_python_is_clean(tool):
    done = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_shell_scripts_are_clean():
    scripts = [path for path in files() if path.suffix == ".sh" or path.read_bytes()[:9] == b"#!/bin/sh"]
    assert len(scripts) >= 4
    done = subprocess.run(
        ["shellcheck", "--external-sources", *scripts], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
