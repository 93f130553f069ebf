"""Capture files of every kind the source reads, and every way they can be broken."""

import gzip
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path as FilePath

import lz4.frame
import pytest
import zstandard

from sensor.capture import CaptureError, Path
from sensor.capture.files import open_capture

ROOT = FilePath(__file__).resolve().parents[3]

SECONDS, FRACTION = 1_700_000_000, 123_456
NS = SECONDS * 1_000_000_000
PACKETS = [b"\x11" * 60, b"\x22" * 61, b"\x33" * 1514]


def pcap(packets=PACKETS, *, order="<", magic=0xA1B2C3D4, link=1, wirelen=None, extra=b""):
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for packet in packets:
        out += struct.pack(order + "IIII", SECONDS, FRACTION, len(packet), wirelen or len(packet)) + extra + packet
    return out


def block(kind, body, *, order="<"):
    body += b"\0" * (-len(body) % 4)
    size = len(body) + 12
    return struct.pack(order + "II", kind, size) + body + struct.pack(order + "I", size)


def section(*, order="<", length=-1):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, length), order=order)


def option(code, value, *, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def interface(*, link=1, snaplen=0, options=b"", order="<"):
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options, order=order)


def enhanced(packet, *, stamp=0, number=0, wirelen=None, options=b"", order="<"):
    head = struct.pack(order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(packet), wirelen or len(packet))
    return block(6, head + packet + b"\0" * (-len(packet) % 4) + options, order=order)


def simple(packet, wirelen=None, *, order="<"):
    return block(3, struct.pack(order + "I", wirelen or len(packet)) + packet, order=order)


@pytest.fixture
def read(tmp_path):
    """Bytes → (rows as dicts with their frame, flaws)."""

    def run(content, name="x.pcap"):
        path = tmp_path / name
        path.write_bytes(content)
        source = open_capture(path)
        assert source.path is Path.KERNEL
        rows = []
        for frames in source.batches():
            for row in frames.table:
                first = int(row["offset"])
                whole = {field: int(row[field]) for field in row.dtype.names}
                rows.append(whole | {"frame": frames.data[first : first + whole["caplen"]].tobytes()})
        assert source.kernel_drops() == 0
        progress = source.progress()
        flaws = source.flaws()
        assert progress == 1.0 or flaws
        source.close()
        return rows, flaws

    return run


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("magic", "fraction", "extra"),
    [(0xA1B2C3D4, 1000, b""), (0xA1B23C4D, 1, b""), (0xA1B2CD34, 1000, b"\0" * 8)],
    ids=["microseconds", "nanoseconds", "Kuznetzov"],
)
def test_pcap(read, order, magic, fraction, extra):
    rows, flaws = read(pcap(order=order, magic=magic, wirelen=2000, extra=extra))
    assert flaws == ()
    assert [row["frame"] for row in rows] == PACKETS
    assert {row["ts"] for row in rows} == {NS + FRACTION * fraction}
    assert {row["wirelen"] for row in rows} == {2000}
    assert {row["link"] for row in rows} == {1}


