"""Opening QUIC's Initial packets: anybody may, since their keys come from what is in clear (RFC 9001, 5; RFC 9369, 3).

    long header: 1|any|type(2)|protected(4)  version(4)  dcid<1>  scid<1>    the second bit, once always 1: RFC 9287
    negotiation: 1|any(7)  0(32)  dcid<1>  scid<1>  versions(32 each): the server's answer to a version it has not
    Initial:     token<varint>  length(varint)  packet number(1 to 4, protected)  payload and tag (AES-128-GCM)

    secret = HKDF-Extract(salt of the version, the first dcid of the client)
    keys   = HKDF-Expand-Label(secret of the side, "quic key" | "quic iv" | "quic hp")

The tag makes sure: what opens was a QUIC Initial, and nothing else was.
"""

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sensor.frozen import frozen
from sensor.wire import ParseError
from sensor.wire.cursor import Cursor

V1, V2 = 0x00000001, 0x6B3343CF
LONGEST_ID = 20

_V1_SALT = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_V2_SALT = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")
_DRAFT_29_SALT = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_DRAFT_23_SALT = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
_GOOGLE_SALTS = {  # T050 and T051, Chrome's QUIC with TLS before the RFC
    0x54303530: bytes.fromhex("7ff579e5acd072915580304c43a2367c60488310"),
    0x54303531: bytes.fromhex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d"),
}


class Kind(Enum):
    """What a long header packet is."""

    INITIAL = 0
    ZERO_RTT = 1
    HANDSHAKE = 2
    RETRY = 3


_KINDS = tuple(Kind)


@frozen
class Packet:
    """One long header packet. `data` from its first byte to its last; `number_at`: where the packet number begins in it."""

    version: int
    kind: Kind
    dcid: bytes
    scid: bytes
    data: bytes
    number_at: int


@frozen
class Keys:
    """What opens one side's Initials."""

    key: bytes
    iv: bytes
    hp: bytes


def salt_of(version: int) -> bytes | None:
    """The salt of a version, None for one whose Initials are not opened."""
    if version == V1:
        return _V1_SALT
    if version == V2:
        return _V2_SALT
    if version >> 8 == 0xFF0000:
        draft = version & 0xFF
        return (
            _V1_SALT
            if 33 <= draft <= 34
            else _DRAFT_29_SALT
            if draft >= 29
            else _DRAFT_23_SALT
            if draft >= 23
            else None
        )
    if version in _GOOGLE_SALTS:
        return _GOOGLE_SALTS[version]
    return _DRAFT_23_SALT if version in (0xFACEB002, 0xFACEB00E) else None  # Meta's own stack, after draft 27


def version_name(version: int) -> str:
    if version in (V1, V2):
        return "1" if version == V1 else "2"
    return f"draft-{version & 0xFF}" if version >> 8 == 0xFF0000 else f"{version:08x}"


@lru_cache(maxsize=64)
def keys_of(version: int, dcid: bytes, *, client: bool) -> Keys | None:
    """The keys of the client's or the server's Initials, from the first destination id that the client chose."""
    salt = salt_of(version)
    if salt is None:
        return None
    initial = _hmac(_pads(salt), dcid)
    pads = _pads(_hmac(_pads(initial), _SIDES[client]))
    key, iv, hp = (_hmac(pads, info) for info in (_V2_INFOS if version == V2 else _INFOS))
    return Keys(key[:16], iv[:12], hp[:16])


def _info(label: bytes, size: int) -> bytes:
    """What HKDF-Expand-Label hashes, with an empty context and for one block (RFC 8446, 7.1; RFC 5869, 2.3)."""
    full = b"tls13 " + label
    return size.to_bytes(2, "big") + bytes([len(full)]) + full + b"\0\1"


_SIDES = (_info(b"server in", 32), _info(b"client in", 32))
_INFOS = (_info(b"quic key", 16), _info(b"quic iv", 12), _info(b"quic hp", 16))
_V2_INFOS = (_info(b"quicv2 key", 16), _info(b"quicv2 iv", 12), _info(b"quicv2 hp", 16))
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


