"""The published vectors of RFC 9001 (appendix A) and RFC 9369 (appendix A)."""

import pytest

from sensor.wire import ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.quic_initial import V1, V2, Kind, keys_of, open_initial, packets, salt_of, varint, version_name
from tests.sensor.wire.initials import crypto, initial

DCID = bytes.fromhex("8394c8f03e515708")
HELLO = bytes.fromhex(
    "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b"
    "6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d0020"
    "9370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e04030503060302030804080508"
    "06002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e"
    "51570806048000ffff"
)


@pytest.mark.parametrize(
    ("version", "client", "key", "iv", "hp"),
    [
        (V1, True, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2"),
        (V1, False, "cf3a5331653c364c88f0f379b6067e37", "0ac1493ca1905853b0bba03e", "c206b8d9b9f0f37644430b490eeaa314"),
        (V2, True, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9"),
        (V2, False, "82db637861d55e1d011f19ea71d5d2a7", "dd13c276499c0249d3310652", "edf6d05c83121201b436e16877593c3a"),
    ],
)
def test_published_keys(version, client, key, iv, hp):
    keys = keys_of(version, DCID, client=client)
    assert keys is not None
    assert (keys.key.hex(), keys.iv.hex(), keys.hp.hex()) == (key, iv, hp)


@pytest.mark.parametrize(
    ("version", "begins", "ends"),
    [
        (V1, "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11", "e221af44860018ab0856972e194cd934"),
        (V2, "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485", ""),
    ],
)
def test_the_published_client_initial(version, begins, ends):
    data = initial(b"\6\0\x40\xf1" + HELLO, version=version, number=2)
    assert data.hex().startswith(begins)
    assert data.hex().endswith(ends)
    (packet,) = packets(data)
    assert (packet.version, packet.kind, packet.dcid, packet.number_at) == (version, Kind.INITIAL, DCID, 18)
    keys = keys_of(version, DCID, client=True)
    assert keys is not None
    frames = open_initial(packet, keys)
    assert frames is not None
    assert frames[4:].rstrip(b"\0") == HELLO.rstrip(b"\0")


def test_the_published_retry():
    data = bytes.fromhex("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")
    (packet,) = packets(data)
    assert packet.kind is Kind.RETRY
    (packet,) = packets(bytes.fromhex("cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6"))
    assert packet.kind is Kind.RETRY


def test_a_changed_byte_does_not_open():
    data = initial(crypto(0, HELLO))
    keys = keys_of(V1, DCID, client=True)
    assert keys is not None
    for at in (0, 20, 400, 1199):
        changed = bytearray(data)
        changed[at] ^= 1
        (packet,) = packets(bytes(changed))
        assert open_initial(packet, keys) is None


def test_packets_share_a_datagram():
    data = initial(b"\1", size=40) + initial(b"\1", size=50, version=V2) + b"\x40short"
    assert [packet.version for packet in packets(data)] == [V1, V2]


@pytest.mark.parametrize("cut", [1, 5, 12, 17, 40, 1199])
def test_a_cut_packet_is_none(cut):
    with pytest.raises(ParseError):
        list(packets(initial(crypto(0, HELLO))[:cut]))


@pytest.mark.parametrize(
    ("version", "name", "known"),
    [(1, "1", True), (V2, "2", True), (0xFF00001D, "draft-29", True), (0xFF000017, "draft-23", True),
     (0xFF000022, "draft-34", True), (0xFF000010, "draft-16", False), (0xFACEB002, "faceb002", True), (0x51303433, "51303433", False)],
)  # fmt: skip
def test_versions(version, name, known):
    assert version_name(version) == name
    assert (salt_of(version) is not None) == known


@pytest.mark.parametrize(
    ("data", "number"),
    [
        ("c2197c5eff14e88c", 151_288_809_941_952_652),
        ("9d7f3e7d", 494_878_333),
        ("7bbd", 15_293),
        ("25", 37),
        ("4025", 37),
    ],
)
def test_published_varints(data, number):
    assert varint(Cursor(bytes.fromhex(data))) == number