@pytest.mark.parametrize("snaplen", [0, 1, 60, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_snap_length_that_lies_is_not_believed(read, snaplen):
    whole = bytearray(pcap())
    whole[16:20] = struct.pack("<I", snaplen)
    rows, flaws = read(bytes(whole))
    assert ([row["frame"] for row in rows], flaws) == (PACKETS, ())


def test_a_wire_length_below_what_was_captured_loses_nothing(read):
    rows, flaws = read(pcap(wirelen=10))
    assert ([row["frame"] for row in rows], flaws) == (PACKETS, ())


def test_the_link_field_also_tells_of_check_sequences(read):
    rows, _ = read(pcap(link=113 | 0x04000000 | 2 << 28))
    assert {(row["link"], row["fcs"]) for row in rows} == {(113, 4)}
    rows, _ = read(pcap(link=0x10001))
    assert {row["link"] for row in rows} == {0xFFFF}


def test_many_batches(read):
    packets = [struct.pack("<I", i) * 15 for i in range(5000)]
    rows, flaws = read(pcap(packets))
    assert [row["frame"] for row in rows] == packets
    assert flaws == ()


@pytest.mark.parametrize(
    "content", [pcap([]), section(), section() + interface()], ids=["pcap", "section", "interface"]
)
def test_no_packets_is_no_fault(read, content):
    assert read(content) == ([], ())


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng(read, order):
    stamp = SECONDS * 1_000_000 + FRACTION
    content = (
        section(order=order)
        + block(10, b"secret" * 7, order=order)
        + interface(order=order)
        + b"".join(enhanced(packet, stamp=stamp, wirelen=3000, order=order) for packet in PACKETS)
        + block(5, b"\0" * 24, order=order)
        + block(0xBAD, b"custom", order=order)
        + simple(PACKETS[0], order=order)
        + block(2, struct.pack(order + "HHIIII", 0, 0, stamp >> 32, stamp & 0xFFFFFFFF, 4, 9) + b"abcd", order=order)
    )
    rows, flaws = read(content)
    assert flaws == ()
    assert [row["frame"] for row in rows] == [*PACKETS, PACKETS[0], b"abcd"]
    assert [row["ts"] for row in rows] == [NS + FRACTION * 1000] * 3 + [0, NS + FRACTION * 1000]
    assert [row["wirelen"] for row in rows] == [3000] * 3 + [60, 9]


@pytest.mark.parametrize(
    ("options", "stamp", "ts"),
    [
        pytest.param(b"", 1_700_000_000_000_001, 1_700_000_000_000_001_000, id="default: microseconds"),
        pytest.param(option(9, b"\x09"), NS + 1, NS + 1, id="nanoseconds"),
        pytest.param(option(9, b"\x00"), SECONDS, NS, id="seconds"),
        pytest.param(option(9, b"\x03"), SECONDS * 1000 + 7, NS + 7_000_000, id="milliseconds"),
        pytest.param(option(9, b"\x0a"), NS * 10 + 19, NS + 1, id="tenths of nanoseconds"),
        pytest.param(option(9, b"\x94"), (SECONDS << 20) + (1 << 19), NS + 500_000_000, id="2^-20"),
        pytest.param(option(9, b"\xa2"), (12 << 34) + (1 << 33), 12_500_000_000, id="2^-34"),
        pytest.param(option(14, struct.pack("<q", SECONDS)), 1, NS + 1000, id="offset"),
        pytest.param(option(14, struct.pack("<q", -5)), 6_000_000, 1_000_000_000, id="negative offset"),
        pytest.param(option(9, b"\xff"), 5, 0, id="no time at all"),
        pytest.param(option(14, struct.pack("<q", 2**62)), 5, 0, id="an offset beyond all years"),
        pytest.param(option(2, b"eth0") + option(9, b"\x09") + option(0, b""), NS, NS, id="other options around it"),
        pytest.param(option(0, b"") + option(9, b"\x09"), 1_000_000, 1_000_000_000, id="none after the end"),
        pytest.param(struct.pack("<HH", 9, 5000), 1_000_000, 1_000_000_000, id="an option that lies"),
    ],
)
def test_pcapng_time(read, options, stamp, ts):
    rows, flaws = read(section() + interface(options=options) + enhanced(b"abcd", stamp=stamp))
    assert ([row["ts"] for row in rows], flaws) == ([ts], ())


def test_pcapng_interfaces_and_sections(read):
    content = (
        section()
        + interface(link=1)
        + interface(link=113, options=option(9, b"\x09") + option(13, b"\x04"))
        + enhanced(b"a", number=0)
        + enhanced(b"b", number=1, stamp=NS)
        + section(order=">")
        + interface(link=276, snaplen=2, order=">")
        + enhanced(b"c", number=0, order=">")
        + simple(b"de", 9, order=">")
    )
    rows, flaws = read(content)
    assert flaws == ()
    assert [(row["frame"], row["link"], row["interface"], row["fcs"]) for row in rows] == [
        (b"a", 1, 0, 0),
        (b"b", 113, 1, 4),
        (b"c", 276, 0, 0),
        (b"de", 276, 0, 0),
    ]
    assert rows[3]["wirelen"] == 9


def test_pcapng_many_interfaces(read):
    content = section() + b"".join(interface(link=i) for i in range(300)) + enhanced(b"z", number=299)
    rows, _ = read(content)
    assert [(row["link"], row["interface"]) for row in rows] == [(299, 299)]


def test_pcapng_check_sequence_of_a_packet(read):
    flagged = enhanced(b"abcde", options=option(2, struct.pack("<I", 4 << 5)) + option(0, b""))
    rows, _ = read(section() + interface() + flagged)
    assert rows[0]["fcs"] == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty file"),
        (b"\xd4", "not a capture file (byte 0: d4)"),
        (
            b"\x7fhello, world, this is no capture",
            "not a capture file (byte 0: 7f 68 65 6c); Wireshark's editcap cannot read it either",
        ),
        (pcap()[:23], "cut within its header, at byte 23"),
        (section()[:11], "cut within a section header, at byte 0"),
        (section()[:8] + b"abcd" + section()[12:], "a section header without byte-order magic, at byte 0"),
        (section()[:4] + b"\x05\0\0\0" + section()[8:], "a section header claims an impossible length, at byte 0"),
    ],
)
def test_what_cannot_be_read_at_all(tmp_path, content, message):
    path = tmp_path / "broken.pcap"
    path.write_bytes(content)
    with pytest.raises(CaptureError) as told:
        open_capture(path)
    assert str(told.value) == f"{path}: {message}"


