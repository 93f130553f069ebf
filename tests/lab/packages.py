"""The Debian packages of `packages.txt`: installed if they are missing, without a daemon starting on the machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIST = Path(__file__).with_name("packages.txt")
POLICY = Path("/usr/sbin/policy-rc.d")  # asked by every package's script before it starts a daemon; 101: do not


def listed() -> list[str]:
    lines = (line.split("#")[0].strip() for line in LIST.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def missing() -> list[str]:
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *listed()]
    said = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    there = {line.split()[0] for line in said.splitlines() if line.endswith(" installed")}
    return [name for name in listed() if name not in there]


def install() -> None:
    """Does nothing when all are there; says which are missing when they cannot be installed."""
    wanted = missing()
    if not wanted:
        return
    print(f"installing {', '.join(wanted)}", file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _no_daemons():
        for argv in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "--no-install-recommends", *wanted]):
            subprocess.run(argv, env=quiet, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if left := missing():
        sys.exit(f"The lab needs these Debian packages: {' '.join(left)}")


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
