"""Telegram: Telethon, a real client of PyPI, and a server for it, in a Python of their own that `roots` makes once.

No server of Telegram's may be reached from here, and no free one is on a registry: this one speaks what the client does (the key
exchange, then encrypted messages: core.telegram.org/mtproto), with Telethon's own types and ciphers, over whichever transport the
client opens. Its RSA key is the lab's; the client is given its public half.

As a program in that Python:
    telegram.py serve ADDRESS PORT KEY
    telegram.py write ADDRESS PORT KEY TRANSPORT MESSAGES BYTES    messages are sent, then a file of so many bytes
"""

import asyncio
import os
import struct
import sys
import time
import zlib
from datetime import UTC, datetime
from hashlib import sha1, sha256
from pathlib import Path

if __name__ != "__main__":
    from tests.lab import canaries
    from tests.lab.lab import Node
    from tests.lab.roots import KEPT

PORT = 443
PRIME, GENERATOR = 2**2048 - 1_942_289, 3
P, Q = 1_229_739_323, 1_402_015_859  # what the client must factorise
TRANSPORTS = ("abridged", "intermediate", "full", "obfuscated")


def python() -> "Path":
    return KEPT / "telegram" / "bin" / "python"


def server(host: "Node", port: int = PORT) -> "Path":
    """A server of Telegram's kind; the public half of its key."""
    key = host.file("dc.key")
    host.run("openssl", "genrsa", "-traditional", "-out", key, "2048")
    host.run("openssl", "rsa", "-in", key, "-RSAPublicKey_out", "-out", host.home / "dc.pub")
    host.start(python(), Path(__file__), "serve", host.ip, str(port), key, port=port)
    return host.home / "dc.pub"


def write(
    host: "Node", to: "Node", key: "Path", transport: str, messages: int, size: int = 0, port: int = PORT
) -> None:
    """Someone writes to herself, and sends a file."""
    host.run(
        python(), Path(__file__), "write", to.ip, str(port), key, transport, str(messages), str(size), canaries.BODY, patience=60
    )  # fmt: skip


class Wire:
    """One connection's frames, in the transport that the client's first bytes show."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._in = self._out = None
        self._kind, self._sent, self._ahead = "", 0, b""

    async def open(self) -> None:
        from telethon.crypto import AESModeCTR

        first = await self._reader.readexactly(1)
        if first == b"\xef":
            self._kind = "abridged"
            return
        first += await self._reader.readexactly(7)
        if first[:4] == b"\xee" * 4:
            self._kind, self._ahead = "intermediate", first[4:]
        elif not any(first[4:]):
            self._kind, self._ahead = "full", first
        else:
            first += await self._reader.readexactly(56)
            back = first[55:7:-1]
            self._in, self._out = AESModeCTR(first[8:40], first[40:56]), AESModeCTR(back[:32], back[32:])
            self._kind = {0xEF: "abridged", 0xEE: "intermediate"}[self._in.encrypt(first)[56]]

    async def _take(self, size: int) -> bytes:
        head, self._ahead = self._ahead[:size], self._ahead[size:]
        data = head + await self._reader.readexactly(size - len(head))
        return self._in.encrypt(data) if self._in else data

    async def read(self) -> bytes:
        if self._kind == "abridged":
            words = (await self._take(1))[0]
            return await self._take(4 * (int.from_bytes(await self._take(3), "little") if words == 0x7F else words))
        size = int.from_bytes(await self._take(4), "little")
        if self._kind == "intermediate":
            return await self._take(size)
        return (await self._take(size - 4))[4:-4]

    async def write(self, payload: bytes) -> None:
        words = len(payload) // 4
        if self._kind == "abridged":
            data = (bytes((words,)) if words < 0x7F else b"\x7f" + words.to_bytes(3, "little")) + payload
        elif self._kind == "intermediate":
            data = len(payload).to_bytes(4, "little") + payload
        else:
            data = struct.pack("<ii", len(payload) + 12, self._sent) + payload
            data += struct.pack("<I", zlib.crc32(data))
        self._sent += 1
        self._writer.write(self._out.encrypt(data) if self._out else data)
        await self._writer.drain()


def _id() -> int:
    """An answer's: the time, and odd."""
    return int(time.time() * 2**32) // 4 * 4 + 1


