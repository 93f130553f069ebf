"""Clouds and calls: WebDAV by rclone, shares by Samba, games over WebSocket, calls through a TURN relay, a phone's push line."""

import time
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node
from tests.lab.services import other, web

GAME = """import asyncio, os, ssl, sys
import websockets

async def serve(ws):
    async for _ in ws:
        await ws.send(os.urandom(400))

async def server():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3], sys.argv[4])
    async with websockets.serve(lambda ws, *_: serve(ws), sys.argv[2], 443, ssl=tls):
        await asyncio.Future()

async def player():
    async with websockets.connect(sys.argv[2], ssl=ssl.create_default_context()) as ws:
        for _ in range(int(sys.argv[3])):
            await ws.send(os.urandom(120))
            await ws.recv()
            await asyncio.sleep(0.01)

asyncio.run(server() if sys.argv[1] == "serve" else player())
"""


def game(client: Node, server: Node, name: str, turns: int) -> None:
    """A game in a browser: small messages both ways over a WebSocket in TLS (python3-websockets on both sides)."""
    pair = server.certificate()
    server.start(
        "/usr/bin/python3", server.file("game.py", GAME), "serve", server.ip, pair.certificate, pair.key, port=443
    )
    client.run("/usr/bin/python3", client.file("game.py", GAME), "play", f"wss://{name}/", str(turns), patience=60)


def webdav(host: Node) -> None:
    """A cloud that takes files (rclone serve webdav, TLS)."""
    pair, root = host.certificate(), host.home / "dav"
    root.mkdir()
    host.start("rclone", "serve", "webdav", root, "--addr", f"{host.ip}:443", "--cert", pair.certificate, "--key", pair.key,
               "--config", host.file("none.conf"), port=443)  # fmt: skip


def rclone(host: Node, name: str, *files: Path) -> None:
    """A backup program copies a folder to a WebDAV cloud."""
    folder = host.home / "a-sauver"
    folder.mkdir()
    for file in files:
        file.rename(folder / file.name)
    host.run("rclone", "copy", folder, ":webdav:sauvegarde", "--webdav-url", f"https://{name}", "--webdav-vendor", "other",
             "--bwlimit", "6M", "--config", host.file("none.conf"), patience=60)  # fmt: skip


def samba(host: Node) -> None:
    """A NAS's share."""
    other.account()
    share, state = host.home / "partage", host.home / "samba"
    share.mkdir()
    share.chmod(0o777)
    state.mkdir()
    conf = host.file(
        "smb.conf",
        f"[global]\nworkgroup=LAB\nserver role=standalone server\nmap to guest=bad user\nguest account={canaries.USER}\nsmb ports=445\n"
        f"interfaces={host.ip}\nbind interfaces only=yes\ndisable netbios=yes\nload printers=no\nprinting=bsd\nprintcap name=/dev/null\n"
        f"ncalrpc dir={state}\n"
        + "".join(f"{name} directory={state}\n" for name in ("lock", "state", "cache", "pid", "private"))
        + f"[partage]\npath={share}\nguest ok=yes\nread only=no\n",
    )
    host.start("smbd", "--foreground", "--no-process-group", "--debug-stdout", f"--configfile={conf}", port=445)


def smbclient(host: Node, server: Node, file: Path) -> None:
    host.run("smbclient", "-N", f"//{server.ip}/partage", "-c", f"put {file} scan.bin", patience=60)


def turn(host: Node, realm: str = "visio.lab.example") -> None:
    """A relay for calls (coturn)."""
    conf = host.file(
        "turn.conf",
        f"listening-ip={host.ip}\nrelay-ip={host.ip}\nlistening-port=3478\nlt-cred-mech\nrealm={realm}\nfingerprint\n"
        f"user={canaries.USER}:{canaries.PASSWORD}\nno-tls\nno-dtls\nno-cli\nallow-loopback-peers\nuserdb={host.home}/turndb\n"
        f"pidfile={host.home}/turn.pid\nlog-file=stdout\nsimple-log\n",
    )
    host.start("turnserver", "-c", conf, port=3478, proto="udp")


def call(host: Node, server: Node, packets: int, transport: str = "udp") -> None:
    """Two parties of a call through the relay, each with its media (turnutils_uclient)."""
    host.run("turnutils_uclient", *(["-t"] if transport == "tcp" else []), "-y", "-u", canaries.USER, "-w", canaries.PASSWORD, "-n", str(packets), "-l", "1000", "-z", "10",
             server.ip, patience=60)  # fmt: skip


def push_line(host: Node, server: Node, name: str, port: int, seconds: float) -> None:
    """A phone's line for notifications: TLS that stays open and says a few bytes now and then."""
    pair = server.certificate()
    server.start(
        "socat",
        f"OPENSSL-LISTEN:{port},bind={server.ip},reuseaddr,fork,cert={pair.both},verify=0",
        "EXEC:cat",
        port=port,
    )
    beats = f"for beat in $(seq {int(seconds)}); do echo beat; sleep 1; done"
    host.run(
        "sh",
        "-c",
        f"({beats}) | openssl s_client -quiet -no_ign_eof -connect {name}:{port} -servername {name}",
        may_fail=True,
    )


def lookups(host: Node, many: int) -> None:
    """An antivirus asks about files by DNS: many long names, as of a tunnel, none of which leads anywhere."""
    stem = "".join(f"{number:02x}" for number in range(28))
    names = "\n".join(f"{number:08x}{stem[8:]}.{stem}.avqs.lab.example" for number in range(many))
    host.run("dig", "+tries=1", "+time=1", "-f", host.file("names", names + "\n"), patience=60)


def browse(host: Node, *pages: str) -> None:
    for page in pages:
        web.get(host, page)
        time.sleep(0.2)
