"""Wrong checksums are counted, of what is handed up; what was never filled in, or cut, is not."""

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import checksum

from sensor.wire.kernel.zeek import history_text
from tests.sensor.wire.kernel.made import frames_of, walk

LAN = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
A, B, A6, B6 = "10.0.0.1", "192.0.2.9", "2001:db8::1", "2001:db8::9"
FOUR, SIX = IP(src=A, dst=B, id=5), IPv6(src=A6, dst=B6)
TEXT = Raw(b"odd size:")


def seen(packet, **how):
    found = walk(frames_of([LAN / packet], **how))
    assert len(found.segments) == 1, "never a reason to ignore"
    return found


def unfinished(packet, *, length=True):
    """The packet with what Linux (with the length) or Windows (without) leaves to the card."""
    raw = bytes(packet)
    six = raw[0] >> 4 == 6
    ends, proto, head = (raw[8:40], raw[6], 40) if six else (raw[12:20], raw[9], 20)
    size = (len(raw) - head) if length else 0
    value = checksum(ends + bytes((0, proto)) + size.to_bytes(2, "big")) ^ 0xFFFF
    at = head + (16 if proto == 6 else 6)
    return Raw(raw[:at] + value.to_bytes(2, "big") + raw[at + 2 :])


@pytest.mark.parametrize("ip", [FOUR, SIX])
@pytest.mark.parametrize("transport", [TCP(flags="PA", sport=1, dport=2), UDP(sport=1, dport=2)])
def test_right_wrong_and_unfinished(ip, transport):
    assert seen(ip / transport / TEXT).counts["BAD_CHECKSUM"] == 0
    assert seen(ip / transport / Raw(b"even")).counts["BAD_CHECKSUM"] == 0
    wrong = transport.copy()
    wrong.chksum = 0x1234
    found = seen(ip / wrong / TEXT)
    assert found.counts["BAD_CHECKSUM"] == 1
    assert history_text(int(found.rows[0]["history"])) == "DC"
    wrong.chksum = 0
    assert seen(ip / wrong / TEXT).counts["BAD_CHECKSUM"] == 0
    link = {"link": 101}
    for length in (True, False):
        frames = frames_of([unfinished(ip / transport / TEXT, length=length)], **link)
        assert walk(frames).counts["BAD_CHECKSUM"] == 0


WRONG = TCP(flags="PA", sport=1, dport=2, chksum=0x1234)


def test_what_cannot_be_told_is_not_counted():
    assert seen(FOUR / WRONG / TEXT, snap=60).counts["BAD_CHECKSUM"] == 0
    assert seen(FOUR / WRONG / Raw(bytes(1461))).counts["BAD_CHECKSUM"] == 0
    assert seen(FOUR / WRONG / Raw(bytes(1460))).counts["BAD_CHECKSUM"] == 1
    assert seen(SIX / IPv6ExtHdrDestOpt() / WRONG / TEXT).counts["BAD_CHECKSUM"] == 0


def test_the_header_of_ipv4():
    assert seen(IP(src=A, dst=B, chksum=0x1234) / TCP(flags="PA") / TEXT).counts["BAD_CHECKSUM"] == 1
    assert seen(IP(src=A, dst=B, chksum=0) / TCP(flags="PA") / TEXT).counts["BAD_CHECKSUM"] == 0


def test_what_is_only_counted_is_not_added_up():
    assert walk(frames_of([LAN / FOUR / TCP(flags="A", chksum=0x1234)])).counts["BAD_CHECKSUM"] == 0
