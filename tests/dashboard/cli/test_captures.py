"""Several files as one source: in order of time, each once, the unreadable told."""

import os
import struct
import threading
from pathlib import Path

import pytest

from dashboard.cli.captures import Captures

HEADER = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")


def capture(path, *seconds):
    frame = bytes(60)
    path.write_bytes(HEADER + b"".join(struct.pack("<IIII", second, 0, 60, 60) + frame for second in seconds))
    return str(path)


def seconds(source):
    return [int(ts) // 1_000_000_000 for frames in source.batches() for ts in frames.table["ts"]]


def test_files_are_read_in_the_order_of_their_first_packets(tmp_path):
    names = [capture(tmp_path / "b", 30, 31), capture(tmp_path / "c", 50), capture(tmp_path / "a", 10, 11)]
    source = Captures(names, lambda _: None)
    assert seconds(source) == [10, 11, 30, 31, 50]
    assert source.read == 3


def test_a_file_named_twice_is_read_once(tmp_path):
    name = capture(tmp_path / "a", 1)
    assert seconds(Captures([name, name], lambda _: None)) == [1]


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path):
    (tmp_path / "text").write_text("no capture")
    names = [str(tmp_path / "absent"), str(tmp_path / "text"), capture(tmp_path / "a", 5)]
    source = Captures(names, lambda _: None)
    assert seconds(source) == [5]
    assert source.read == 1
    assert {line.split(":")[0].rpartition("/")[2] for line in source.refused} == {"absent", "text"}


def test_flaws_are_kept_after_the_file_is_closed(tmp_path):
    cut = tmp_path / "cut"
    capture(cut, 1, 2)
    cut.write_bytes(cut.read_bytes()[:-1])
    source = Captures([str(cut), capture(tmp_path / "whole", 9)], lambda _: None)
    assert seconds(source) == [1, 9]
    assert [(flaw.name, flaw.offset) for flaw in source.flaws()] == [(str(cut), 24 + 76)]


def test_a_pipe_is_read_once_and_in_its_turn(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = Path(capture(tmp_path / "late", 50)).read_bytes()
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    assert seconds(Captures([str(pipe), capture(tmp_path / "early", 10)], lambda _: None)) == [50, 10]
    writer.join()


@pytest.mark.parametrize("files", [1, 3])
def test_progress_grows_to_the_end(tmp_path, files):
    shares = []
    names = [
        capture(tmp_path / str(number), *range(number * 10_000, number * 10_000 + 5_000)) for number in range(files)
    ]
    seconds(Captures(names, shares.append))
    assert shares == sorted(shares)
    assert len(shares) >= 2 * files
    assert shares[0] < 0.7
    assert shares[-1] == 1.0
