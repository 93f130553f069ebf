from dataclasses import replace
from threading import Event, Thread

import pytest

from sensor.store.errors import NeedsHuman
from sensor.store.status import SIZE, Status, StatusFile, pack, read_status, status_file, unpack

STATUS = Status(3_000, 1_000, 2_000, 12_345, 6, 321.5, "0.1.0", "eth0")


def test_what_goes_in_comes_out(tmp_path):
    with StatusFile(tmp_path) as out:
        out.write(STATUS)
        out.write(replace(STATUS, last_packet=None, ended=True))
    assert read_status(status_file(tmp_path)) == replace(STATUS, last_packet=None, ended=True)
    assert status_file(tmp_path).stat().st_size == SIZE


def test_long_words_are_cut_and_an_e_acute_may_lose_its_second_half():
    found = unpack(pack(replace(STATUS, version="é" * 100, interface="é" * 100)))
    assert found is not None
    assert found.version == "é" * 12


@pytest.mark.parametrize("at", range(0, SIZE, 7))
def test_one_altered_byte_is_a_torn_status(at):
    data = bytearray(pack(STATUS))
    data[at] ^= 0xFF
    assert unpack(bytes(data)) is None


@pytest.mark.parametrize("size", [0, 1, SIZE - 1, SIZE + 1])
def test_a_cut_status_is_none(tmp_path, size):
    path = status_file(tmp_path)
    path.parent.mkdir()
    path.write_bytes((pack(STATUS) + b"x")[:size])
    assert read_status(path) is None


def test_no_status_is_none(tmp_path):
    assert read_status(status_file(tmp_path)) is None


def test_a_reader_never_sees_half_a_status(tmp_path):
    """The regression: two halves of two statuses put together gave packets of one and drops of the other."""
    path = status_file(tmp_path)
    done = Event()

    def write() -> None:
        with StatusFile(tmp_path) as out:
            for n in range(20_000):
                out.write(replace(STATUS, packets=n, drops=n))
        done.set()

    writer = Thread(target=write)
    writer.start()
    seen = 0
    while not done.is_set():
        found = read_status(path)
        if found is not None:
            assert found.packets == found.drops
            seen += 1
    writer.join()
    assert seen


def test_a_place_that_cannot_be_written_needs_a_human(tmp_path):
    (tmp_path / "watch").write_text("a file where a folder should be")
    with pytest.raises(NeedsHuman, match="status"):
        StatusFile(tmp_path)
