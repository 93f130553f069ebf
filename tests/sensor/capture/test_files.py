"""Capture files of every kind the source reads, and every way they can be broken."""

import os
import struct

import pytest

from sensor.capture import CaptureError
from sensor.capture.files import open_capture
from tests.sensor.capture.made import FRACTION, NS, PACKETS, interface, pcap, section


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
