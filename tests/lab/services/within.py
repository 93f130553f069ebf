"""What runs within something else: SSH in SOCKS (microsocks), a screen in a WebSocket (websockify), TLS over datagrams (OpenSSL),
RDP over UDP.

RDP over UDP has no free server or client (FreeRDP 2 and xrdp have no multitransport): `tests.lab.services.rdp_udp` speaks what
MS-RDPEUDP says, on both sides.
"""

import sys

from tests.lab import canaries
from tests.lab.lab import Node

BRIDGE = """import asyncio, sys
import websockets

async def carry(reader, writer):
    async with websockets.connect(sys.argv[1], subprotocols=["binary"]) as ws:
        async def up():
            while data := await reader.read(4096):
                await ws.send(data)
            await ws.close()
        task = asyncio.create_task(up())
        async for data in ws:
            writer.write(data)
        task.cancel()
    writer.close()

async def main():
    async with await asyncio.start_server(carry, "127.0.0.1", int(sys.argv[2])) as server:
        await server.serve_forever()

asyncio.run(main())
"""
TOP = __file__.rsplit("/tests/", 1)[0]


def socks(host: Node, port: int = 1080) -> None:
    """A proxy that carries what one asks it to."""
    host.start("microsocks", "-i", host.ip, "-p", str(port), port=port)


def through_socks(name: str, port: int = 1080) -> tuple[str, ...]:
    """Options of SSH's clients."""
    return ("-o", f"ProxyCommand=nc -X 5 -x {name}:{port} %h %p")


def websocket_screen(host: Node, to: int, port: int = 6080) -> None:
    """A post whose screen is looked at with a browser (websockify before its VNC server)."""
    host.start("websockify", f"{host.ip}:{port}", f"{host.ip}:{to}", port=port)


def browser(host: Node, address: str, port: int, local: int) -> None:
    """What noVNC is in a browser: frames of a WebSocket, for a viewer that knows VNC only."""
    host.start("/usr/bin/python3", host.file("bridge.py", BRIDGE), f"ws://{address}:{port}/", str(local), port=local)


# A datagram takes what is read at a time: lines, not a file.
LINES = "for turn in $(seq 16); do echo {word}{word}{word}{word}{word}{word}{word}{word}; sleep 0.3; done"


def dtls(host: Node, port: int = 443) -> None:
    """A server that swallows what comes by DTLS, and says as much."""
    pair = host.certificate(old=True)
    says = LINES.format(word=canaries.BODY)
    host.start(
        "sh", "-c", f"(sleep 3; {says}; sleep 20) | openssl s_server -quiet -dtls -port {port} -cert {pair.certificate} -key {pair.key}",
        port=port, proto="udp",
    )  # fmt: skip


def say_by_dtls(host: Node, name: str, port: int = 443) -> None:
    says = LINES.format(word=canaries.BODY)
    script = f"({says}; sleep 4) | timeout 12 openssl s_client -quiet -dtls -connect {name}:{port} -servername {name}"
    host.run("sh", "-c", script, may_fail=True)


def rdp_udp_server(host: Node, port: int = 3389) -> None:
    host.start(
        sys.executable,
        "-m",
        "tests.lab.services.rdp_udp",
        "serve",
        host.ip,
        str(port),
        port=port,
        proto="udp",
        PYTHONPATH=TOP,
    )


def rdp_udp_visit(host: Node, address: str, port: int = 3389) -> None:
    host.run(
        sys.executable, "-m", "tests.lab.services.rdp_udp", "visit", address, str(port), PYTHONPATH=TOP, patience=60
    )
