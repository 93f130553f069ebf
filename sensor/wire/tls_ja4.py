"""JA4, the fingerprint of a TLS client: what it offers, whatever order it shuffles its extensions into.

    t13d1516h2_8daaf6152771_e5627efa2ab1
    | | ||  | |             `- 12 hex digits of SHA-256 over sorted extensions (without SNI, ALPN) "_" signature algorithms
    | | ||  | `- the same over sorted ciphers
    | | ||  `- first and last character of the first ALPN name, "00" without
    | | |`- two digits each: how many ciphers, how many extensions (99 at most)
    | | `- d: names a domain (SNI), i: does not
    | `- highest version offered
    `- t: TCP, q: QUIC, d: DTLS

Source: FoxIO, technical_details/JA4.md (github.com/FoxIO-LLC/ja4; JA4 itself is under BSD 3-Clause).
"""

from functools import lru_cache
from hashlib import sha256
from struct import pack
from typing import Literal

from sensor.wire.tls_hello import ALPN, SERVER_NAME, ClientHello

COMMON = 256  # numbers that a client offers, if it is worth remembering
_VERSIONS = {
    0x0002: "s2",
    0x0300: "s3",
    0x0301: "10",
    0x0302: "11",
    0x0303: "12",
    0x0304: "13",
    0xFEFF: "d1",
    0xFEFD: "d2",
    0xFEFC: "d3",
}


def ja4(hello: ClientHello, transport: Literal["t", "q", "d"] = "t") -> str | None:
    """The fingerprint; None for a hello that was cut, whose lists are not what the client offered."""
    if not hello.whole:
        return None
    offered = len(hello.ciphers) + len(hello.extensions) + len(hello.signature_algorithms)
    made = _remembered if offered <= COMMON else _made
    return made(
        transport,
        hello.highest,
        hello.ciphers,
        tuple(sorted(hello.extensions)),
        hello.signature_algorithms,
        hello.alpn[0] if hello.alpn else b"",
    )


def _made(
    transport: str,
    version: int,
    ciphers: tuple[int, ...],
    extensions: tuple[int, ...],
    signature_algorithms: tuple[int, ...],
    protocol: bytes,
) -> str:
    head = "".join(
        (
            transport,
            _VERSIONS.get(version, "00"),
            "d" if SERVER_NAME in extensions else "i",
            f"{min(len(ciphers), 99):02}",
            f"{min(len(extensions), 99):02}",
            _alpn(protocol),
        )
    )
    offered = _hex([kind for kind in extensions if kind not in (SERVER_NAME, ALPN)])
    if signature_algorithms:
        offered += "_" + _hex(signature_algorithms)
    return f"{head}_{_digest(_hex(sorted(ciphers)))}_{_digest(offered if extensions else '')}"


_remembered = lru_cache(1_024)(_made)
"""A client offers the same again and again, whatever order it shuffles its extensions into."""


def _alpn(name: bytes) -> str:
    if not name:
        return "00"
    ends = bytes((name[0], name[-1]))
    return ends.decode("ascii") if ends.isalnum() else f"{name[0]:02x}"[0] + f"{name[-1]:02x}"[1]


def _hex(numbers: tuple[int, ...] | list[int]) -> str:
    return pack(f">{len(numbers)}H", *numbers).hex(",", 2) if numbers else ""


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else "0" * 12
