"""The lock holds what pyproject.toml asks, for both machines and each Python, and says nothing of where it comes from."""

import re
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PYTHONS = ("311", "312", "313")
REQUIREMENTS = ROOT / "provisioning" / "requirements"


def asked(kind: str) -> list[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"]
    groups = {
        "box": [
            *PROJECT["project"]["dependencies"],
            *extras["serve"],
            *extras["influx"],
            *PROJECT["build-system"]["requires"],
        ],
        "dev": [*extras["compare"], *PROJECT["dependency-groups"]["dev"]],
    }
    return [Requirement(line) for line in (groups["box"] if kind == "box" else groups["box"] + groups["dev"])]


def pins(kind: str, python: str) -> dict[str, str]:
    """Every line is a pin or a hash, and every pin has hashes: else this fails."""
    text = (REQUIREMENTS / f"{kind}-cp{python}.txt").read_text()
    entries = text.partition("\n")[2].replace(" \\\n", "").splitlines()
    found = [
        re.fullmatch(r"([a-z0-9.-]+)==([a-z0-9.]+)((?:    --hash=sha256:[0-9a-f]{64})+)", entry) for entry in entries
    ]
    assert all(found), [entry for entry, match in zip(entries, found, strict=True) if not match]
    return {match[1]: match[2] for match in found}


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("kind", ["box", "dev"])
def test_the_lock_holds_what_is_asked(kind, python):
    locked = pins(kind, python)
    for need in asked(kind):
        assert need.specifier.contains(locked[canonicalize_name(need.name)]), need


@pytest.mark.parametrize("python", PYTHONS)
def test_dev_is_box_and_more(python):
    assert pins("box", python).items() <= pins("dev", python).items()


@pytest.mark.parametrize("kind", ["box", "dev"])
def test_each_python_has_the_same_packages(kind):
    assert len({frozenset(pins(kind, python)) for python in PYTHONS}) == 1


@pytest.mark.parametrize("python", ["311", "313"])
def test_all_of_it_can_be_had_for_a_pi(tmp_path, python):
    platforms = [f"--platform={tag}_aarch64" for tag in ("manylinux_2_28", "manylinux_2_17", "manylinux2014")]
    abis = [f"--abi={abi}" for abi in (f"cp{python}", "abi3", "none")]
    lock = REQUIREMENTS / f"box-cp{python}.txt"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--require-hashes",
        "--only-binary=:all:",
        *platforms,
    ]
    command += [
        f"--python-version={python}",
        "--implementation=cp",
        *abis,
        f"--dest={tmp_path}",
        f"--requirement={lock}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.iterdir())) == len(pins("box", python))
