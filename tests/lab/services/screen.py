"""Remote screens: TigerVNC and x11vnc with their viewers, xrdp with FreeRDP. Screens are Xvfb's."""

import random
import shutil
import subprocess
import time
from itertools import count
from pathlib import Path
from threading import Event

from tests.lab import canaries
from tests.lab.lab import Node, until

SERVED, SEEN = 31, 41  # display numbers: of the post that is watched, of who watches
TILE = 160  # pixels
TURNS = count()  # no picture comes twice: a screen that stays as it is sends nothing


def display(host: Node, number: int) -> str:
    """A screen on a host."""
    host.start("Xvfb", f":{number}", "-screen", "0", "800x600x24", "-ac", "-nolisten", "tcp")
    until(lambda: Path(f"/tmp/.X11-unix/X{number}").exists(), f"screen {number} on {host.name}")
    return f":{number}"


def tigervnc(host: Node, *, port: int = 5900, secured: bool = True) -> None:
    """TigerVNC's server: its own screen, shown to who knows the password."""
    options = ["-SecurityTypes", "None"]
    if secured:
        made = subprocess.run(
            ["vncpasswd", "-f"], input=canaries.PASSWORD[:8].encode(), capture_output=True, check=True
        )
        options = ["-SecurityTypes", "VncAuth", "-PasswordFile", str(host.file("vncpasswd", made.stdout, 0o600))]
    host.start(
        "Xtigervnc",
        f":{SERVED}",
        "-geometry",
        "800x600",
        "-depth",
        "24",
        "-rfbport",
        str(port),
        "-ac",
        *options,
        port=port,
    )


def x11vnc(host: Node, *, port: int = 5900, secured: bool = False) -> None:
    """x11vnc: shows the screen that a post has."""
    shown = display(host, SERVED)
    asks = ["-passwd", canaries.PASSWORD[:8]] if secured else ["-nopw"]
    host.start("x11vnc", "-display", shown, "-rfbport", str(port), "-forever", *asks, "-noxdamage", "-quiet", port=port)


def vnc_refused(client: Node, address: str, port: int) -> None:
    """Someone tries a wrong password."""
    shown = display(client, SEEN)
    wrong = client.file("wrong", b"\x01\x02\x03\x04\x05\x06\x07\x08")
    client.run("timeout", "4", "xtightvncviewer", "-passwd", wrong, f"{address}::{port}", DISPLAY=shown, may_fail=True)


def busy(host: Node, seconds: float, number: int = SERVED) -> None:
    """Something moves on a screen for a while: a pattern that does not compress to nothing."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        turn = next(TURNS)
        dots = random.Random(turn)
        bits = ",\n".join(
            f"0x{octet:02x}" for octet in dots.randbytes(TILE * TILE // 8)
        )  # X reads lines of 255 at most
        picture = f"#define t_width {TILE}\n#define t_height {TILE}\nstatic char t_bits[] = {{\n{bits}}};\n"
        pattern = host.file(f"pattern{turn}.xbm", picture)
        host.run("xsetroot", "-bitmap", pattern, "-fg", ("red", "navy", "gold")[turn % 3], DISPLAY=f":{number}")
        time.sleep(0.3)


def vncviewer(
    client: Node,
    address: str,
    served: Node,
    *,
    port: int = 5900,
    seconds: float = 6.0,
    touched: bool = True,
    not_before: Event | None = None,
) -> None:
    """Someone looks at a screen, and moves the mouse; or connects and leaves it alone. `not_before`: nobody leaves before that."""
    screen = display(client, SEEN)
    password = client.file("passwd", subprocess.run(["vncpasswd", "-f"], input=canaries.PASSWORD[:8].encode(),
                                                    capture_output=True, check=True).stdout, 0o600)  # fmt: skip
    viewer = client.start(
        "xtightvncviewer",
        "-passwd",
        password,
        "-encodings",
        "tight hextile raw",
        f"{address}::{port}",
        DISPLAY=screen,
    )
    if not_before is not None:
        while not not_before.is_set():
            _use(client, served, screen, 1.0)
    _use(client, served, screen, seconds, touched=touched)
    client.stop(viewer)


def _use(client: Node, served: Node, screen: str, seconds: float, *, touched: bool = True) -> None:
    time.sleep(1.0 if touched else seconds)
    if not touched:
        return
    end = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < end:
        client.run(
            "xdotool",
            "mousemove",
            str(100 + turn * 37 % 500),
            str(100 + turn * 23 % 400),
            "key",
            "a",
            DISPLAY=screen,
            may_fail=True,
        )
        busy(served, 0.3)
        turn += 1


def xrdp(host: Node, *, security: str = "tls", port: int = 3389) -> None:
    """xrdp in front of a TigerVNC screen of the same post. `security`: "tls" or "rdp"."""
    host.start("Xtigervnc", f":{SERVED}", "-geometry", "800x600", "-depth", "24", "-rfbport", "5931", "-localhost", "-ac",
               "-SecurityTypes", "None", port=5931)  # fmt: skip
    pair = host.lab.authority.pair(f"{host.name}.cabinet.example")
    level = "high" if security == "tls" else "fips"  # the one old cipher that OpenSSL 3 still has on both sides
    conf = host.file(
        "xrdp.ini",
        f"[Globals]\nini_version=1\nfork=true\nport=tcp://{host.ip}:{port}\ntcp_nodelay=true\nsecurity_layer={security}\n"
        f"crypt_level={level}\ncertificate={pair.certificate}\nkey_file={pair.key}\nssl_protocols=TLSv1.2, TLSv1.3\nautorun=lab\n"
        "allow_channels=true\nallow_multimon=false\nbitmap_cache=true\nbitmap_compression=true\nmax_bpp=24\nuse_fastpath=both\n\n"
        "[Logging]\nLogFile=/dev/stderr\nLogLevel=INFO\nEnableConsole=true\n\n[Channels]\nrdpdr=true\n\n"
        "[lab]\nname=lab\nlib=libvnc.so\nip=127.0.0.1\nport=5931\nusername=na\npassword=na\n",
    )
    host.start("xrdp", "--nodaemon", "--config", conf, port=port)


def freerdp(
    client: Node,
    address: str,
    served: Node,
    *,
    port: int = 3389,
    seconds: float = 6.0,
    sec: str = "tls",
    touched: bool = True,
) -> str:
    """Someone works on a post through FreeRDP."""
    screen = display(client, SEEN)
    viewer = client.start(
        _xfreerdp(), f"/v:{address}:{port}", f"/u:{canaries.USER}", f"/p:{canaries.PASSWORD}", f"/sec:{sec}", "/cert:ignore",
        "/size:800x600", "/bpp:24", DISPLAY=screen,
    )  # fmt: skip
    _use(client, served, screen, seconds, touched=touched)
    client.stop(viewer)
    return client.logs()


def _xfreerdp() -> str:
    """Its third version says so in its name."""
    return "xfreerdp" if shutil.which("xfreerdp") else "xfreerdp3"


def rdp_refused(client: Node, address: str, port: int) -> None:
    """A client that asks for a log-in which the server does not offer: the negotiation ends it."""
    shown = display(client, SEEN)
    client.run(
        "timeout",
        "6",
        _xfreerdp(),
        f"/v:{address}:{port}",
        "/u:x",
        "/p:x",
        "/sec:nla",
        "/cert:ignore",
        DISPLAY=shown,
        may_fail=True,
    )
