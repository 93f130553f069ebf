"""The two hello messages of TLS, as TLS, DTLS and QUIC carry them (RFC 8446, 4.1; RFC 5246, 7.4.1).

    ClientHello: version(2) random(32) session id<1> [DTLS: cookie<1>] ciphers<2> compressions<1> extensions<2>
    ServerHello: version(2) random(32) session id<1> cipher(2) compression(1) extensions<2>
    extension:   type(2) data<2>         (<n>: behind a length of n bytes)
    of SSL 2:    1 version(2) lengths of ciphers(2), session id(2), challenge(2), then these; ciphers of three bytes
                 4 session id hit(1) certificate type(1) version(2) lengths(2, 2, 2) …

GREASE values (RFC 8701) are left out everywhere. ECH is noted by its extension only: a client that does not know the
server's key sends one that looks the same on purpose (RFC 9849, 6.2), so what is noted is that the name may be an outer one.
"""

from collections.abc import Callable
from functools import lru_cache
from struct import Struct, unpack_from
from typing import TypeVar

from sensor.frozen import frozen
from sensor.wire import ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.text import host_name, printable

T = TypeVar("T")

SERVER_NAME = 0x0000
SIGNATURE_ALGORITHMS = 0x000D
ALPN = 0x0010
SUPPORTED_VERSIONS = 0x002B
ECH = 0xFE0D
ESNI = 0xFFCE  # the draft before ECH: the name is nowhere in clear

HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446, 4.1.3
MOST_PROTOCOLS = 16  # of ALPN: real clients offer one to four

COMMON = 256  # bytes of a list that is worth remembering
REMEMBERED = 1_024  # lists

_READ = frozenset({SERVER_NAME, SIGNATURE_ALGORITHMS, ALPN, SUPPORTED_VERSIONS, ECH, ESNI})

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
        return _highest(self.legacy_version, self.versions) if self.versions else self.legacy_version


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
        kinds, data = _extensions(body, ends + 1 + body[ends], whole=whole)
    except (ParseError, IndexError) as error:
        if whole:
            raise ParseError(str(error)) from None
        return ClientHello(legacy_version, whole=False)
    return ClientHello(
        legacy_version=legacy_version,
        versions=_numbers(data.get(SUPPORTED_VERSIONS, b"")[1:]),
        ciphers=_numbers(ciphers),
        extensions=tuple(kinds),
        signature_algorithms=_numbers(data.get(SIGNATURE_ALGORITHMS, b"")[2:]),
        server_name=_server_name(data[SERVER_NAME]) if SERVER_NAME in data else None,
        alpn=_protocols(data[ALPN]) if ALPN in data else (),
        ech=ECH in data or ESNI in data,
        whole=whole,
    )


def read_server_hello(body: bytes) -> ServerHello:
    """The body of a ServerHello (or HelloRetryRequest)."""
    if len(body) < 2:
        raise ParseError("no version")
    version = body[0] << 8 | body[1]
    if body[0] not in (0x03, 0xFE, 0x7F):
        raise ParseError(f"server version {version:04x}")
    early = version >> 8 == 0x7F and version & 0xFF < 22  # drafts of TLS 1.3 without session id and compression
    try:
        at = 34 if early else 35 + body[34]
        cipher = body[at] << 8 | body[at + 1]
    except IndexError as error:
        raise ParseError(str(error)) from None
    _, data = _extensions(body, at + (2 if early else 3), whole=True)
    if len(data.get(SUPPORTED_VERSIONS, b"")) == 2:
        version = int.from_bytes(data[SUPPORTED_VERSIONS], "big")
    chosen = next(iter(_protocols(data[ALPN])), None) if ALPN in data else None
    return ServerHello(
        version=version,
        cipher=cipher,
        alpn=printable(chosen) if chosen is not None else None,
        retry=body[2:34] == HELLO_RETRY,
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


def _extensions(body: bytes, at: int, *, whole: bool) -> tuple[list[int], dict[int, bytes]]:
    """Types in the order sent, and what those say that are read here; none at all is allowed (RFC 5246, 7.4.1.2)."""
    kinds: list[int] = []
    read: dict[int, bytes] = {}
    size = len(body)
    if at == size:
        return kinds, read
    if at + 2 > size:
        raise ParseError("extensions without their length")
    stop = at + 2 + (body[at] << 8 | body[at + 1])
    if stop > size:
        if whole:
            raise ParseError("extensions longer than their message")
        stop = size
    at += 2
    while stop - at >= 4:
        kind, length = _EXTENSION(body, at)
        end = at + 4 + length
        if end > stop:
            break
        if kind not in GREASE:
            kinds.append(kind)
        if kind in _READ and kind not in read:  # the first of its kind counts: a second one is against the RFC
            read[kind] = body[at + 4 : end]
        at = end
    if at < stop and whole:
        raise ParseError("an extension longer than its list")
    return kinds, read


def _remembering(read: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """Clients offer the same again and again, but for GREASE, and go to the same servers: read once, if it is not too long."""
    known = lru_cache(REMEMBERED)(read)
    return lambda data: known(data) if len(data) <= COMMON else read(data)


@_remembering
def _numbers(data: bytes) -> tuple[int, ...]:
    """A list of two-byte numbers, GREASE left out."""
    count = len(data) // 2
    return tuple([number for number in unpack_from(f">{count}H", data) if number not in GREASE])


@_remembering
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


@_remembering
def _protocols(data: bytes) -> tuple[bytes, ...]:
    """RFC 7301, 3.1: list<2> of name<1>."""
    found: list[bytes] = []
    try:
        names = Cursor(Cursor(data).vector16())
        for _ in range(MOST_PROTOCOLS):
            if not names.left:
                break
            name = names.vector8()
            if len(name) != 2 or not is_grease(name[0] << 8 | name[1]):
                found.append(name)
    except ParseError:
        pass
    return tuple(found)


@lru_cache(REMEMBERED)
def _highest(legacy_version: int, versions: tuple[int, ...]) -> int:
    return min(versions) if legacy_version >= 0xFE00 else max(versions, key=_draft_last)


def _draft_last(version: int) -> tuple[bool, int]:
    """Sorts drafts of TLS 1.3 between 1.2 and 1.3: 0x7fNN is a higher number than any version."""
    return (version == 0x0304, version if version >> 8 in (0x03, 0x7F) else 0)
