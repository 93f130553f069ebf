"""Looks for words in bytes that somebody wrote, in every form in which they might stand there.

`found(data, words)`: as they are (whatever the case), base64, quoted-printable, percent-encoded, hexadecimal, UTF-16, zlib, gzip and raw
deflate behind a gzip or zlib header, the store's packed bodies (`sensor.store.packed`), and these within each other to a depth of `DEPTH`. Words are ASCII.
"""

import base64
import binascii
import contextlib
import quopri
import re
import zlib
from urllib.parse import unquote_to_bytes

import zstandard

from sensor.store import packed

DEPTH = 2
MOST = 1 << 24  # bytes inflated out of one place

_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-]{4,}[\r\n=]*)+")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}")
_PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_BODY = re.compile(
    b"[\1-%c]\0..(?=....\0)" % packed.NEWEST, re.DOTALL
)  # any dictionary, below 64 kB, a checksum, a frame's first byte
_ALPHABET = bytes.maketrans(b"-_", b"+/")


def found(data, words, depth=DEPTH):
    """Those of `words` that stand somewhere in `data`."""
    left = {word for word in words if not _plain(data, word)}
    hit = set(words) - left
    if depth:
        for view in _views(data):
            if not left:
                break
            hit |= (more := found(view, left, depth - 1))
            left -= more
    return hit


def _plain(data, word):
    return word.lower().encode() in data.lower()


def _views(data):
    if b"\0" in data:
        yield data.replace(b"\0", b"")  # UTF-16 of ASCII, either order
    if b"=" in data:
        yield quopri.decodestring(data)
    if b"%" in data:
        yield unquote_to_bytes(data)
    for run in _HEX.finditer(data):
        yield binascii.unhexlify(run[0])
    for place in _PACKED.finditer(data):
        yield from _inflated(data, place.start())
    for place in _BODY.finditer(data):
        yield from _unpacked(data, place.start())
    for run in _BASE64.finditer(data):
        text = re.sub(rb"[\r\n=]", b"", run[0]).translate(_ALPHABET)
        for start in range(4):
            piece = text[start:]
            piece = piece[: len(piece) - (len(piece) % 4 == 1)]
            if len(piece) >= 12:
                yield base64.b64decode(piece + b"=" * (-len(piece) % 4))


def _inflated(data, start):
    engine = zlib.decompressobj(47)  # zlib or gzip, whichever it is
    try:
        out = engine.decompress(data[start:], MOST)
    except zlib.error:
        return
    if out:
        yield out


def _unpacked(data, start):
    """Where the body ends is not known: the frame says it, and whatever follows is passed over."""
    size = int.from_bytes(data[start + 1 : start + 4])
    unpacker = zstandard.ZstdDecompressor(dict_data=packed._dictionary(data[start]), format=packed._FORMAT)
    with contextlib.suppress(zstandard.ZstdError):
        yield unpacker.decompress(data[start + 8 : start + 8 + size + 64], max_output_size=size)
