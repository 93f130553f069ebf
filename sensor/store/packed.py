"""Bodies as the files hold them: JSON of two kilobytes in some 230 bytes, because nearly all of it is said by the rules each time.

Called wherever a body is written or read. Wire format, numbers big-endian:
  dictionary (u8, 0: none, what follows is the text itself) · bytes of the text (u24) · CRC-32 of these four and what follows
  (u32) · a zstd frame (RFC 8878) without magic, size and checksum, its dictionary dictionaries/NUMBER.zdict
The journal signs the text, not this; the CRC finds a flipped bit of what the frame leaves unused. A dictionary that was
released never changes; `tests/bench/dictionary.py` makes the next number.
"""

import struct
import zlib
from functools import cache
from importlib.resources import files
from threading import local

import zstandard

NEWEST = 2
MOST = (1 << 24) - 1
_HEAD = struct.Struct(">II")
_LEVEL = 10  # 50 µs a body; the levels above save a few bytes and cost ten times that
_FORMAT = zstandard.FORMAT_ZSTD1_MAGICLESS


class _Tools(local):
    """A thread's own: zstandard's contexts are used by one at a time."""

    def __init__(self) -> None:
        self.packer: zstandard.ZstdCompressor | None = None
        self.unpackers: dict[int, zstandard.ZstdDecompressor] = {}


_tools = _Tools()


def pack(text: str) -> bytes:
    """Errors: ValueError if it is longer than 16 MiB, or no UTF-8."""
    return packed(text.encode())


def packed(plain: bytes) -> bytes:
    """The same, of a text that is in UTF-8 already."""
    if len(plain) > MOST:
        raise ValueError(f"a body of {len(plain)} bytes")
    if _tools.packer is None:
        parameters = zstandard.ZstdCompressionParameters.from_level(
            _LEVEL, format=_FORMAT, write_content_size=False, write_checksum=False, write_dict_id=False
        )
        _tools.packer = zstandard.ZstdCompressor(dict_data=_dictionary(NEWEST), compression_params=parameters)
    frame = _tools.packer.compress(plain)
    number, data = (NEWEST, frame) if len(frame) < len(plain) else (0, plain)
    word = number << 24 | len(plain)
    return _HEAD.pack(word, zlib.crc32(data, zlib.crc32(word.to_bytes(4)))) + data


def unpack(body: bytes) -> str:
    """Errors: ValueError if these are not the bytes that `pack` made."""
    return unpacked(body).decode()


def unpacked(body: bytes) -> bytes:
    """The same, still in UTF-8."""
    if len(body) < _HEAD.size:
        raise ValueError("cut short")
    word, check = _HEAD.unpack_from(body)
    data = body[_HEAD.size :]
    if zlib.crc32(data, zlib.crc32(body[:4])) != check:
        raise ValueError("not as it was packed")
    number, size = word >> 24, word & MOST
    if number:
        try:
            data = _unpacker(number).decompress(data, max_output_size=size, allow_extra_data=False) if size else b""
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
    if len(data) != size:
        raise ValueError("not of its size")
    return data


def _unpacker(number: int) -> zstandard.ZstdDecompressor:
    found = _tools.unpackers.get(number)
    if found is None:
        found = zstandard.ZstdDecompressor(dict_data=_dictionary(number), format=_FORMAT)
        _tools.unpackers[number] = found
    return found


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    """Errors: ValueError if there is none of this number."""
    try:
        data = files("sensor.store").joinpath("dictionaries", f"{number}.zdict").read_bytes()
    except FileNotFoundError as error:
        raise ValueError(f"a later version's dictionary {number}") from error
    return zstandard.ZstdCompressionDict(data)
