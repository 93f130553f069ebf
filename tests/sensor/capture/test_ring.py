"""The ring over a veth pair in a network namespace of its own: what was sent is what arrives."""

import contextlib
import mmap
import socket
import struct
import time

import numpy as np
import pytest
from numba import njit

from sensor.capture import FRAME, CaptureError
from sensor.capture.ring import RingSource
from sensor.capture.ring_index import give_back, index_frames, status, warm
from tests.veth import ip, send, wire

pytestmark = pytest.mark.root


@pytest.fixture
def pair():
    with wire():
        yield


@contextlib.contextmanager
def ring(**options):
    source = RingSource("here", **options)
    try:
        yield source
    finally:
        source.close()


def take(source, count, seconds=10):
    """(bytes, row) of the first `count` frames, and the sizes of the batches they came in."""
    deadline = time.monotonic() + seconds
    got, sizes = [], []
    for data, table in source.batches():
        sizes.append(len(table))
        got += [(bytes(data[row["offset"] : row["offset"] + row["caplen"]]), row.copy()) for row in table]
        if len(got) >= count or time.monotonic() > deadline:
            break
    return got, sizes


def frame(number, size=100, kind=b"\x88\xb5"):
    """An Ethernet frame of an experimental type, for somebody else's MAC: only a promiscuous interface shows it."""
    body = struct.pack("!I", number) + bytes((number * 7 + i) & 255 for i in range(size - 18))
    return b"\x02\x00\x00\x00\x00\x99" + b"\x02\x00\x00\x00\x00\x01" + kind + body


@pytest.mark.usefixtures("pair")
def test_all_that_was_sent_arrives_byte_for_byte_in_order_and_on_time():
    sent = [frame(n, size) for n, size in enumerate([60, 61, 400, 1514] * 25)]
    before = time.time_ns()
    with ring() as source:
        send(sent)
        got, _ = take(source, len(sent))
        assert source.kernel_drops() == 0
    assert [data for data, _ in got] == sent
    assert all(row["wirelen"] == row["caplen"] == len(data) and row["link"] == 1 for data, row in got)
    assert not any(row["vlan_valid"] for _, row in got)
    times = [int(row["ts"]) for _, row in got]
    assert times == sorted(times)
    assert before - 5_000_000 <= times[0] <= times[-1] <= time.time_ns()


@pytest.mark.usefixtures("pair")
def test_a_vlan_tag_comes_from_the_ring_header():
    tagged = frame(1)[:12] + b"\x81\x00" + struct.pack("!H", 5 << 13 | 42) + frame(1)[12:]
    with ring() as source:
        send([frame(0), tagged])
        got, _ = take(source, 2)
    assert [(int(row["vlan_valid"]), int(row["vlan"])) for _, row in got] == [(0, 0), (1, 5 << 13 | 42)]
    assert got[1][0] == frame(1)


@pytest.mark.usefixtures("pair")
def test_blocks_are_given_back_so_that_a_small_ring_carries_many_frames():
    sent = [frame(n, 1000) for n in range(600)]  # 600 kB and more through a ring of 128 KiB
    with ring(block_size=1 << 16, blocks=2) as source:
        got = []
        for part in range(0, 600, 50):
            send(sent[part : part + 50])
            got += take(source, 50)[0]
        assert source.kernel_drops() == 0
    assert [data for data, _ in got] == sent


@pytest.mark.usefixtures("pair")
def test_a_ring_that_nobody_reads_counts_what_it_drops():
    with ring(block_size=1 << 16, blocks=2) as source:
        send([frame(n, 1000) for n in range(600)])
        kept = len(take(source, 600, seconds=1)[0])
        drops = source.kernel_drops()
        assert 0 < kept < 600
        assert kept + drops == 600
        assert source.kernel_drops() == drops


@pytest.mark.usefixtures("pair")
def test_a_block_bigger_than_the_table_comes_in_parts(monkeypatch):
    monkeypatch.setattr("sensor.capture.ring.TABLE", 7)
    sent = [frame(n) for n in range(100)]
    with ring() as source:
        send(sent)
        got, sizes = take(source, 100)
    assert [data for data, _ in got] == sent
    assert max(sizes) == 7


@pytest.mark.usefixtures("pair")
def test_an_idle_wire_yields_empty_batches_so_that_time_goes_on():
    with ring() as source:
        batches = source.batches()
        begin = time.monotonic()
        assert [len(next(batches).table) for _ in range(3)] == [0, 0, 0]
        assert 0.5 < time.monotonic() - begin < 3


@pytest.mark.usefixtures("pair")
def test_an_interface_that_goes_down_is_named():
    with ring() as source:
        batches = source.batches()
        next(batches)
        ip("link", "set", "here", "down")
        with pytest.raises(CaptureError, match=r"here: the interface went down.*ip link set here up"):
            list(batches)


@pytest.mark.usefixtures("pair")
def test_an_interface_that_is_absent_down_or_not_a_name_is_refused():
    with pytest.raises(CaptureError, match=r"eth9: no such interface; present: here, lo, there"):
        RingSource("eth9")
    ip("link", "set", "here", "down")
    with pytest.raises(CaptureError, match=r"here: the interface is down.*ip link set here up"):
        RingSource("here")
    with pytest.raises(CaptureError, match="not the name of an interface"):
        RingSource("much-too-long-a-name")


def test_without_the_right_to_capture_the_message_says_what_to_do(monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(CaptureError, match=r"mon0: not allowed to capture; run as root.*CAP_NET_RAW"):
        RingSource("mon0")


def test_a_block_size_that_is_no_multiple_of_the_page_is_refused():
    with pytest.raises(ValueError, match="page size"):
        RingSource("here", block_size=mmap.PAGESIZE + 2048)


@pytest.mark.usefixtures("pair")
def test_a_closed_ring_ends_its_batches_and_still_tells_its_drops():
    source = RingSource("here")
    batches = source.batches()
    next(batches)
    source.close()
    source.close()
    assert list(batches) == []
    assert source.kernel_drops() == 0


def test_the_block_status_is_read_and_returned_in_acquire_and_release_order():
    warm()
    (read,) = njit("uint32(int64)")(status.py_func).inspect_llvm().values()
    (write,) = njit("void(int64)")(give_back.py_func).inspect_llvm().values()
    assert "load atomic" in read
    assert "acquire" in read
    assert "store atomic" in write
    assert "release" in write
    block = np.zeros(64, dtype=np.uint8)
    block[8] = 1
    assert status(block.ctypes.data) == 1
    give_back(block.ctypes.data)
    assert status(block.ctypes.data) == 0


def test_a_header_that_points_outside_the_ring_gives_no_bytes():
    data = np.zeros(256, dtype=np.uint8)
    words = data.view(np.uint32)
    words[3] = words[4] = 500
    words[6] = 80
    data.flags.writeable = False
    table = np.zeros(4, dtype=FRAME)
    assert index_frames(data, 0, 1, 1, table) == (1, 0)
    assert (table[0]["caplen"], table[0]["wirelen"]) == (0, 500)
