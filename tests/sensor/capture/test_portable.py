"""The portable way in, over a veth pair: the same frames as the ring gives, tags in the frame."""

import struct
import time

import pytest

from sensor.capture import CaptureError, Path
from sensor.capture.portable import PortableSource, conf
from tests.veth import ip, send, wire

pytestmark = pytest.mark.root


@pytest.fixture
def pair():
    """Scapy remembers the interfaces of the network it was loaded in."""
    with wire():
        conf.ifaces.reload()
        yield
    conf.ifaces.reload()


@pytest.fixture
def source(pair):
    opened = PortableSource("here")
    yield opened
    opened.close()


def frame(number, size=100):
    head = b"\x02\x00\x00\x00\x00\x99\x02\x00\x00\x00\x00\x01\x88\xb5"
    return head + struct.pack("!I", number) + bytes((number + i) & 255 for i in range(size - 18))


def take(source, count):
    got, deadline = [], time.monotonic() + 10
    for data, table in source.batches():
        got += [(bytes(data[row["offset"] : row["offset"] + row["caplen"]]), row.copy()) for row in table]
        if len(got) >= count or time.monotonic() > deadline:
            return got
    return got


def test_all_that_was_sent_arrives_in_order(source):
    sent = [frame(number, size) for number, size in enumerate([60, 400, 1514] * 20)]
    before = time.time_ns()
    send(sent)
    got = take(source, len(sent))
    assert [data for data, _ in got] == sent
    assert all(row["link"] == 1 and row["wirelen"] == len(data) for data, row in got)
    assert before - 5_000_000 < got[0][1]["ts"] < time.time_ns()
    assert (source.path, source.kernel_drops(), source.flaws(), source.progress()) == (Path.SCAPY, 0, (), None)


def test_a_vlan_tag_stays_in_the_frame(source):
    tagged = frame(1)[:12] + b"\x81\x00" + struct.pack("!H", 42) + frame(1)[12:]
    send([tagged])
    ((data, row),) = take(source, 1)
    assert data == tagged
    assert not row["vlan_valid"]


def test_an_idle_wire_yields_empty_batches(source):
    batches = source.batches()
    begin = time.monotonic()
    assert [len(next(batches).table) for _ in range(2)] == [0, 0]
    assert time.monotonic() - begin >= 0.4


def test_an_interface_that_goes_down_is_named(source):
    batches = source.batches()
    next(batches)
    ip("link", "set", "here", "down")
    with pytest.raises(CaptureError, match="here: the interface went down"):
        list(batches)


@pytest.mark.usefixtures("pair")
def test_an_absent_interface_is_named():
    with pytest.raises(CaptureError, match="eth9: cannot capture there"):
        PortableSource("eth9")


def test_a_closed_source_ends(source):
    batches = source.batches()
    next(batches)
    source.close()
    assert list(batches) == []
