"""An upload that never ends, through the whole chain: told soon, told once, growing; and a call of the same size, which is none."""

import struct
from ipaddress import ip_address

import pytest

from sensor.chain import Chain
from sensor.settings import load
from tests.corpus.in_memory import Frame, InMemory

S = 1_000_000_000
MORNING = 1_795_420_800 * S
POST, STRANGER = "192.168.1.20", "203.0.113.9"
SIZE = 65_000  # of a packet, as a card that joins segments shows it; only the head is captured
GIGABYTES_4, MINUTES_10 = 4_000_000_000, 600


def packet(ts, there, proto, head, size):
    """One IPv4 packet between the post and the stranger: `head` of its transport, `size` bytes behind it."""
    src, dst = (POST, STRANGER) if there else (STRANGER, POST)
    length = 20 + len(head) + size
    ip = (
        struct.pack("!BBHHHBBH", 0x45, 0, length, 0, 0x4000, 64, proto, 0)
        + ip_address(src).packed
        + ip_address(dst).packed
    )
    macs = b"\2\0\0\0\0\1\2\0\0\0\0\2" if there else b"\2\0\0\0\0\2\2\0\0\0\0\1"
    data = macs + b"\x08\0" + ip + head
    return Frame(ts, 1, data, len(data) + size)


def tcp(ts, there, seq, ack, flags, size=0):
    ports = (50_000, 443) if there else (443, 50_000)
    return packet(
        ts,
        there,
        6,
        struct.pack("!HHIIBBHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 65_535, 0, 0),
        size,
    )


def upload(total, seconds):
    yield tcp(MORNING, True, 0, 0, 0x02)
    yield tcp(MORNING + 1, False, 0, 1, 0x12)
    for number in range(total // SIZE):
        ts = MORNING + 2 + number * seconds * S // (total // SIZE)
        yield tcp(ts, True, 1 + number * SIZE, 1, 0x10, SIZE)


def call(total, seconds):
    """Datagrams that no reader knows, nearly as many back as there."""
    for number in range(total // SIZE):
        ts = MORNING + number * seconds * S // (total // SIZE)
        for there in (True, False) if number % 5 else (True,):
            ports = (50_000, 40_000) if there else (40_000, 50_000)
            yield packet(ts, there, 17, struct.pack("!HHHH", *ports, 8 + 60_000, 0), 60_000)


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


def test_four_gigabytes_over_one_flow_are_told_within_a_minute_once_and_growing(settings):
    told = [
        alert for batch in Chain(settings, seed=1).run(InMemory(upload(GIGABYTES_4, MINUTES_10))) for alert in batch
    ]
    told = [alert for alert in told if alert.category == "upload"]
    crossed = MORNING + 20_000_000 * MINUTES_10 * S // GIGABYTES_4
    assert len({alert.id for alert in told}) == 1
    assert told[0].last_seen - crossed <= 60 * S
    sizes = [alert.bytes_out for alert in told]
    assert sizes == sorted(sizes)
    assert sizes[-1] > 0.99 * GIGABYTES_4
    assert told[-1].count == 1


def test_a_call_of_the_same_kind_is_no_upload(settings):
    told = [alert for batch in Chain(settings, seed=1).run(InMemory(call(400_000_000, 60))) for alert in batch]
    assert [alert for alert in told if alert.category == "upload"] == []
