"""A server in a root of its own: what `tests/lab/roots` made and keeps, laid under memory for the time of one lab.

Inside a sandbox only. The kept root is never written: its layers are the lower ones of an overlay whose upper one is the
host's own folder, in the sandbox's memory. So it needs no clearing up, and two labs may use one root at a time.
"""

import fcntl
import subprocess
import sys
from pathlib import Path

from tests.lab import sandbox
from tests.lab.lab import PATIENCE, Node

KEPT = sandbox.CACHE / "lab"
MAKE = Path(__file__).with_name("roots")
PYTHONS = {
    "matrix": ("matrix-synapse==1.163.2", "matrix-nio==0.26.0"),
    "telegram": ("telethon==1.45.0",),  # its client, and the types of which its server is made
    "webrtc": ("aiortc==1.16.0",),  # calls as browsers make them: ICE, DTLS-SRTP
    "hl7": ("hl7==0.4.5",),
}


def make(*names: str) -> None:
    """Makes the roots that are missing; on the machine, before a sandbox begins."""
    for name in sorted(PYTHONS.keys() & names):
        _make_python(name)
    if systems := sorted(set(names) - PYTHONS.keys()):
        subprocess.run([MAKE, *systems], check=True, stdin=subprocess.DEVNULL)


def _make_python(name: str) -> None:
    """A Python of its own for programs of PyPI that Vigie itself has no use for."""
    folder, made, wanted = KEPT / name, KEPT / f"{name}.made", " ".join(PYTHONS[name])
    if made.exists() and made.read_text() == wanted:
        return
    print(f"installing {wanted} (once)", file=sys.stderr, flush=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / ".lock").open("a") as lock:  # two runs of the lab may want it at a time
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", folder], check=True)
        subprocess.run(
            [folder / "bin" / "pip", "install", "--quiet", *PYTHONS[name]], check=True, stdin=subprocess.DEVNULL
        )
        made.write_text(wanted)


class Root:
    """The root `name` as a host's own system, with the host's certificate in /etc/lab (`old`: RSA)."""

    def __init__(self, host: Node, name: str, *, old: bool = False) -> None:
        self._host = host
        self.ip = host.ip
        self.top = host.home / "root"
        upper, work = host.home / "root.upper", host.home / "root.work"
        for folder in (self.top, upper, work):
            folder.mkdir()
        layers = f"lowerdir={KEPT / name}:{KEPT / 'base'},upperdir={upper},workdir={work}"
        self._mount("-t", "overlay", "-o", layers, "lab", self.top)
        for shared in ("/dev", "/proc"):
            self._mount("--rbind", shared, f"{self.top}{shared}")
        self.file("/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 poste.cabinet.example poste\n")
        pair = host.certificate(old=old)
        for kind, file in (("certificate", pair.certificate), ("key", pair.key), ("both", pair.both)):
            self.file(f"/etc/lab/{kind}.pem", file.read_bytes(), 0o600)

    @staticmethod
    def _mount(*arguments: str | Path) -> None:
        subprocess.run(["mount", *arguments], check=True)

    def file(self, path: str, content: str | bytes, mode: int = 0o644, *, more: bool = False) -> None:
        """A file of the root's; `more`: added to what it says."""
        target = Path(f"{self.top}{path}")
        target.parent.mkdir(parents=True, exist_ok=True)
        before = target.read_bytes() if more else b""
        target.write_bytes(before + (content.encode() if isinstance(content, str) else content))
        target.chmod(mode)

    def run(self, *argv: str, feed: str = "", patience: float = PATIENCE) -> str:
        return self._host.run("chroot", self.top, *argv, feed=feed, patience=patience)

    def start(self, *argv: str, port: int, proto: str = "tcp") -> None:
        self._host.start("chroot", self.top, *argv, port=port, proto=proto)
