"""Several files as one source: in order of time, each once, the unreadable told."""

import os
import struct
import threading
from pathlib import Path

import pytest

from dashboard.cli import captures
from dashboard.cli.captures import Captures

HEADER = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")


def quiet(_share, _done):
    pass


def capture(path, *seconds):
    frame = bytes(60)
    path.write_bytes(HEADER + b"".join(struct.pack("<IIII", second, 0, 60, 60) + frame for second in seconds))
    return str(path)


def seconds(source):
    return [int(ts) // 1_000_000_000 for frames in source.batches() for ts in frames.table["ts"]]


def test_files_are_read_in_the_order_of_their_first_packets(tmp_path):
    names = [capture(tmp_path / "b", 30, 31), capture(tmp_path / "c", 50), capture(tmp_path / "a", 10, 11)]
    source = Captures(names, quiet)
    assert seconds(source) == [10, 11, 30, 31, 50]
    assert source.read == 3


def test_a_file_named_twice_is_read_once(tmp_path):
    name = capture(tmp_path / "a", 1)
    assert seconds(Captures([name, name], quiet)) == [1]


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path):
    (tmp_path / "text").write_text("no capture")
    names = [str(tmp_path / "absent"), str(tmp_path / "text"), capture(tmp_path / "a", 5)]
    source = Captures(names, quiet)
    assert seconds(source) == [5]
    assert source.read == 1
    assert {line.split(":")[0].rpartition("/")[2] for line in source.refused} == {"absent", "text"}


def test_flaws_are_kept_after_the_file_is_closed(tmp_path):
    cut = tmp_path / "cut"
    capture(cut, 1, 2)
    cut.write_bytes(cut.read_bytes()[:-1])
    source = Captures([str(cut), capture(tmp_path / "whole", 9)], quiet)
    assert seconds(source) == [1, 9]
    assert [(flaw.name, flaw.offset) for flaw in source.flaws()] == [(str(cut), 24 + 76)]


def marked(path, *stamps, mark=0, size=60):
    frames = (struct.pack("<IIII", at, 0, size, size) + bytes([mark]) * size for at in stamps)
    path.write_bytes(HEADER + b"".join(frames))
    return str(path)


def told(source):
    """(second, the frame's own mark) in the order given; each frame's bytes are its own."""
    found = []
    for frames in source.batches():
        for row in frames.table:
            bytes_ = set(frames.data[int(row["offset"]) : int(row["offset"] + row["caplen"])].tolist())
            assert len(bytes_) == 1
            found.append((int(row["ts"]) // 1_000_000_000, bytes_.pop()))
    return found


def test_files_that_overlap_in_time_are_one(tmp_path):
    odd = [marked(tmp_path / "odd", *range(1, 9_000, 2), mark=1, size=61)]
    even = [marked(tmp_path / "even", *range(0, 9_000, 2), mark=2)]
    late = [marked(tmp_path / "late", *range(4_000, 5_000), mark=3)]
    found = told(source := Captures(odd + even + late, quiet))
    assert [at for at, _ in found] == sorted(at for at, _ in found)
    assert len(found) == 10_000
    assert all(mark == (3 if mark == 3 else 2 - at % 2) for at, mark in found)
    assert source.read == 3
    assert source.progress() == 1.0


def test_a_clock_that_jumps_back_within_a_file_stays_in_the_files_order(tmp_path):
    jumps = marked(tmp_path / "jumps", 10, 30, 20, 40, mark=1)
    beside = marked(tmp_path / "beside", 15, 25, 35, mark=2)
    assert [at for at, mark in told(Captures([jumps, beside], quiet)) if mark == 1] == [10, 30, 20, 40]


def test_a_file_that_breaks_off_among_others_is_told_and_the_others_go_on(tmp_path):
    broken = tmp_path / "broken"
    marked(broken, 1, 3, 5, mark=1)
    broken.write_bytes(broken.read_bytes()[:-1])
    source = Captures([str(broken), marked(tmp_path / "whole", 2, 4, 6, mark=2)], quiet)
    assert [at for at, _ in told(source)] == [1, 2, 3, 4, 6]
    assert [flaw.name for flaw in source.flaws()] == [str(broken)]


def test_more_files_than_may_be_open_are_all_read(tmp_path, monkeypatch):
    monkeypatch.setattr(captures, "OPEN", 2)
    names = [marked(tmp_path / str(n), n, 100 + n) for n in range(5)]
    assert sorted(at for at, _ in told(Captures(names, quiet))) == [0, 1, 2, 3, 4, 100, 101, 102, 103, 104]


def test_a_pipe_is_read_once_and_in_its_turn(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = Path(capture(tmp_path / "late", 50)).read_bytes()
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    assert seconds(Captures([str(pipe), capture(tmp_path / "early", 10)], quiet)) == [50, 10]
    writer.join()


@pytest.mark.parametrize("files", [1, 3])
def test_progress_grows_to_the_end(tmp_path, files):
    shares = []
    names = [
        capture(tmp_path / str(number), *range(number * 10_000, number * 10_000 + 5_000)) for number in range(files)
    ]
    seconds(Captures(names, lambda share, done: shares.append(share)))
    assert shares == sorted(shares)
    assert len(shares) >= 2 * files
    assert shares[0] < 0.7
    assert shares[-1] == 1.0
