import zlib

from sensor.wire.imap_side import Side


def test_in_clear_bytes_pass_as_they_are():
    side = Side()
    assert side.add(b"a\r\n")
    assert side.flow.line() == b"a"


def test_inflated():
    side = Side()
    side.inflater = zlib.decompressobj(-15)
    packer = zlib.compressobj(wbits=-15)
    assert side.add(packer.compress(b"* OK\r\n") + packer.flush(zlib.Z_SYNC_FLUSH))
    assert (side.flow.line(), side.size_out) == (b"* OK", 6)
    assert not side.add(b"\xff\xff\xff\xff")
