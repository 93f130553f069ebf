"""Other formats, made by editcap and read back through it; what is none; a machine without it."""

import struct
import subprocess
from pathlib import Path

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from sensor.capture import CaptureError, foreign
from sensor.capture.files import open_capture
from tests.sensor.capture.made import PACKETS, pcap
from tests.sensor.wire.kernel.made import walk


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "plain.pcap"
    path.write_bytes(pcap())
    return path


def frames(source):
    return [
        batch.data[int(row["offset"]) : int(row["offset"] + row["caplen"])].tobytes()
        for batch in source.batches()
        for row in batch.table
    ]


@pytest.mark.parametrize("kind", ["snoop", "netmon2", "ngsniffer", "lanalyzer", "5views"])
def test_a_format_of_others(plain, tmp_path, kind):
    other = tmp_path / "other"
    subprocess.run(["editcap", "-F", kind, plain, other], check=True)
    assert other.read_bytes()[:4] != pcap()[:4]
    source = open_capture(other)
    assert frames(source) == PACKETS
    assert source.flaws() == ()
    source.close()


def test_erf_is_read_through_to_its_packets(tmp_path):
    """Endace's format: editcap passes its records on as they are, and the loop opens them."""
    frame = bytes(Ether() / IP(src="10.0.0.1", dst="192.0.2.9") / UDP(sport=1, dport=2) / Raw(b"x" * 30))
    record = b"\0" * 8 + b"\x02\x04" + struct.pack(">HHH", 18 + len(frame), 0, len(frame)) + b"\0\0" + frame
    path = tmp_path / "x.erf"
    path.write_bytes(record * 3)
    source = open_capture(path)
    seen = walk(next(source.batches()))
    source.close()
    assert [(flow.orig, flow.pkts) for flow in seen.flows] == [(("10.0.0.1", 1), (3, 0))]


def test_nothing_is_left_on_disk_and_no_program_behind(plain, tmp_path):
    other = tmp_path / "other"
    subprocess.run(["editcap", "-F", "snoop", plain, other], check=True)
    before = set(tmp_path.iterdir())
    source = open_capture(other)
    run = source._bytes._stream._run
    source.close()
    assert run.returncode is not None
    assert set(tmp_path.iterdir()) == before


def test_it_runs_with_bounds(plain, tmp_path):
    other = tmp_path / "other"
    big = tmp_path / "big.pcap"
    big.write_bytes(pcap([]) + pcap()[24:] * 5_000)
    subprocess.run(["editcap", "-F", "snoop", big, other], check=True)
    source = open_capture(other)
    limits = Path(f"/proc/{source._bytes._stream._run.pid}/limits").read_text()
    source.close()
    assert f"Max address space         {foreign.MEMORY}" in limits
    assert f"Max cpu time              {foreign.CPU_SECONDS}" in limits


def test_where_it_is_not_installed_the_message_names_it(plain, tmp_path, monkeypatch):
    other = tmp_path / "other"
    subprocess.run(["editcap", "-F", "snoop", plain, other], check=True)
    monkeypatch.setattr(foreign.shutil, "which", lambda name: None)
    with pytest.raises(CaptureError, match=r"editcap, which is not installed \(package wireshark-common\)$"):
        open_capture(other)


def test_what_wireshark_cannot_read_either(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"\x7f\x01\x02\x03" + bytes(500))
    with pytest.raises(CaptureError, match=r"editcap cannot read it either$"):
        open_capture(other)


def test_a_capture_that_breaks_off_is_read_as_far_as_it_goes(plain, tmp_path):
    other = tmp_path / "other"
    subprocess.run(["editcap", "-F", "snoop", plain, other], check=True)
    other.write_bytes(other.read_bytes()[:-20])
    source = open_capture(other)
    assert frames(source) == PACKETS[:-1]
    assert [flaw.reason for flaw in source.flaws()] == ["Wireshark's reader stopped here"]
    source.close()


def test_a_name_that_looks_like_an_option(plain, tmp_path, monkeypatch):
    subprocess.run(["editcap", "-F", "snoop", plain, tmp_path / "-h"], check=True)
    monkeypatch.chdir(tmp_path)
    source = open_capture("-h")
    assert frames(source) == PACKETS
    source.close()
