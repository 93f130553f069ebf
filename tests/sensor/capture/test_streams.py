"""Packed captures, pipes, standard input."""

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path as FilePath

import lz4.frame
import pytest
import zstandard

from sensor.capture import CaptureError
from sensor.capture.files import open_capture
from tests.sensor.capture.made import (
    PACKETS,
    block,
    enhanced,
    interface,
    pcap,
    section,
)

ROOT = FilePath(__file__).resolve().parents[3]


def packed_gzip(content):
    return gzip.compress(content)


def packed_zstd(content):
    return zstandard.compress(content)


def packed_lz4(content):
    return lz4.frame.compress(content)


PACKERS = [packed_gzip, packed_zstd, packed_lz4]
LARGE = [bytes([i & 255]) * 1500 for i in range(3000)]  # several windows


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize("content", [pcap(LARGE), section() + interface() + b"".join(map(enhanced, LARGE))])
def test_packed(read, pack, content):
    rows, flaws = read(pack(content))
    assert flaws == ()
    assert [row["frame"] for row in rows] == LARGE


@pytest.mark.parametrize("pack", PACKERS)
def test_packed_and_cut(read, pack):
    whole = pack(pcap([os.urandom(1000) for _ in range(1000)]))
    rows, flaws = read(whole[: len(whole) // 2])
    assert 300 < len(rows) < 600
    assert len(flaws) == 1
    assert flaws[0].reason in ("the compressed data is damaged or cut", "cut in mid-packet")


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize(("inside", "said"), [(b"no capture at all", "not a capture file"), (b"", "empty file")])
def test_packed_but_no_capture(tmp_path, pack, inside, said):
    path = tmp_path / "x.gz"
    path.write_bytes(pack(inside))
    with pytest.raises(CaptureError, match=said):
        open_capture(path)


@pytest.mark.parametrize("head", [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"])
def test_damaged_from_the_start(tmp_path, head):
    path = tmp_path / "x"
    path.write_bytes(head + b"\xff" * 60)
    with pytest.raises(CaptureError, match="the compressed data is damaged or cut"):
        open_capture(path)


def test_a_block_larger_than_the_window(read):
    content = section() + interface() + block(5, b"\0" * 3_000_000) + enhanced(b"after")
    rows, flaws = read(gzip.compress(content))
    assert ([row["frame"] for row in rows], flaws) == ([b"after"], ())


def test_a_pipe(tmp_path):
    """Byte by byte and without an end in sight: each packet is given out when it is there."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    content = pcap(PACKETS)
    arrived = threading.Event()

    def write():
        with path.open("wb", buffering=0) as pipe:
            for i in range(len(content) - 20):
                pipe.write(content[i : i + 1])
            arrived.wait(20)
            pipe.write(content[-20:])

    writer = threading.Thread(target=write)
    writer.start()
    source = open_capture(path)
    frames = []
    for batch in source.batches():
        starts = [int(row["offset"]) for row in batch.table]
        frames += [batch.data[start : start + len(PACKETS[0])].tobytes()[:4] for start in starts]
        if len(frames) == 2:
            arrived.set()
    writer.join()
    assert frames == [packet[:4] for packet in PACKETS]
    assert source.progress() is None
    assert source.flaws() == ()
    source.close()


def test_standard_input():
    program = (
        "from sensor.capture.files import open_capture\n"
        "s = open_capture('-')\n"
        "print(sum(len(f.table) for f in s.batches()), s.flaws())\n"
    )
    for content, said in [
        (pcap(), b"3 ()"),
        (gzip.compress(pcap()), b"3 ()"),
        (pcap()[:-1], b"2 (Flaw(name='standard input'"),
    ]:
        done = subprocess.run([sys.executable, "-c", program], input=content, capture_output=True, check=True, cwd=ROOT)
        assert done.stdout.startswith(said)
