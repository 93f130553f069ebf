"""Command lines and windows of other machines: rlogin, X11 windows, SPICE. Telnet is in `other`, SSH in `ssh`."""

import secrets
import subprocess
import time
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node
from tests.lab.services import other, screen, ssh

TYPED = (canaries.PASSWORD, "ls /etc | head -40", "cat /etc/services | head -40", "date", "exit")


def rlogind(host: Node) -> None:
    """A log-in server of the old kind, as some instruments still have."""
    other.account()
    host.start("socat", f"TCP-LISTEN:513,bind={host.ip},reuseaddr,fork", "EXEC:/usr/sbin/in.rlogind,nofork", port=513)


def rlogin(client: Node, address: str, typed: tuple[str, ...] = TYPED) -> str:
    """Someone logs in and types."""
    argv = ["timeout", "12", "script", "-qec", f"rsh-redone-rlogin -l {canaries.USER} {address}", "/dev/null"]
    return ssh.type_in(client, argv, typed, 1.2, end="\r")


def x11(host: Node) -> Path:
    """A post that shows windows of other machines (Xvfb on TCP 6000 + SERVED) to who has the cookie; the cookie's file."""
    number, cookie = screen.SERVED, secrets.token_hex(16)
    key = host.home / "Xauthority"
    for name in (f":{number}", f"192.0.2.1:{number}"):
        subprocess.run(["xauth", "-q", "-f", key, "add", name, ".", cookie], check=True, capture_output=True)
    host.start("Xvfb", f":{number}", "-screen", "0", "800x600x24", "-auth", key, "-listen", "tcp", port=6000 + number)
    return key


def x11_window(client: Node, address: str, key: Path | None, seconds: float = 5.0) -> None:
    """A program outside draws its window on the post, for a while; without the cookie it may not."""
    env = {"DISPLAY": f"{address}:{screen.SERVED}", "XAUTHORITY": str(key or client.home / "none")}
    if key is None:
        client.run("timeout", "5", "xwd", "-root", "-silent", "-out", "/dev/null", may_fail=True, **env)
        return
    window = client.start("xterm", "-e", "while true; do cat /etc/services; sleep 0.3; done", **env)
    time.sleep(seconds)
    client.stop(window)


def spice(host: Node, port: int = 5930) -> None:
    """A virtual machine's console over SPICE (QEMU): its BIOS looks for something to start. (Xspice 0.1.5 of Debian 12 aborts.)"""
    where = f"port={port},addr={host.ip},password={canaries.PASSWORD[:12]}"
    host.start(
        "qemu-system-x86_64", "-machine", "accel=tcg", "-m", "16", "-nodefaults", "-display", "none", "-vga", "qxl", "-spice", where,
        "-boot", "menu=on,splash-time=60000", port=port,
    )  # fmt: skip


def spicy(client: Node, address: str, port: int, password: str, seconds: float = 6.0) -> None:
    """Someone looks at it."""
    shown = screen.display(client, screen.SEEN)
    viewer = client.start(
        "spicy", "-h", address, "-p", str(port), "-w", password, DISPLAY=shown, GSETTINGS_BACKEND="memory"
    )
    end, turn = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        at = (str(100 + turn * 37 % 500), str(100 + turn * 23 % 400))
        client.run("xdotool", "mousemove", *at, "key", "a", DISPLAY=shown, may_fail=True)
        turn += 1
        time.sleep(0.2)
    client.stop(viewer)
