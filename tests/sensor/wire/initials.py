"""QUIC Initial packets built from their fields, with RFC 9001's formulas written a second time."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tests.sensor.wire.hellos import v8

SALTS = {1: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", 0x6B3343CF: "0dede3def700a6db819381be6e269dcbf9bd2ed9",
         0x54303531: "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d",
    0xFF00001D: "afbfec289993d24c9e9786f19c6111e04390a899"}  # fmt: skip


def label(secret, name, size):
    full = b"tls13 " + name
    return HKDFExpand(hashes.SHA256(), size, size.to_bytes(2, "big") + v8(full) + b"\0").derive(secret)


def keys(version, dcid, side=b"client in"):
    extract = HMAC(bytes.fromhex(SALTS[version]), hashes.SHA256())
    extract.update(dcid)
    secret = label(extract.finalize(), side, 32)
    word = b"quicv2 " if version == 0x6B3343CF else b"quic "
    return tuple(label(secret, word + name, size) for name, size in ((b"key", 16), (b"iv", 12), (b"hp", 16)))


def varint(number):
    return (0x4000 | number).to_bytes(2, "big")


def crypto(offset, data):
    return b"\6" + varint(offset) + varint(len(data)) + data


def initial(
    frames,
    *,
    version=1,
    dcid=b"\x83\x94\xc8\xf0\x3e\x51\x57\x08",
    scid=b"",
    number=0,
    keyed=None,
    side=b"client in",
    size=1162,
    token=b"",
):
    """A protected Initial. `keyed`: the destination id that the keys come from, if it is another."""
    frames = frames.ljust(size, b"\0")
    first = 0xC3 | (0x10 if version == 0x6B3343CF else 0)
    header = bytes([first]) + version.to_bytes(4, "big") + v8(dcid) + v8(scid) + v8(token)
    header += varint(4 + len(frames) + 16) + number.to_bytes(4, "big")
    return protect(header, frames, number, keys(version, dcid if keyed is None else keyed, side))


def protect(header, frames, number, made):
    key, iv, hp = made
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, frames, header)
    mask = Cipher(algorithms.AES(hp), modes.ECB()).encryptor().update(sealed[:16])
    first = bytes([header[0] ^ (mask[0] & 0x0F)])
    return first + header[1:-4] + bytes(a ^ b for a, b in zip(header[-4:], mask[1:5], strict=True)) + sealed
