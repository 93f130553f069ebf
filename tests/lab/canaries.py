"""Strings that must never leave the wire: planted in bodies, subjects, names and passwords of every scenario.

`found_in` looks for them as they are and in the disguises in which a leak would travel: base64 (at any of the three
alignments), quoted-printable, UTF-16, hexadecimal, percent-encoding, and inside gzip, zlib, bzip2, xz and ZIP data.
`betrayed_by` looks for them in what Vigie wrote, also packed as its store packs; `FORMS` puts them into each form.
"""

import base64
import bz2
import gzip
import io
import lzma
import quopri
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import quote

from sensor.store.packed import pack
from tests.privacy.search import found

SUBJECT = "Canari-Objet-Zephyrine-7731"
BODY = "Canari-Corps-Hypercholesterolemie-4402"
PATIENT = "Canari-Patiente-Mirabelle-Quenouille"
FILE = "canari-compte-rendu-quenouille-9914"
LOCAL_PART = "canari.secretariat.5520"
RECIPIENT = "canari.destinataire.8846"
USER = "canariuser3307"
PASSWORD = "Canari-Secret-Pamplemousse-6618"
COOKIE = "CanariCookie2275"
QUERY = "canari-recherche-urticaire-1190"
ACCENTED = "Canari-Prénom-Héloïse-3356"

ALL = (SUBJECT, BODY, PATIENT, FILE, LOCAL_PART, RECIPIENT, USER, PASSWORD, COOKIE, QUERY, ACCENTED)

SHORTEST = 12  # a disguise cut shorter than this would match by chance
DEPTH = 3  # archives within archives
INFLATED = 64 << 20


def disguises(canary: str) -> set[bytes]:
    """The byte strings that betray `canary`."""
    plain = canary.encode()
    forms = {plain, canary.encode("latin-1", "ignore"), canary.encode("utf-16-le"), canary.encode("utf-16-be")}
    forms |= {quote(canary).encode(), plain.hex().encode(), plain.hex().upper().encode(), _quoted_printable(plain)}
    for text in (plain, canary.encode("utf-16-le")):
        forms |= {_base64_core(text, shift) for shift in range(3)}
    return {form for form in forms if len(form) >= SHORTEST}


def _quoted_printable(text: bytes) -> bytes:
    return b"".join(bytes([octet]) if octet < 0x7F and octet != 0x3D else b"=%02X" % octet for octet in text)


def _base64_core(text: bytes, shift: int) -> bytes:
    """The base64 characters that depend on `text` alone when `shift` other bytes stand before it."""
    coded = base64.b64encode(bytes(shift) + text).rstrip(b"=")
    start = (0, 2, 3)[shift]
    end = len(coded) - (1 if (shift + len(text)) % 3 else 0)
    return coded[start:end]


TABLE = {form: canary for canary in ALL for form in disguises(canary)}


def plainly_in(data: bytes) -> set[str]:
    """The canaries that `data` betrays, in any disguise but compression."""
    return found_in(data, depth=0)


def found_in(data: bytes, *, depth: int = DEPTH) -> set[str]:
    """The canaries that `data` betrays, in any disguise, packed or not."""
    joined = data
    for fold in (b"=\r\n", b"=\n", b"\r\n", b"\n"):  # quoted-printable and base64 wrap lines
        joined = joined.replace(fold, b"")
    found = {canary for form, canary in TABLE.items() if form in data or form in joined}
    if depth:
        for inner in unpacked(data):
            found |= found_in(inner, depth=depth - 1)
    return found


def unpacked(data: bytes) -> Iterator[bytes]:
    """What compressed data anywhere in `data` holds, as far as it can be read."""
    for magic, inflate in ((b"\x1f\x8b", _gunzip), (b"BZh", _bunzip), (b"\xfd7zXZ", _unxz), (b"PK\x03\x04", _unzip)):
        yield from _each(data, magic, inflate)
    for magic in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield from _each(data, magic, _inflate)


def _each(data: bytes, magic: bytes, inflate) -> Iterator[bytes]:
    at = data.find(magic)
    while at >= 0:
        inner = inflate(data[at:])
        if inner:
            yield inner
        at = data.find(magic, at + 1)


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, INFLATED)
    except zlib.error:
        return b""


def _gunzip(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(data, INFLATED)
    except (zlib.error, gzip.BadGzipFile):
        return b""


def _bunzip(data: bytes) -> bytes:
    try:
        return bz2.BZ2Decompressor().decompress(data, INFLATED)
    except (OSError, ValueError):
        return b""


def _unxz(data: bytes) -> bytes:
    try:
        return lzma.LZMADecompressor().decompress(data, INFLATED)
    except lzma.LZMAError:
        return b""


def _unzip(data: bytes) -> bytes:
    """An entry, from its local header (APPNOTE 4.3.7)."""
    if len(data) < 30:
        return b""
    method, name, extra = struct.unpack_from("<8xH16xHH", data)
    content = data[30 + name + extra :]
    if method != 8:
        return b""  # stored: it stands there as it is
    try:
        return zlib.decompressobj(-15).decompress(content, INFLATED)
    except zlib.error:
        return b""


def betrayed_by(data: bytes) -> set[str]:
    """The same in what Vigie wrote: also in any case, and as its store packs bodies."""
    return found_in(data) | found(data, {canary for canary in ALL if canary.isascii()})


def _zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", data)
    return out.getvalue()


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda text: text,
    "utf-16": lambda text: text.decode().encode("utf-16-le"),
    "utf-16, big end first": lambda text: text.decode().encode("utf-16-be"),
    "base64": lambda text: base64.b64encode(b"a" + text + b"bc"),
    "base64, other alignment": lambda text: base64.b64encode(b"ab" + text),
    "base64 in lines": lambda text: base64.encodebytes(b"x" * 50 + text).replace(b"\n", b"\r\n"),
    "quoted-printable": lambda text: quopri.encodestring(b"y" * 60 + text),
    "hexadecimal": lambda text: text.hex().encode(),
    "percent-encoded": lambda text: quote(text).encode(),
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": _zip,
    "gzip of base64": lambda text: gzip.compress(base64.b64encode(text)),
}
PACKED: dict[str, Callable[[bytes], bytes]] = {"the store's own": lambda text: pack(f"un corps {text.decode()} " * 20)}
