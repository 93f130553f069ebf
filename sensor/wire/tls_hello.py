"""The two hello messages of TLS, as TLS, DTLS and QUIC carry them (RFC 8446, 4.1; RFC 5246, 7.4.1).

    ClientHello: version(2) random(32) session id<1> [DTLS: cookie<1>] ciphers<2> compressions<1> extensions<2>
    ServerHello: version(2) random(32) session id<1> cipher(2) compression(1) extensions<2>
    extension:   type(2) data<2>         (<n>: behind a length of n bytes)
    of SSL 2:    1 version(2) lengths of ciphers(2), session id(2), challenge(2), then these; ciphers of three bytes
                 4 session id hit(1) certificate type(1) version(2) lengths(2, 2, 2) …

GREASE values (RFC 8701) are left out everywhere. ECH is noted by its extension only: a client that does not know the
server's key sends one that looks the same on purpose (RFC 9849, 6.2), so what is noted is that the name may be an outer one.
"""

from collections.abc import Iterator
from functools import lru_cache
from struct import Struct, unpack_from

from sensor.frozen import frozen
from sensor.wire import ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.text import host_name, printable

SERVER_NAME = 0x0000
SIGNATURE_ALGORITHMS = 0x000D
ALPN = 0x0010
SUPPORTED_VERSIONS = 0x002B
ECH = 0xFE0D
ESNI = 0xFFCE  # the draft before ECH: the name is nowhere in clear

HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446, 4.1.3
MOST_PROTOCOLS = 16  # of ALPN: real clients offer one to four

COMMON = 256  # bytes of a list of ciphers that is worth remembering

_EXTENSION = Struct(">HH").unpack_from
_VERSIONS = {
    0x0002: "SSLv2",
    0x0300: "SSLv3",
    0x0301: "TLSv10",
    0x0302: "TLSv11",
    0x0303: "TLSv12",
    0x0304: "TLSv13",
    0xFEFF: "DTLSv10",
    0xFEFD: "DTLSv12",
    0xFEFC: "DTLSv13",
}


@frozen
class ClientHello:
    """What a client offered. `extensions` and `ciphers` in the order sent. `whole` is False when the message was cut."""

    legacy_version: int
    versions: tuple[int, ...] = ()
    ciphers: tuple[int, ...] = ()
    extensions: tuple[int, ...] = ()
    signature_algorithms: tuple[int, ...] = ()
    server_name: str | None = None
    alpn: tuple[bytes, ...] = ()
    ech: bool = False
    whole: bool = True

    @property
    def highest(self) -> int:
        """The highest version offered."""
        if not self.versions:
            return self.legacy_version
        return min(self.versions) if self.legacy_version >= 0xFE00 else max(self.versions, key=_draft_last)


@frozen
class ServerHello:
    """What a server chose. `retry`: a HelloRetryRequest, after which both hellos come anew."""

    version: int
    cipher: int
    alpn: str | None = None
    retry: bool = False


def version_name(version: int) -> str:
    """Zeek's word for a version."""
    if version >> 8 == 0x7F:
        return f"TLSv13-draft{version & 0xFF}"
    return _VERSIONS.get(version, f"unknown-{version:04x}")


def is_tls13(version: int) -> bool:
    """TLS 1.3 or one of its drafts: the certificate is encrypted."""
    return version == 0x0304 or version >> 8 == 0x7F


GREASE = frozenset(byte << 8 | byte for byte in range(0x0A, 0x100, 0x10))
"""Values that mean nothing and must be skipped (RFC 8701)."""


def is_grease(value: int) -> bool:
    return value in GREASE


def read_client_hello(body: bytes, *, whole: bool = True, datagram: bool = False) -> ClientHello:
    """The body of a ClientHello. With `whole` False the rest of it never came: what is there is told. `datagram`: of DTLS."""
    if len(body) < 2:
        raise ParseError("no version")
    legacy_version = body[0] << 8 | body[1]
    if body[0] not in (0x03, 0xFE, 0x7F):
        raise ParseError(f"client version {legacy_version:04x}")
    try:  # plain offsets: this is read once for each new flow
        at = 35 + body[34]  # behind the random and the session id
        at += 1 + body[at] if datagram else 0
        ends = at + 2 + (body[at] << 8 | body[at + 1])
        ciphers = body[at + 2 : ends]
        found = _extensions(body, ends + 1 + body[ends], whole=whole)
    except (ParseError, IndexError) as error:
        if whole:
            raise ParseError(str(error)) from None
        return ClientHello(legacy_version, whole=False)
    return _client_hello(legacy_version, _offered(ciphers), found, whole=whole)


