"""TLS hellos and what follows them, as far as a box can see it (RFC 8446, RFC 5246).

    record      type (22 handshake, 20 change cipher spec, 23 application data), 03 03, length 16, body
    handshake   type (1 client hello, 2 server hello, 11 certificate, 14 done, 16 key exchange), length 24, body
    hello       03 03, random 32, session id 8+n, suites 16+n (one for the server), 01 00 (00), extensions 16+n
    extension   type 16, length 16, body

With TLS 1.3 the server's certificate is inside the sealed records; with 1.2 it is in clear, and a real one is made here.
"""

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from sensor.demo.cast import Host
from sensor.demo.film import Film
from sensor.demo.tcp import Conversation

BROWSER = ("h2", "http/1.1")
_SUITES = bytes.fromhex("130113021303c02bc02fc02cc030cca9cca8c013c014009c009d002f0035")
_GROUPS = bytes.fromhex("001d00170018")
_SIGNATURES = bytes.fromhex("040308040401050308050501080606010807")


def vector(body: bytes, size: int) -> bytes:
    """A length of `size` bytes, then the body."""
    return len(body).to_bytes(size, "big") + body


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return bytes([kind]) + version.to_bytes(2, "big") + vector(body, 2)


def handshake(kind: int, body: bytes) -> bytes:
    return record(22, bytes([kind]) + vector(body, 3))


def extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "big") + vector(body, 2)


def client_hello(film: Film, name: str | None, alpn: tuple[str, ...], *, version: int = 0x0304) -> bytes:
    """`version`: the highest that is offered."""
    rng = film.rng
    extensions = b""
    if name:
        extensions += extension(0, vector(b"\0" + vector(name.encode(), 2), 2))
    extensions += extension(10, vector(_GROUPS, 2)) + extension(11, b"\1\0") + extension(13, vector(_SIGNATURES, 2))
    if alpn:
        extensions += extension(16, vector(b"".join(vector(each.encode(), 1) for each in alpn), 2))
    extensions += extension(23, b"") + extension(35, b"") + extension(0xFF01, b"\0")
    if version == 0x0304:
        extensions += extension(43, b"\4\3\4\3\3") + extension(45, b"\1\1")
        extensions += extension(51, vector(b"\0\x1d" + vector(rng.bytes(32), 2), 2))
    body = b"\3\3" + rng.bytes(32) + vector(rng.bytes(32), 1) + vector(_SUITES, 2) + b"\1\0" + vector(extensions, 2)
    return handshake(1, body)


def server_hello(film: Film, alpn: str | None, *, version: int = 0x0304) -> bytes:
    rng = film.rng
    if version == 0x0304:
        suite, extensions = b"\x13\x01", extension(43, b"\3\4") + extension(51, b"\0\x1d" + vector(rng.bytes(32), 2))
    else:
        suite, extensions = b"\xc0\x30", extension(0xFF01, b"\0") + extension(11, b"\1\0")
        if alpn:
            extensions += extension(16, vector(vector(alpn.encode(), 1), 2))
    return handshake(2, b"\3\3" + rng.bytes(32) + vector(rng.bytes(32), 1) + suite + b"\0" + vector(extensions, 2))


def sealed_record(film: Film, size: int) -> bytes:
    """One record of application data, `size` bytes of it."""
    return record(23, film.rng.bytes(size))


def secure(talk: Conversation, name: str | None, alpn: tuple[str, ...] = BROWSER) -> None:
    """A TLS 1.3 handshake, up to the first request."""
    film = talk.film
    talk.say(client_hello(film, name, alpn), client=True, think=300_000)
    flight = record(20, b"\1") + sealed_record(film, 32) + sealed_record(film, 2_900) + sealed_record(film, 281)
    talk.say(server_hello(film, None) + flight + sealed_record(film, 53), client=False, think=900_000)
    talk.say(record(20, b"\1") + sealed_record(film, 53), client=True, think=600_000)


def secure_12(talk: Conversation, name: str, issuer: tuple[str, str]) -> None:
    """A TLS 1.2 handshake, with the certificate that says who vouches: `issuer` is its organisation and its name."""
    film = talk.film
    talk.say(client_hello(film, name, (), version=0x0303), client=True, think=300_000)
    certificates = vector(vector(certificate(film, name, issuer), 3), 3)
    exchange = b"\3\0\x1d" + vector(film.rng.bytes(32), 1) + b"\x08\x07" + vector(film.rng.bytes(64), 2)
    flight = handshake(11, certificates) + handshake(12, exchange) + handshake(14, b"")
    talk.say(server_hello(film, None, version=0x0303) + flight, client=False, think=1_200_000)
    finished = record(20, b"\1") + record(22, film.rng.bytes(40))
    talk.say(handshake(16, vector(film.rng.bytes(32), 1)) + finished, client=True, think=700_000)
    talk.say(finished, client=False)


def certificate(film: Film, name: str, issuer: tuple[str, str]) -> bytes:
    """DER of a certificate for `name`. Ed25519, because its signature is the same each time."""
    key = Ed25519PrivateKey.from_private_bytes(film.rng.bytes(32))
    organisation, authority = issuer
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(
            x509.Name(
                [
                    x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
                    x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
                    x509.NameAttribute(NameOID.COMMON_NAME, authority),
                ]
            )
        )
        .public_key(key.public_key())
        .serial_number(int.from_bytes(film.rng.bytes(8), "big") + 1)
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2029, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, None)
    )
    return built.public_bytes(serialization.Encoding.DER)


def browse(film: Film, talk: Conversation, server: Host, *, download: int, span: int) -> None:
    """A page: a small request, `download` bytes of answer."""
    secure(talk, server.name)
    talk.say(sealed_record(film, 410), client=True, think=1_000_000)
    talk.say(sealed_record(film, 180), client=False, think=2_000_000)
    talk.pour(download, client=False, span=span)
    talk.close()
