#!/usr/bin/env python3
"""Writes provisioning/requirements/{box,dev}-cp3XX.txt from pyproject.toml: every package pinned, every wheel hashed.

Run by hand when a dependency changes: `./provisioning/lock.py` keeps what is pinned where it still fits,
`./provisioning/lock.py --upgrade` takes the newest of everything. Read by provisioning/setup.sh.

box = the dependencies, the extras `serve`, `influx` and `report`, and what builds an editable install; dev = box, the extra `compare`
and the group `dev`. One file a Python, good for x86-64 and aarch64 alike:

* A wheel of each package must exist for both machines, else the lock fails here and not on a Pi.
* No markers: `pip download --platform …` judges them by the Python that runs it, not by the one it downloads for. For the
  same reason a package that one Python needs is locked for all.
* No index and no address: where packages come from is the machine's business.
"""

import argparse
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "provisioning" / "requirements"
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28")
BUILD = ("hatchling", "editables")  # of the group `dev`: an editable install without build isolation needs them too


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of one lock: its version, and the SHA-256 of each wheel that fits."""

    version: str
    hashes: frozenset[str]


Lock = dict[str, Pin]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--upgrade", action="store_true", help="take the newest versions, not those pinned now")
    upgrade = options.parse_args().upgrade
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    build = [need for need in project["dependency-groups"]["dev"] if need.startswith(BUILD)]
    box = ["--extra", "serve", "--extra", "influx", "--extra", "report"]
    dev = [*box, "--extra", "compare", "--group", "dev"]
    with tempfile.TemporaryDirectory(prefix="vigie-lock-") as scratch:
        uv = install_uv(Path(scratch))
        for name, asked in (("dev", dev), ("box", box)):
            write(name, lock_all(uv, asked, build, pinned="dev" if name == "box" else None if upgrade else "dev"))


def install_uv(scratch: Path) -> Path:
    """The resolver, in a virtual environment that goes away with `scratch`."""
    venv.create(scratch, with_pip=True)
    run([scratch / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
    return scratch / "bin" / "uv"


def lock_all(uv: Path, asked: list[str], needs: list[str], *, pinned: str | None) -> dict[str, Lock]:
    """One lock a Python; packages that only one of them needs are asked of all, until all hold the same names."""
    while True:
        locks = {python: lock(uv, python, asked, needs, pinned=pinned) for python in PYTHONS}
        missing = set().union(*locks.values()) - set.intersection(*(set(found) for found in locks.values()))
        if not missing - set(needs):
            return locks
        needs = [*needs, *sorted(missing)]


def lock(uv: Path, python: str, asked: list[str], needs: list[str], *, pinned: str | None) -> Lock:
    """What `asked` and `needs` come to under one Python, the same on each platform."""
    constraints = path_of(pinned, python) if pinned else None
    per_platform = [dict(resolve(uv, python, platform, asked, needs, constraints)) for platform in PLATFORMS]
    merged: Lock = {}
    for name in sorted(set().union(*per_platform)):
        pins = [found[name] for found in per_platform if name in found]
        if len(pins) < len(PLATFORMS) or len({pin.version for pin in pins}) > 1 or not all(pin.hashes for pin in pins):
            sys.exit(f"{name} for Python {python}: not the same version, or no wheel, on {' and '.join(PLATFORMS)}")
        merged[name] = Pin(pins[0].version, frozenset().union(*(pin.hashes for pin in pins)))
    return merged


def resolve(
    uv: Path, python: str, platform: str, asked: list[str], needs: list[str], constraints: Path | None
) -> Iterator[tuple[str, Pin]]:
    """What uv answers, in the standard lock format (PEP 751), which names each wheel that fits the platform."""
    with tempfile.TemporaryDirectory(prefix="vigie-lock-") as scratch:
        extra = Path(scratch) / "needs.in"
        extra.write_text("\n".join(needs))
        output = Path(scratch) / "pylock.toml"
        command: list[str | Path] = [uv, "pip", "compile", ROOT / "pyproject.toml", extra, *asked, "--quiet"]
        command += ["--format", "pylock.toml", "--output-file", output, "--only-binary", ":all:"]
        command += ["--python-version", python, "--python-platform", platform]
        if constraints and constraints.exists():
            command += ["--constraints", constraints]
        run(command)
        for package in tomllib.loads(output.read_text())["packages"]:
            hashes = frozenset(wheel["hashes"]["sha256"] for wheel in package.get("wheels", ()))
            yield package["name"], Pin(package["version"], hashes)


def write(name: str, locks: dict[str, Lock]) -> None:
    REQUIREMENTS.mkdir(exist_ok=True)
    for python, pins in locks.items():
        lines = ["# Made by provisioning/lock.py: do not edit."]
        for package, pin in pins.items():
            lines += [
                " \\\n    ".join([f"{package}=={pin.version}", *(f"--hash=sha256:{h}" for h in sorted(pin.hashes))])
            ]
        path_of(name, python).write_text("\n".join(lines) + "\n")
        print(f"{path_of(name, python).relative_to(ROOT)}: {len(pins)} packages")


def path_of(name: str, python: str) -> Path:
    return REQUIREMENTS / f"{name}-cp{python.replace('.', '')}.txt"


def run(command: list[str | Path]) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own arguments
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
