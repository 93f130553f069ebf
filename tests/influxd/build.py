"""Builds influxd, once: `python -m tests.influxd.build` prints where it lies. Called by `tests.influxd.server`.

An influxd 2 of the PATH is taken as it is. Else the module beside this file is built with the Go and cargo of this machine
(Go 1.23, Rust 1.72 or newer), into a cache outside the clone that is named by what went into it. Nothing downloads a
toolchain: GOTOOLCHAIN=local, and cargo is the toolchain's own, since rustup's shim finds none where the home is empty.
Its Flux library is Rust: newer compilers warn of more than it allows, hence the wrapper with `--cap-lints`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VERSION = "2.7.12"
SERVER = "github.com/influxdata/influxdb/v2/cmd/influxd"
LONGEST = 3_000  # seconds, on a machine that does other things too


class CannotBuildError(Exception):
    """There is no influxd, and no means to build one; the message says what is missing."""


def influxd() -> Path:
    """The program. Errors: CannotBuildError."""
    there = shutil.which("influxd")
    if there is not None and _is_second(Path(there)):
        return Path(there)
    made = cache() / "influxd"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        with (made.parent / "lock").open("w") as lock:  # two runs at once build it once
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                _build(made)
    return made


def cache() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum", "build.py"):
        digest.update((HERE / name).read_bytes())
    return home / "vigie" / f"influxd-{VERSION}-{digest.hexdigest()[:12]}"


def _is_second(path: Path) -> bool:
    told = subprocess.run([path, "version"], capture_output=True, text=True, check=False).stdout
    return "InfluxDB v2" in told or "InfluxDB 2" in told


def _build(made: Path) -> None:
    go = shutil.which("go", path=f"{os.environ['PATH']}:/usr/lib/go-1.23/bin")  # where Debian's backports put it
    cargo = _cargo()
    if go is None or cargo is None or not shutil.which("gcc"):
        raise CannotBuildError("influxd is built with Go 1.23, cargo 1.72 (or newer) and gcc, and they are not in PATH")
    folder = made.parent
    wrapper = folder / "rustc-wrapper"
    wrapper.write_text('#!/bin/sh\nexec "$@" --cap-lints warn\n')
    wrapper.chmod(0o755)
    environment = {
        **os.environ,
        "HOME": os.environ.get("HOME") or str(folder),
        "PATH": f"{cargo.parent}:{Path(go).parent}:{os.environ['PATH']}",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOBIN": str(folder),
        "CGO_ENABLED": "1",
        "CARGO_TARGET_DIR": "",
        "RUSTC_WORKSPACE_WRAPPER": str(wrapper),
        "RUSTUP_AUTO_INSTALL": "0",
    }
    environment.pop("CARGO_TARGET_DIR")
    toolchain = _toolchain(cargo)
    if toolchain:
        environment["RUSTUP_TOOLCHAIN"] = toolchain
    _run([go, "install", "github.com/influxdata/pkg-config"], environment)
    environment["PKG_CONFIG"] = str(folder / "pkg-config")
    half = folder / "influxd.half"
    tags = "sqlite_foreign_keys,sqlite_json"
    named = f"-s -w -X main.version=v{VERSION}"
    _run([go, "build", "-tags", tags, "-ldflags", named, "-o", str(half), SERVER], environment)
    half.rename(made)


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["nice", *command],
        cwd=HERE,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        raise CannotBuildError(f"{' '.join(command[:3])} failed:\n{done.stdout[-4_000:]}")


def _cargo() -> Path | None:
    """The toolchain's own cargo, behind rustup's shim if that is what PATH has."""
    found = shutil.which("cargo")
    if found is None:
        return None
    rustup = shutil.which("rustup")
    if rustup is None or Path(found).resolve().name != Path(rustup).resolve().name:
        shim = Path(found)
        return shim if shim.resolve().name != "rustup" and not _is_shim(shim) else _beside(shim)
    return _beside(Path(found))


def _is_shim(cargo: Path) -> bool:
    """rustup's shims are hard links of one program, several megabytes from any toolchain's folder."""
    rustup = cargo.with_name("rustup")
    return rustup.exists() and rustup.stat().st_size == cargo.stat().st_size


def _beside(shim: Path) -> Path | None:
    """rustup lays toolchains beside its shims: …/.cargo/bin/cargo and …/.rustup/toolchains/NAME/bin/cargo."""
    homes = [Path(os.environ["RUSTUP_HOME"])] if os.environ.get("RUSTUP_HOME") else []
    homes += [shim.parent.parent.with_name(".rustup"), shim.parent.parent.with_name("rustup")]
    found = [one for home in homes for one in sorted((home / "toolchains").glob("*/bin/cargo"))]
    steady = [one for one in found if "nightly" not in one.parts[-3] and "beta" not in one.parts[-3]]
    return (steady or found or [None])[0]


def _toolchain(cargo: Path) -> str | None:
    """The name of rustup's toolchain that this cargo belongs to: the Flux library pins an old one otherwise."""
    return cargo.parent.parent.name if cargo.parent.parent.parent.name == "toolchains" else None


if __name__ == "__main__":
    program = influxd()
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.strip()
    sys.stdout.write(f"{program}\n{version}\n")