def _client_hello(
    legacy_version: int, ciphers: tuple[int, ...], found: list[tuple[int, bytes]], *, whole: bool
) -> ClientHello:
    data = dict(reversed(found))  # the first of its kind counts: a second one is against the RFC
    return ClientHello(
        legacy_version=legacy_version,
        versions=_numbers(data.get(SUPPORTED_VERSIONS, b"")[1:]),
        ciphers=ciphers,
        extensions=tuple([kind for kind, _ in found if kind not in GREASE]),
        signature_algorithms=_numbers(data.get(SIGNATURE_ALGORITHMS, b"")[2:]),
        server_name=_server_name(data[SERVER_NAME]) if SERVER_NAME in data else None,
        alpn=tuple(_protocols(data[ALPN])) if ALPN in data else (),
        ech=ECH in data or ESNI in data,
        whole=whole,
    )


def read_server_hello(body: bytes) -> ServerHello:
    """The body of a ServerHello (or HelloRetryRequest)."""
    cursor = Cursor(body)
    version = cursor.u16()
    if version >> 8 not in (0x03, 0xFE, 0x7F):
        raise ParseError(f"server version {version:04x}")
    random = cursor.take(32)
    if version >> 8 != 0x7F or version & 0xFF >= 22:  # earlier drafts of TLS 1.3 had no session id here
        cursor.vector8()
    cipher = cursor.u16()
    if version >> 8 != 0x7F or version & 0xFF >= 22:
        cursor.skip(1)
    data = dict(_extensions(body, cursor.at, whole=True))
    if len(data.get(SUPPORTED_VERSIONS, b"")) == 2:
        version = int.from_bytes(data[SUPPORTED_VERSIONS], "big")
    chosen = next(_protocols(data[ALPN]), None) if ALPN in data else None
    return ServerHello(
        version=version,
        cipher=cipher,
        alpn=printable(chosen) if chosen is not None else None,
        retry=random == HELLO_RETRY,
    )


def read_v2_hello(message: bytes) -> ClientHello | ServerHello:
    """A hello of SSL 2 (RFC 5246, E.2; the server's only if SSL 2 itself was chosen: RFC 6101 leaves it to the draft of 1995)."""
    cursor = Cursor(message)
    kind = cursor.u8()
    if kind == 4:
        cursor.skip(2)
        version, lengths = cursor.u16(), (cursor.u16(), cursor.u16(), cursor.u16())
        if version == 0x0002 and sum(lengths) == cursor.left:
            return ServerHello(version, 0)
    elif kind == 1:
        version, ciphers, session_id, challenge = (cursor.u16() for _ in range(4))
        known = version == 0x0002 or version >> 8 == 3
        sizes = ciphers and ciphers % 3 == 0 and session_id in (0, 16) and 16 <= challenge <= 32
        if known and sizes and cursor.left == ciphers + session_id + challenge:
            return ClientHello(version, whole=False)
    raise ParseError("not an SSL 2 hello")


def _extensions(body: bytes, at: int, *, whole: bool) -> list[tuple[int, bytes]]:
    """(type, data) of each extension behind `at`; none at all is allowed (RFC 5246, 7.4.1.2)."""
    found: list[tuple[int, bytes]] = []
    if at == len(body):
        return found
    size = len(body)
    if at + 2 > size:
        raise ParseError("extensions without their length")
    stop = at + 2 + (body[at] << 8 | body[at + 1])
    if stop > size:
        if whole:
            raise ParseError("extensions longer than their message")
        stop = size
    at += 2
    while at < stop:
        if stop - at < 4:
            break
        kind, length = _EXTENSION(body, at)
        at += 4
        if length > stop - at:
            at -= 4
            break
        found.append((kind, body[at : at + length]))
        at += length
    if at < stop and whole:
        raise ParseError("an extension longer than its list")
    return found


def _offered(ciphers: bytes) -> tuple[int, ...]:
    """Ciphers: a client offers the same again and again, but for GREASE."""
    return _remembered(ciphers) if len(ciphers) <= COMMON else _numbers(ciphers)


def _numbers(data: bytes) -> tuple[int, ...]:
    """A list of two-byte numbers, GREASE left out."""
    count = len(data) // 2
    return tuple([number for number in unpack_from(f">{count}H", data) if number not in GREASE])


def _server_name(data: bytes) -> str | None:
    """RFC 6066, 3: list<2> of (type(1), name<2>). A list that contradicts itself is no name, and no reason to lose the rest."""
    try:
        names = Cursor(Cursor(data).vector16())
        while names.left:
            kind, name = names.u8(), names.vector16()
            if kind == 0:
                return host_name(name)
    except ParseError:
        pass
    return None


def _protocols(data: bytes) -> Iterator[bytes]:
    """RFC 7301, 3.1: list<2> of name<1>."""
    try:
        names = Cursor(Cursor(data).vector16())
        for _ in range(MOST_PROTOCOLS):
            if not names.left:
                return
            name = names.vector8()
            if len(name) != 2 or not is_grease(name[0] << 8 | name[1]):
                yield name
    except ParseError:
        return


_remembered = lru_cache(1_024)(_numbers)


def _draft_last(version: int) -> tuple[bool, int]:
    """Sorts drafts of TLS 1.3 between 1.2 and 1.3: 0x7fNN is a higher number than any version."""
    return (version == 0x0304, version if version >> 8 in (0x03, 0x7F) else 0)
