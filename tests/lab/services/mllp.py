"""HL7 messages by the `hl7` package (PyPI), in a Python of its own that `roots` makes once: its MLLP server, its `mllp_send`.

As a program in that Python: `mllp.py serve ADDRESS PORT [CERTIFICATE KEY] | send HOST PORT FILE`; `send` and the two files: TLS.
"""

import asyncio
import ssl
import sys
from pathlib import Path

if __name__ != "__main__":
    from tests.lab import canaries
    from tests.lab.lab import Node
    from tests.lab.roots import KEPT

ROOT, CLEAR, SECRET = "hl7", 2575, 2576


def result() -> str:
    """A laboratory's result, as mllp_send reads it from a file: framed."""
    lines = (
        r"MSH|^~\&|LABO|CABINET|DPI|CENTRE|20260302093000||ORU^R01^ORU_R01|4402|P|2.5",
        f"PID|1||4402||{canaries.PATIENT}",
        "OBR|1|||NFS",
        "OBX|1|TX|1||" + canaries.BODY,
    )
    return "\x0b" + "\r".join(lines) + "\r\x1c\r"


def _program(name: str) -> Path:
    return KEPT / ROOT / "bin" / name


def server(host: "Node", *, tls: bool = False) -> None:
    """A centre that takes results and answers that they came."""
    pair = host.certificate()
    port, files = (SECRET, (pair.certificate, pair.key)) if tls else (CLEAR, ())
    host.start(_program("python"), Path(__file__), "serve", host.ip, str(port), *files, port=port)


def send(host: "Node", name: str, *, tls: bool = False) -> None:
    """A laboratory's software sends a result, and is told that it came."""
    file = host.file("result.hl7", result())
    if tls:
        host.run(_program("python"), Path(__file__), "send", name, str(SECRET), file)
    else:
        host.run(_program("mllp_send"), "--port", str(CLEAR), "--file", file, name)


async def _serve(address: str, port: int, *files: str) -> None:
    from hl7.mllp import start_hl7_server

    async def answer(reader, writer):  # type: ignore[no-untyped-def]
        while not writer.is_closing():
            try:
                message = await reader.readmessage()
            except asyncio.IncompleteReadError:  # the client has said all
                writer.close()
                return
            writer.writemessage(message.create_ack())
            await writer.drain()

    context = None
    if files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
    async with await start_hl7_server(answer, address, port, ssl=context) as standing:
        await standing.serve_forever()


async def _send(host: str, port: int, message: str) -> None:
    import hl7
    from hl7.mllp import open_hl7_connection

    reader, writer = await open_hl7_connection(host, port, ssl=ssl.create_default_context())
    writer.writemessage(hl7.parse(message.strip("\x0b\x1c\r")))
    await writer.drain()
    print(await reader.readmessage())
    writer.close()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(_serve(sys.argv[2], int(sys.argv[3]), *sys.argv[4:]))
    else:
        asyncio.run(_send(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]).read_bytes().decode()))
