"""The Debian packages of `packages.txt`: installed if they are missing, without a daemon starting on the machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIST = Path(__file__).with_name("packages.txt")
POLICY = Path("/usr/sbin/policy-rc.d")  # asked by every package's script before it starts a daemon; 101: do not


def listed() -> list[tuple[str, ...]]:
    """Each with its other names in other Debians, after "|"."""
    lines = (line.split("#")[0].replace("|", " ").split() for line in LIST.read_text(encoding="utf-8").splitlines())
    return [tuple(names) for names in lines if names]


def missing() -> list[tuple[str, ...]]:
    every = [name for names in listed() for name in names]
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *every]
    said = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    there = {line.split()[0] for line in said.splitlines() if line.endswith(" installed")}
    return [names for names in listed() if not there.intersection(names)]


def had(names: tuple[str, ...]) -> str | None:
    """Which of them this Debian has."""
    said = subprocess.run(["apt-cache", "policy", *names], capture_output=True, text=True, check=False).stdout
    found = (name for name in names if f"{name}:\n" in said)
    return next((name for name in found if "Candidate: (none)" not in said.split(f"{name}:\n")[1][:80]), None)


def install() -> None:
    """Does nothing when all are there; says which are missing when they cannot be installed, or are in no such Debian."""
    if not missing():
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    with _no_daemons():
        _apt("update", env=quiet)
        wanted = [name for names in missing() if (name := had(names))]
        if wanted:
            print(f"installing {', '.join(wanted)}", file=sys.stderr)
            _apt("install", "--no-install-recommends", *wanted, env=quiet)
    left = missing()
    if failed := [names[0] for names in left if had(names)]:
        sys.exit(f"The lab needs these Debian packages: {' '.join(failed)}")
    for names in left:
        print(f"This Debian has no {' or '.join(names)}: scenarios that run it are wrong here.", file=sys.stderr)


def _apt(*argv: str, env: dict[str, str]) -> None:
    subprocess.run(["apt-get", "-qq", *argv], env=env, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextmanager
def _no_daemons() -> Iterator[None]:
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