def _pads(key: bytes) -> tuple[bytes, bytes]:
    """HMAC's two blocks of a key not longer than one (RFC 2104, 2)."""
    key = key.ljust(64, b"\0")
    return key.translate(_INNER), key.translate(_OUTER)


def _hmac(pads: tuple[bytes, bytes], data: bytes) -> bytes:
    """HMAC-SHA256, three times as fast as the library's, which looks the hash up anew for each call."""
    return sha256(pads[1] + sha256(pads[0] + data).digest()).digest()


def varint(cursor: Cursor) -> int:
    """RFC 9000, 16: the two highest bits say how many bytes."""
    number, cursor.at = _varint(cursor.data, cursor.at, cursor.stop)
    return number


def _varint(data: bytes, at: int, stop: int) -> tuple[int, int]:
    """The number at `at`, and where it ends."""
    size = 1 << (data[at] >> 6) if at < stop else 1
    if size > stop - at:
        raise ParseError(f"{size} bytes announced, {stop - at} left")
    return int.from_bytes(data[at : at + size], "big") & ((1 << (8 * size - 2)) - 1), at + size


def _ids(data: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Destination and source id behind the version of the long header at `at`, and where they end."""
    try:
        behind = at + 6 + data[at + 5]
        end = behind + 1 + data[behind]
    except IndexError:
        raise ParseError("cut within its ids") from None
    if end > len(data):
        raise ParseError("cut within its ids")
    return data[at + 6 : behind], data[behind + 1 : end], end


def packets(datagram: bytes) -> Iterator[Packet]:
    """The long header packets that share a datagram, up to the first that is none (RFC 9000, 12.2)."""
    start, stop = 0, len(datagram)
    while start < stop and datagram[start] & 0x80:
        version = int.from_bytes(datagram[start + 1 : start + 5], "big")
        dcid, scid, at = _ids(datagram, start)
        if max(len(dcid), len(scid)) > LONGEST_ID or salt_of(version) is None:
            raise ParseError("not a long header of a known version")
        kind = _KINDS[(datagram[start] >> 4) - (1 if version == V2 else 0) & 3]
        if kind is Kind.RETRY:
            yield Packet(version, kind, dcid, scid, datagram[start:], 0)
            return
        if kind is Kind.INITIAL:
            token, at = _varint(datagram, at, stop)
            at += token
        length, at = _varint(datagram, at, stop)
        if length > stop - at:
            raise ParseError(f"{length} bytes announced, {stop - at} left")
        yield Packet(version, kind, dcid, scid, datagram[start : at + length], at - start)
        start = at + length


def offers_versions(datagram: bytes) -> bool:
    """Whether this is a server's Version Negotiation packet that offers a version known here (RFC 9000, 17.2.1)."""
    if datagram[:1] < b"\x80" or datagram[1:5] != bytes(4):
        return False
    try:
        cursor = Cursor(datagram, 5)
        cursor.vector8()
        cursor.vector8()
    except ParseError:
        return False
    offered = datagram[cursor.at :]
    return len(offered) % 4 == 0 and any(
        salt_of(int.from_bytes(offered[at : at + 4], "big")) for at in range(0, len(offered), 4)
    )


def open_initial(packet: Packet, keys: Keys) -> bytes | None:
    """The frames of an Initial; None if these are not its keys."""
    data, at = packet.data, packet.number_at
    sample = data[at + 4 : at + 20]
    if len(sample) < 16:
        return None
    mask = Cipher(algorithms.AES(keys.hp), modes.ECB()).encryptor().update(sample)  # noqa: S305 (RFC 9001, 5.4.3 says ECB)
    first = data[0] ^ (mask[0] & 0x0F)
    size = (first & 3) + 1
    number = int.from_bytes(data[at : at + size], "big") ^ int.from_bytes(mask[1 : 1 + size], "big")
    header = bytes((first,)) + data[1:at] + number.to_bytes(size, "big")
    nonce = (int.from_bytes(keys.iv, "big") ^ number).to_bytes(12, "big")
    try:
        return AESGCM(keys.key).decrypt(nonce, data[at + size :], header)
    except InvalidTag:
        return None
