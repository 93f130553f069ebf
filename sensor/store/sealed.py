"""A stream sealed with a passphrase: nobody without it reads a byte, and a byte that was changed, moved or cut off is noticed.

Called by `vigie backup` and `vigie restore`. Wire format, numbers big-endian:
  "VIGIEBK1" · log2 N, r, p of scrypt (3 × u8) · salt (16 bytes)
  then pieces: AES-256-GCM of up to 1 MiB, each followed by its tag of 16 bytes; all but the last one are full
Key: scrypt (RFC 7914) of the passphrase. Nonce: the piece's number (11 bytes) and 1 for the last piece, else 0, as in STREAM
(Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015); the head is associated data. A salt is never used twice, so no nonce is.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

PIECE = 1 << 20
SHORTEST = 12
_MAGIC = b"VIGIEBK1"
_HEAD = struct.Struct(">8s3B16s")
_TAG = 16
_COST = (
    15,
    8,
    1,
)  # 32 MiB and a tenth of a second on a Pi: a passphrase of twelve letters then costs more than the data are worth
_COSTLIEST = (20, 16, 4)


class Unsealed(ValueError):  # noqa: N818  (it names the thing that is wrong)
    """Not a sealed stream, the wrong passphrase, or one that was changed or cut."""


class Sealer:
    """Writes what it is given, sealed; `end` writes the last piece. Errors: OSError."""

    def __init__(self, out: BinaryIO, passphrase: str) -> None:
        self._out = out
        self._head = _HEAD.pack(_MAGIC, *_COST, os.urandom(16))
        self._cipher = _cipher(self._head, passphrase)
        self._waiting = bytearray()
        self._number = 0
        out.write(self._head)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:  # the last piece, full or not, is only known at the end
            self._piece(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def end(self) -> None:
        self._piece(bytes(self._waiting), last=True)

    def _piece(self, data: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), data, self._head))
        self._number += 1


def unseal(source: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """The pieces, each checked before it is given. Errors: Unsealed, also after some pieces."""
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size or not head.startswith(_MAGIC):
        raise Unsealed("this is not a backup of Vigie")
    cipher = _cipher(head, passphrase)
    number, piece = 0, source.read(PIECE + _TAG)
    while True:
        following = source.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), piece, head)
        except InvalidTag as error:
            raise Unsealed(
                "the passphrase is not the one it was made with, or the file was changed"
                if number == 0
                else "the file was changed or cut off"
            ) from error
        if not following:
            return
        number, piece = number + 1, following


def _cipher(head: bytes, passphrase: str) -> AESGCM:
    _, log_n, r, p, salt = _HEAD.unpack(head)
    if log_n > _COSTLIEST[0] or not 0 < r <= _COSTLIEST[1] or not 0 < p <= _COSTLIEST[2] or log_n < 1:
        raise Unsealed("the file was changed")
    return AESGCM(Scrypt(salt=salt, length=32, n=1 << log_n, r=r, p=p).derive(passphrase.encode()))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
