"""Telegram's transports on a stream, for `sensor.wire.fingerprint`: each judges the first bytes of both sides.

    abridged      client 0xEF, then frames length/4(1, or 0x7F and 3) payload
    intermediate  client 0xEEEEEEEE, or 0xDDDDDDDD (padded), then frames length(4) payload
    full          frames length(4, all of it) number(4, from 0) payload CRC-32(4)
    obfuscated    client 64 bytes: …(8) key(32) counter(16) tag(4) …(4). AES-256-CTR under that key enciphers all that the client
                  sends, the tag too, which says what is inside: 0xEFEFEFEF, 0xEEEEEEEE or 0xDDDDDDDD

Numbers are little-endian. In the first three the server answers with the same frames, and a payload begins with the id(8) of a key
that both sides share, 0 while they have none. The fourth is what Telegram's own programs speak; it is known by the tag alone, which
random bytes show once in 1.4 billion.       core.telegram.org/mtproto/mtproto-transports, core.telegram.org/mtproto/description

What cannot be told, and why:

* MTProxy with a secret (16 bytes, or "dd…"), and servers whose address came with one: the secret is hashed into the key.
* Its fake TLS ("ee…"): the hello is a browser's by design and its proof needs the secret; the answer has the form of any server's.
  What betrays it comes later: the client's first record behind its hello is not as long as TLS 1.3's Finished (53 or 69 bytes: 199
  of the 202 such connections of the corpus; the other three, with early data or a client's certificate, send one soon after), and
  none is longer than 2,878 bytes. To see that, every TLS connection would have to be read some segments past its hellos: more than
  all else that a flow costs. A card reader's certificate (CPS) in one record with its Finished would look the same.
* What runs inside TLS (web.telegram.org): its names tell it.
"""

import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sensor.wire import Likeness
from sensor.wire.sides import starts

LARGEST_FRAME = 1 << 20
SHORTEST_FRAME = 20  # a key's id, a message's, a length
FULL = 12  # what stands around a full frame's payload
LARGEST_FULL = 2_048  # that is kept of a side
OPENING = 64
TAGS = frozenset((b"\xef" * 4, b"\xee" * 4, b"\xdd" * 4))
NEVER_FIRST = frozenset((b"HEAD", b"POST", b"GET ", b"OPTI", b"\x16\3\1\2", b"\xdd" * 4, b"\xee" * 4))
LEAST_VARIED = 40
"""Different bytes among 64 random ones: 57 on average, fewer than 40 once in billions. Text and numbers have far fewer."""


def telegram(orig: bytes, resp: bytes) -> Likeness:
    first = orig[:1]
    if first == b"\xef":
        return _same_key(_abridged(orig[1:]), _abridged(resp))
    if first in (b"\xee", b"\xdd") and starts(orig[:4], first * 4) is not Likeness.NO:
        return _same_key(_intermediate(orig[4:]), _intermediate(resp))
    if orig[4:8] == bytes(4):
        return _same_key(_full(orig), _full(resp))
    return obfuscated(orig, resp)


def obfuscated(orig: bytes, resp: bytes) -> Likeness:
    """One decryption of 64 bytes, and only of what looks random."""
    if len(orig) < OPENING:
        return Likeness.NO if resp or orig[:4] in NEVER_FIRST else Likeness.MAYBE
    opening = orig[:OPENING]
    if opening[:4] in NEVER_FIRST or len(set(opening)) < LEAST_VARIED:
        return Likeness.NO
    cipher = Cipher(algorithms.AES(opening[8:40]), modes.CTR(opening[40:56]))
    said = cipher.decryptor().update(opening)
    return Likeness.YES if said[56:60] in TAGS else Likeness.NO


def _same_key(asked: bytes | None, answered: bytes | None) -> Likeness:
    """The key id that both sides' first frames begin with decides: eight bytes that do not come twice by chance."""
    if b"" in (asked, answered):
        return Likeness.NO
    if asked is None or answered is None:
        return Likeness.MAYBE
    return Likeness.YES if asked == answered else Likeness.NO


def _abridged(data: bytes) -> bytes | None:
    """The key id of the first frame; None while it has not come; nothing if this is no frame."""
    if not data:
        return None
    words, at = data[0] & 0x7F, 1
    if words == 0x7F:
        words, at = int.from_bytes(data[1:4], "little"), 4
    if len(data) < at + 8:
        return None
    return data[at : at + 8] if SHORTEST_FRAME <= words * 4 < LARGEST_FRAME else b""


def _intermediate(data: bytes) -> bytes | None:
    if len(data) < 12:
        return None
    size = int.from_bytes(data[:4], "little") & 0x7FFFFFFF  # the highest bit asks for a quick answer
    return data[4:12] if SHORTEST_FRAME <= size < LARGEST_FRAME else b""


def _full(data: bytes) -> bytes | None:
    """The first frame must be whole, its sum right."""
    size = int.from_bytes(data[:4], "little")
    if len(data) >= 8 and not (FULL + SHORTEST_FRAME <= size <= LARGEST_FULL and data[4:8] == bytes(4)):
        return b""
    if len(data) < max(size, 8):
        return None
    body, summed = data[: size - 4], data[size - 4 : size]
    return data[8:16] if zlib.crc32(body).to_bytes(4, "little") == summed else b""