class Server:
    """One client's session."""

    def __init__(self, wire: Wire, key: object) -> None:
        self._wire, self._rsa = wire, key

    async def serve(self) -> None:
        await self._wire.open()
        auth = await self._agree()
        while True:
            await self._encrypted(auth, await self._wire.read())

    async def _ask(self) -> object:
        from telethon.extensions import BinaryReader

        return BinaryReader((await self._wire.read())[20:]).tgread_object()

    async def _tell(self, answer: object) -> None:
        body = bytes(answer)
        await self._wire.write(struct.pack("<qqi", 0, _id(), len(body)) + body)

    async def _agree(self) -> object:
        """The exchange that makes a key (core.telegram.org/mtproto/auth_key)."""
        from telethon import helpers
        from telethon.crypto import AES, AuthKey, rsa
        from telethon.extensions import BinaryReader
        from telethon.tl import types

        asked = await self._ask()
        own = int.from_bytes(os.urandom(16), "big", signed=True)
        prints = [rsa._compute_fingerprint(self._rsa)]
        await self._tell(types.ResPQ(asked.nonce, own, rsa.get_byte_array(P * Q), prints))
        sealed = int.from_bytes((await self._ask()).encrypted_data, "big")
        opened = pow(sealed, self._rsa.d, self._rsa.n).to_bytes(255, "big")
        new = BinaryReader(opened[20:]).tgread_object().new_nonce
        secret = int.from_bytes(os.urandom(256), "big")
        public = pow(GENERATOR, secret, PRIME).to_bytes(256, "big")
        inner = bytes(
            types.ServerDHInnerData(asked.nonce, own, GENERATOR, PRIME.to_bytes(256, "big"), public, int(time.time()))
        )
        aes = helpers.generate_key_data_from_nonce(own, new)
        await self._tell(types.ServerDHParamsOk(asked.nonce, own, AES.encrypt_ige(sha1(inner).digest() + inner, *aes)))
        told = AES.decrypt_ige((await self._ask()).encrypted_data, *aes)
        theirs = int.from_bytes(BinaryReader(told[20:]).tgread_object().g_b, "big")
        auth = AuthKey(rsa.get_byte_array(pow(theirs, secret, PRIME)))
        await self._tell(types.DhGenOk(asked.nonce, own, auth.calc_new_nonce_hash(new, 1)))
        return auth

    async def _encrypted(self, auth: object, data: bytes) -> None:
        from telethon.crypto import AES
        from telethon.extensions import BinaryReader
        from telethon.network.mtprotostate import MTProtoState
        from telethon.tl.core import MessageContainer

        plain = AES.decrypt_ige(data[24:], *MTProtoState._calc_key(auth.key, data[8:24], client=True))
        salt, session, number, _, size = struct.unpack_from("<qqqii", plain)
        said = BinaryReader(plain[32 : 32 + size]).tgread_object()
        for one, asked in (
            [(m.msg_id, m.obj) for m in said.messages] if isinstance(said, MessageContainer) else [(number, said)]
        ):
            body = self._answer(one, asked)
            if body is None:
                continue
            plain = struct.pack("<qqqii", salt, session, _id(), 1, len(body)) + body
            plain += os.urandom(-(len(plain) + 12) % 16 + 12)
            seal = sha256(auth.key[96:128] + plain).digest()[8:24]
            sealed = AES.encrypt_ige(plain, *MTProtoState._calc_key(auth.key, seal, client=False))
            await self._wire.write(struct.pack("<Q", auth.key_id) + seal + sealed)

    @staticmethod
    def _answer(number: int, asked: object) -> bytes | None:
        from telethon.tl import functions, types

        while hasattr(asked, "query"):  # its version, its device
            asked = asked.query
        now = datetime.now(UTC)
        match asked:
            case types.MsgsAck():
                return None
            case functions.PingRequest() | functions.PingDelayDisconnectRequest():
                return bytes(types.Pong(number, asked.ping_id))
            case functions.help.GetConfigRequest():
                told = types.Config(now, now, True, 1, [], "", *[1] * 21, "https://t.me/", 1, 1, 1)
            case functions.upload.SaveFilePartRequest() | functions.upload.SaveBigFilePartRequest():
                return struct.pack("<IqI", 0xF35C6D01, number, 0x997275B5)  # true
            case functions.messages.SendMessageRequest():
                told = types.UpdateShortSentMessage(1, 1, 1, now)
            case _:
                told = types.RpcError(401, "AUTH_KEY_UNREGISTERED")
        return struct.pack("<Iq", 0xF35C6D01, number) + bytes(told)


async def _serve(address: str, port: int, key: bytes) -> None:
    import rsa

    private = rsa.PrivateKey.load_pkcs1(key)

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Server(Wire(reader, writer), private).serve()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async with await asyncio.start_server(client, address, port, limit=1 << 22) as listening:
        await listening.serve_forever()


async def _write(address: str, port: int, key: bytes, transport: str, messages: int, size: int, body: str) -> None:
    from telethon import TelegramClient
    from telethon.crypto import rsa
    from telethon.network import connection
    from telethon.sessions import MemorySession
    from telethon.tl import functions, types

    rsa.add_key(key, old=False)
    session = MemorySession()
    session.set_dc(1, address, port)
    kind = getattr(connection, f"ConnectionTcp{transport.capitalize()}")
    client = TelegramClient(session, 1, "0" * 32, connection=kind, receive_updates=False)
    await client.connect()
    for number in range(messages):
        await client(
            functions.messages.SendMessageRequest(types.InputPeerSelf(), f"{body} {number}", random_id=number + 1)
        )
        await asyncio.sleep(0.2)
    if size:
        await client.upload_file(os.urandom(size), file_name="photo.jpg")
    await client.disconnect()


if __name__ == "__main__":
    where, at, file = sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]).read_bytes()
    if sys.argv[1] == "serve":
        asyncio.run(_serve(where, at, file))
    else:
        asyncio.run(_write(where, at, file, sys.argv[5], int(sys.argv[6]), int(sys.argv[7]), sys.argv[8]))
