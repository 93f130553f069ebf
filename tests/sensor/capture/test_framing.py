"""The compiled framings on random and damaged bytes: every row lies within the buffer, every call comes to an end."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.capture import FRAME
from sensor.capture.framing import FULL, INTERFACE, META, MORE, pcap_frames, pcapng_frames
from tests.sensor.capture.made import enhanced, interface, pcap, section, simple


def readonly(content):
    return np.frombuffer(content or b"\0", dtype=np.uint8)[: len(content)]


def sound(data, table, rows, at, start):
    assert start <= at <= len(data)
    for row in table[:rows]:
        assert start <= row["offset"]
        assert int(row["offset"]) + int(row["caplen"]) <= len(data)
        assert int(row["ts"]) >= 0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.booleans(), st.sampled_from([16, 24]), st.integers(0, 20))
def test_pcap_random(content, big, header, at):
    data, table = readonly(content), np.zeros(8, dtype=FRAME)
    at = min(at, len(data))
    rows, after, _ = pcap_frames(data, at, table, big, 1000, header, 1, 0)
    sound(data, table, rows, after, at)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([enhanced(b"abc"), simple(b"defg"), interface(), section(), b"\0" * 12]), max_size=6),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=5),
    st.booleans(),
    st.integers(0, 2),
)
def test_pcapng_damaged(blocks, changes, big, known):
    content = bytearray(b"".join(blocks))
    for place, value in changes:
        if content:
            content[place % len(content)] = value
    data, table = readonly(bytes(content)), np.zeros(8, dtype=FRAME)
    interfaces = np.zeros(2, dtype=INTERFACE)
    at = 0
    for _ in range(len(data) // 12 + 2):
        rows, after, why = pcapng_frames(data, at, table, big, interfaces, known)
        sound(data, table, rows, after, at)
        at = after
        if why != FULL:
            break


def test_a_table_that_is_full_goes_on():
    data, table = readonly(pcap([bytes([i]) * 20 for i in range(10)])), np.zeros(4, dtype=FRAME)
    at, seen, why = 24, [], FULL
    while why == FULL:
        rows, at, why = pcap_frames(data, at, table, False, 1000, 16, 1, 0)
        seen += [int(data[row["offset"]]) for row in table[:rows]]
    assert (seen, why, at) == (list(range(10)), MORE, len(data))


def test_meta_blocks_are_left_to_the_caller():
    data, table = readonly(section() + interface()), np.zeros(4, dtype=FRAME)
    interfaces = np.zeros(1, dtype=INTERFACE)
    assert pcapng_frames(data, 0, table, False, interfaces, 0) == (0, 0, META)
    assert pcapng_frames(data, len(section()), table, False, interfaces, 0) == (0, len(section()), META)


def test_one_compilation_serves_all():
    """Another type of buffer would be compiled anew at its first packet: seconds, in the middle of a morning."""
    test_a_table_that_is_full_goes_on()
    test_meta_blocks_are_left_to_the_caller()
    assert len(pcap_frames.signatures) == 1
    assert len(pcapng_frames.signatures) == 1