def test_absent_directory_forbidden(tmp_path):
    with pytest.raises(CaptureError, match=r"absent\.pcap: no such file$"):
        open_capture(tmp_path / "absent.pcap")
    with pytest.raises(CaptureError, match="is a directory, not a capture file"):
        open_capture(tmp_path)
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(CaptureError, match=r"cannot be read \(Not a directory\)"):
        open_capture(tmp_path / "file" / "below")


@pytest.mark.parametrize("size", range(24, 24 + 16 + 60))
def test_pcap_cut_anywhere(read, size):
    """What came before is read; the flaw names the record that was cut."""
    whole = pcap(PACKETS[:1])
    rows, flaws = read(whole + whole[24 : 24 + size - 24])
    assert [row["frame"] for row in rows] == PACKETS[:1]
    assert [(flaw.offset, flaw.reason) for flaw in flaws] == ([(100, "cut in mid-packet")] if size > 24 else [])


def test_pcapng_cut_anywhere(read):
    good = section() + interface() + enhanced(b"first")
    bad = enhanced(b"second")
    for size in range(1, len(bad)):
        rows, flaws = read(good + bad[:size])
        assert [row["frame"] for row in rows] == [b"first"]
        assert [(flaw.offset, flaw.reason) for flaw in flaws] == [(len(good), "cut in mid-packet")]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (struct.pack("<IIII", 1, 2, 0x7FFF_FFFF, 60) + b"\0" * 99, "a record claims to be longer than any frame"),
        (struct.pack("<IIII", 1, 2, 262_145, 60) + b"\0" * 300_000, "a record claims to be longer than any frame"),
    ],
)
def test_pcap_lengths_that_lie(read, damage, reason):
    rows, flaws = read(pcap() + damage, name="lies.pcap")
    assert [row["frame"] for row in rows] == PACKETS
    (flaw,) = flaws
    assert (flaw.offset, flaw.reason) == (len(pcap()), reason)
    assert flaw.name.endswith("lies.pcap")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (struct.pack("<III", 6, 13, 0), "a block claims an impossible length"),
        (struct.pack("<III", 6, 8, 0), "a block claims an impossible length"),
        (struct.pack("<III", 6, 0xFFFF_FFFC, 0), "a block claims an impossible length"),
        (enhanced(b"x", number=1), "a packet of an interface that was not described"),
        (block(6, b"\0" * 16), "a block is too short for its packet"),
        (block(6, struct.pack("<IIIII", 0, 0, 0, 99, 99) + b"abcd"), "a block is too short for its packet"),
        (block(1, b"\0" * 4), "an interface description is too short"),
        (section()[:8] + b"abcd" + section()[12:], "a section header without byte-order magic"),
    ],
)
def test_pcapng_lengths_that_lie(read, damage, reason):
    good = section() + interface() + enhanced(b"first")
    rows, flaws = read(good + damage + b"\0" * 64)
    assert [row["frame"] for row in rows] == [b"first"]
    assert [(flaw.offset, flaw.reason) for flaw in flaws] == [(len(good), reason)]


def test_simple_packets_before_any_interface(read):
    rows, flaws = read(section() + simple(b"abcd"))
    assert rows == []
    assert [flaw.reason for flaw in flaws] == ["a packet of an interface that was not described"]


def test_every_capture_of_the_corpus(corpus):
    """Each is read to an end; a capture that cannot be read at all says why in one line."""
    if corpus is None:
        return
    refused = []
    for path in sorted(corpus.rglob("*.pcap*")):
        try:
            source = open_capture(path)
        except CaptureError as error:
            refused.append(str(error).removeprefix(os.fspath(path)))
            continue
        for frames in source.batches():
            ends = frames.table["offset"] + frames.table["caplen"]
            assert (frames.table["offset"] >= 0).all()
            assert (ends <= len(frames.data)).all()
        source.close()
    assert all(line.startswith(": ") and "\n" not in line for line in refused)
    assert len(refused) < 60


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
