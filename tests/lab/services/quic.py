"""HTTP/3 by aioquic (PyPI), as a program: `python -m tests.lab.services.quic serve ADDRESS CERTIFICATE KEY | send NAME BYTES`."""

import asyncio
import ssl
import sys

from aioquic.asyncio import QuicConnectionProtocol, connect, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import QuicEvent

from tests.lab.lab import Node

PAGE = b"page " * 4_000


class Server(QuicConnectionProtocol):
    """Answers each request with a page, once it has come whole."""

    http: H3Connection | None = None

    def quic_event_received(self, event: QuicEvent) -> None:
        self.http = self.http or H3Connection(self._quic)
        for told in self.http.handle_event(event):
            if isinstance(told, (HeadersReceived, DataReceived)) and told.stream_ended:
                self.http.send_headers(told.stream_id, [(b":status", b"200")])
                self.http.send_data(told.stream_id, PAGE, end_stream=True)
                self.transmit()


class Client(QuicConnectionProtocol):
    """Sends one request, and waits for its answer's end."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.http = H3Connection(self._quic)
        self.over = asyncio.Event()

    def ask(self, name: str, size: int) -> None:
        stream = self._quic.get_next_available_stream_id()
        head = {":method": "POST" if size else "GET", ":scheme": "https", ":authority": name, ":path": "/depot"}
        self.http.send_headers(stream, [(k.encode(), v.encode()) for k, v in head.items()], end_stream=not size)
        if size:
            self.http.send_data(stream, bytes(size), end_stream=True)
        self.transmit()

    def quic_event_received(self, event: QuicEvent) -> None:
        for told in self.http.handle_event(event):
            if isinstance(told, (HeadersReceived, DataReceived)) and told.stream_ended:
                self.over.set()


async def _serve(address: str, certificate: str, key: str) -> None:
    settings = QuicConfiguration(alpn_protocols=H3_ALPN, is_client=False)
    settings.load_cert_chain(certificate, key)
    await serve(address, 443, configuration=settings, create_protocol=Server)
    await asyncio.Future()


async def _send(name: str, size: int) -> None:
    settings = QuicConfiguration(alpn_protocols=H3_ALPN, server_name=name, verify_mode=ssl.CERT_NONE)
    async with connect(name, 443, configuration=settings, create_protocol=Client) as client:
        client.ask(name, size)
        await asyncio.wait_for(client.over.wait(), 30)


def server(host: Node) -> None:
    pair = host.certificate()
    host.start(
        sys.executable,
        "-m",
        __name__,
        "serve",
        "::",
        pair.certificate,
        pair.key,
        port=443,
        proto="udp",
        PYTHONPATH=TOP,
    )


def send(host: Node, name: str, size: int = 0) -> None:
    """A page is asked for, or a form sent."""
    host.run(sys.executable, "-m", __name__, "send", name, str(size), PYTHONPATH=TOP, patience=60)


TOP = __file__.rsplit("/tests/", 1)[0]

if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[2:]) if sys.argv[1] == "serve" else _send(sys.argv[2], int(sys.argv[3])))
