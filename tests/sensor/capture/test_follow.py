"""A folder into which captures are written: new files, growing ones, rings that use names again."""

import gzip
import os
import time

import pytest

from sensor.capture import follow
from sensor.capture.follow import FollowSource
from tests.sensor.capture.made import PACKETS, SECONDS, enhanced, interface, pcap, section


class Followed:
    """Polls by hand: each `look` gives the frames that came since."""

    def __init__(self, *places):
        self.told = []
        self.over = False
        self.source = FollowSource([str(place) for place in places], lambda: self.over, self.told.append)
        self.batches = self.source.batches()

    def look(self):
        found = []
        for batch in self.batches:
            if not len(batch.table):
                break
            found += [
                batch.data[int(row["offset"]) : int(row["offset"] + row["caplen"])].tobytes() for row in batch.table
            ]
        return found

    def end(self):
        self.over = True
        return self.look()


@pytest.fixture
def followed(tmp_path, monkeypatch):
    monkeypatch.setattr(follow, "POLL", 0)
    made = Followed(tmp_path)
    yield made
    made.source.close()


def at(second, *packets):
    """A capture that begins so many seconds later."""
    whole = bytearray(pcap(packets))
    whole[24:28] = (SECONDS + second).to_bytes(4, "little")
    return bytes(whole)


A, B, C = (bytes([letter]) * 60 for letter in b"ABC")
RECORD = pcap([C])[24:]


def test_files_that_are_there_are_read_in_order_of_time_and_new_ones_as_they_come(tmp_path, followed):
    (tmp_path / "b").write_bytes(at(1, A))
    (tmp_path / "a").write_bytes(at(2, B))
    assert followed.look() == [A, B]
    assert followed.look() == []
    (tmp_path / "c").write_bytes(at(3, C))
    assert followed.look() == [C]
    assert followed.end() == []
    assert followed.source.read == 3


@pytest.mark.parametrize("content", [pcap([A]), section() + interface() + enhanced(A)], ids=["pcap", "pcapng"])
def test_a_growing_file_is_read_on_whatever_was_written_of_a_packet(tmp_path, followed, content):
    more = RECORD if content.startswith(b"\xd4") else enhanced(C)
    file = tmp_path / "growing"
    file.write_bytes(content)
    assert followed.look() == [A]
    with file.open("ab", buffering=0) as out:
        for byte in more:
            assert followed.look() == []
            out.write(bytes([byte]))
        assert followed.look() == [C]
        out.write(more[:20])
    assert followed.look() == []
    assert followed.end() == []
    assert [flaw.reason for flaw in followed.source.flaws()] == ["cut in mid-packet"]


def test_a_file_is_taken_once_it_says_what_it_is(tmp_path, followed):
    file = tmp_path / "new"
    for size in (0, 10, 39):
        file.write_bytes(pcap([A])[:size])
        assert followed.look() == []
    file.write_bytes(pcap([A]))
    assert followed.look() == [A]
    assert followed.told == []


def test_two_that_grow_side_by_side(tmp_path, followed):
    for name, packet in (("one", A), ("two", B)):
        (tmp_path / name).write_bytes(pcap([packet]))
    assert sorted(followed.look()) == [A, B]
    for name in ("one", "two", "one"):
        with (tmp_path / name).open("ab") as out:
            out.write(RECORD)
        assert followed.look() == [C]


def test_a_ring_that_uses_names_again(tmp_path, followed):
    file = tmp_path / "ring0"
    file.write_bytes(at(1, A, A, A))
    assert followed.look() == [A, A, A]
    file.write_bytes(at(9, B))  # cut short and written anew, as tcpdump -W does
    assert followed.look() == [B]
    (tmp_path / "next").write_bytes(at(20, C))
    (tmp_path / "next").rename(file)
    assert followed.look() == [C]
    assert followed.source.read == 3


def test_a_file_that_goes_away_is_read_to_its_end(tmp_path, followed):
    file = tmp_path / "gone"
    file.write_bytes(pcap([A]))
    assert followed.look() == [A]
    with file.open("ab") as out:
        out.write(RECORD)
    file.unlink()
    assert followed.look() == [C]
    assert followed.look() == []


def test_a_packed_file_is_taken_when_it_is_complete(tmp_path, followed):
    file = tmp_path / "packed.gz"
    file.write_bytes(gzip.compress(pcap(PACKETS)))
    assert followed.look() == []
    os.utime(file, (time.time() - 10, time.time() - 10))
    assert followed.look() == PACKETS
    assert followed.look() == []


def test_what_is_no_capture_is_told_once(tmp_path, followed):
    (tmp_path / "notes.txt").write_bytes(b"\x7f" * 80)
    os.utime(tmp_path / "notes.txt", (1, 1))
    (tmp_path / "folder").mkdir()
    (tmp_path / ".hidden").write_bytes(pcap([A]))
    assert followed.look() == followed.look() == []
    assert len(followed.told) == 1
    assert "notes.txt: not a capture file" in followed.told[0]


def test_files_read_on_are_bounded_and_quiet_ones_let_go(tmp_path, followed, monkeypatch):
    monkeypatch.setattr(follow, "OPEN", 3)
    for n in range(8):
        (tmp_path / f"{n}").write_bytes(at(n, A))
    assert len(followed.look()) == 8
    assert len(followed.source._lanes) == 3
    monkeypatch.setattr(follow, "QUIET", 0)
    followed.look()
    assert [lane.name for lane in followed.source._lanes] == [str(tmp_path / "7")]  # the last may go on


def test_the_time_is_the_captures_own(tmp_path, followed):
    assert abs(followed.source.now() - time.time_ns()) < 60e9
    (tmp_path / "a").write_bytes(pcap([A]))
    followed.look()
    assert 0 <= followed.source.now() - SECONDS * 1_000_000_000 < 60e9


def test_a_file_alone_is_read_on_too(tmp_path, monkeypatch):
    monkeypatch.setattr(follow, "POLL", 0)
    file = tmp_path / "one"
    file.write_bytes(pcap([A]))
    followed = Followed(file)
    assert followed.look() == [A]
    with file.open("ab") as out:
        out.write(RECORD)
    assert followed.end() == [C]
    assert followed.source.progress() is None
    assert followed.source.kernel_drops() == 0
