"""A world of its own for one lab: when its first process ends, for whatever reason, nothing of it is left.

`command` wraps a command in new mount, network, process, host-name and IPC namespaces; `furnish`, called inside, lays
memory over /etc, /var, /run and /tmp. So daemons of the system may be configured in their usual places, network
namespaces are named in a private /run/netns, and the kernel itself takes away processes, namespaces and files with the
sandbox's process 1: on its return, on Ctrl-C, on SIGKILL.
"""

import os
import subprocess
import sys
from pathlib import Path

LAB = Path("/run/lab")  # inside a sandbox only
OUT = LAB / "out"  # where it may leave what outlives it
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vigie"  # what is made once and kept


def command(argv: list[str]) -> list[str]:
    """`argv` as process 1 of a new sandbox that dies with the caller."""
    return [
        *("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--net", "--uts", "--ipc"),
        *("--pid", "--fork", "--kill-child", "--mount-proc", *argv),
    ]


def furnish(out: Path) -> None:
    """Private /run, /tmp, /etc and /var; `out` of the outside is OUT inside."""
    kept = [Path(path).resolve() for path in (Path(__file__).parents[2], sys.prefix, sys.base_prefix, CACHE)]
    hidden = [path for path in kept if path.exists() and any(path.is_relative_to(top) for top in ("/tmp", "/run"))]
    with _Held(out, *hidden) as held:
        _mount("-t", "tmpfs", "-o", "mode=755", "lab", "/run")
        _mount("-t", "tmpfs", "-o", "mode=1777", "lab", "/tmp")
        for path, place in zip((out, *hidden), (OUT, *hidden), strict=True):
            place.mkdir(parents=True, exist_ok=True)
            _mount("--no-canonicalize", "--bind", held[path], str(place))  # what it names is covered by now
    for name in ("etc", "var"):
        upper, work = LAB / f"{name}.upper", LAB / f"{name}.work"
        upper.mkdir()
        work.mkdir()
        _mount("-t", "overlay", "-o", f"lowerdir=/{name},upperdir={upper},workdir={work}", "lab", f"/{name}")
    for name in ("netns", "lock", "sshd", "dovecot", "nginx"):
        (Path("/run") / name).mkdir(exist_ok=True)
    Path("/run/lock").chmod(0o1777)
    Path("/etc/hosts").write_text("127.0.0.1 localhost\n127.0.1.1 poste.cabinet.example poste\n")


class _Held:
    """Directories kept reachable through open descriptors while what leads to them is covered."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._held: dict[Path, int] = {}

    def __enter__(self) -> dict[Path, str]:
        self._held = {path: os.open(path, os.O_PATH | os.O_DIRECTORY) for path in self._paths}
        return {path: f"/proc/{os.getpid()}/fd/{held}" for path, held in self._held.items()}

    def __exit__(self, *_: object) -> None:
        for held in self._held.values():
            os.close(held)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
