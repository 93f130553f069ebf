"""Hellos, records and certificates for the TLS tests (and what else carries hellos), built from their fields."""

from collections.abc import Iterable, Sequence

CHROME_CIPHERS = (
    0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035,
)  # fmt: skip
CHROME_SIGNATURES = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)


def v8(data: bytes) -> bytes:
    return bytes([len(data)]) + data


def v16(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def v24(data: bytes) -> bytes:
    return len(data).to_bytes(3, "big") + data


def u16s(numbers: Iterable[int]) -> bytes:
    return b"".join(number.to_bytes(2, "big") for number in numbers)


def extension(kind: int, data: bytes = b"") -> bytes:
    return kind.to_bytes(2, "big") + v16(data)


def sni(name: bytes) -> bytes:
    return extension(0, v16(b"\0" + v16(name)))


def alpn(*names: bytes) -> bytes:
    return extension(16, v16(b"".join(map(v8, names))))


def versions(*numbers: int) -> bytes:
    return extension(43, v8(u16s(numbers)))


def handshake(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + v24(body)


def record(kind: int, fragment: bytes, version: int = 0x0303) -> bytes:
    return bytes([kind]) + version.to_bytes(2, "big") + v16(fragment)


def client_hello_body(
    *extensions: bytes,
    version: int = 0x0303,
    ciphers: Sequence[int] = CHROME_CIPHERS,
    session: bytes = bytes(32),
    cookie: bytes | None = None,
) -> bytes:
    head = version.to_bytes(2, "big") + bytes(range(32)) + v8(session) + (v8(cookie) if cookie is not None else b"")
    return head + v16(u16s(ciphers)) + v8(b"\0") + (v16(b"".join(extensions)) if extensions else b"")


def client_hello(*extensions: bytes, version: int = 0x0303, ciphers: Sequence[int] = CHROME_CIPHERS) -> bytes:
    return handshake(1, client_hello_body(*extensions, version=version, ciphers=ciphers))


def server_hello(
    *extensions: bytes, version: int = 0x0303, cipher: int = 0x1301, random: bytes = bytes(range(32, 64))
) -> bytes:
    body = version.to_bytes(2, "big") + random + v8(b"") + cipher.to_bytes(2, "big") + b"\0"
    return handshake(2, body + (v16(b"".join(extensions)) if extensions else b""))


def server_hello_13(cipher: int = 0x1301) -> bytes:
    return server_hello(extension(43, b"\x03\x04"), cipher=cipher)


def certificate(der: bytes, *chain: bytes) -> bytes:
    return handshake(11, v24(b"".join(map(v24, (der, *chain)))))


def chrome(name: bytes = b"example.com") -> bytes:
    """The ClientHello of FoxIO's worked example of JA4, GREASE included."""
    grease = extension(0x3A3A), extension(0x4A4A, b"\0")
    return client_hello(
        grease[0],
        extension(0x001B, b"\x02\0\x02"),
        sni(name),
        extension(0x0033, v16(b"")),
        alpn(b"h2", b"http/1.1"),
        extension(0x4469, v16(b"\x02h2")),
        extension(0x0017),
        extension(0x002D, b"\x01\x01"),
        extension(0x000D, v16(u16s(CHROME_SIGNATURES))),
        extension(0x0005, b"\x01\0\0\0\0"),
        extension(0x0023),
        extension(0x0012),
        versions(0x0A0A, 0x0304, 0x0303),
        extension(0xFF01, b"\0"),
        extension(0x000B, b"\x01\0"),
        extension(0x000A, v16(u16s((0x2A2A, 29, 23, 24)))),
        extension(0x0015, bytes(9)),
        grease[1],
        ciphers=(0x1A1A, *CHROME_CIPHERS),
    )
