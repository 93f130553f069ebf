"""What is said to be read is read, by the compiled loop alone; what is not said is not."""

import gzip

import lz4.frame
import pytest
import zstandard
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from sensor.capture.files import MAGICS, open_capture
from sensor.chain import Chain
from sensor.settings import load
from sensor.ways import FILES, LINKS, PACKED, TAGS, TUNNELS
from sensor.wire.kernel.layout import Tunnel
from tests.sensor.wire.kernel.made import frames_of, pcap, walk
from tests.sensor.wire.kernel.test_link import LINKS as LINK_CASES
from tests.sensor.wire.kernel.test_tunnels import CASES, WLAN_CASES

NUMBERS = {number for numbers in LINKS.values() for number in numbers}
PACKERS = {"gzip": gzip.compress, "Zstandard": zstandard.compress, "LZ4": lz4.frame.compress}


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


def judged(path, settings):
    source = open_capture(path)
    chain = Chain(settings, seed=1)
    for _ in chain.run(source):
        pass
    source.close()
    return chain.stats()


WAYS = [
    *((f"link {case.values[0]}: {case.id}", case.values[0], case.values[1]) for case in LINK_CASES),
    *((f"wlan {case.values[0]}: {case.id}", case.values[0], case.values[1]) for case in WLAN_CASES),
    *((case.id, 1, case.values[0]) for case in CASES),
]


@pytest.mark.parametrize(("link", "frame"), [pytest.param(link, frame, id=name) for name, link, frame in WAYS])
def test_no_way_goes_through_scapy(tmp_path, settings, link, frame):
    path = tmp_path / "x.pcap"
    path.write_bytes(pcap([frame], link=link))
    stats = judged(path, settings)
    assert stats.packets_by_path == {"kernel": 1, "ring": 0, "scapy": 0}
    assert (stats.packets_by_protocol["TCP"], stats.flows, stats.unreadable) == (1, 1, {})


def test_every_link_type_that_is_told_is_tried():
    tried = {case.values[0] for case in (*LINK_CASES, *WLAN_CASES)}
    assert tried == NUMBERS


def test_only_link_types_that_are_told_are_read():
    read = {number for number in range(400) if "LINK_TYPE" not in walk(frames_of([b"\0" * 60], link=number)).unreadable}
    assert read == NUMBERS


def test_every_encapsulation_is_told_and_tried():
    assert TUNNELS.keys() == set(Tunnel) - {Tunnel.NONE}
    assert {case.values[1] for case in CASES} == TUNNELS.keys()


@pytest.mark.parametrize("kind", [kind for kinds in TAGS.values() for kind in kinds])
def test_every_tag_is_stepped_over(kind):
    inside = bytes(IP(src="10.0.0.1", dst="192.0.2.9") / UDP(sport=1, dport=2) / Raw(b"x"))
    head = {0x8903: b"\0\0" + bytes(Ether(type=0x0800)), 0x8926: b"\0\0\0\0\x08\0", 0x88E5: b"\0" * 6 + b"\x08\0"}
    seen = walk(frames_of([bytes(Ether(type=kind)) + head.get(kind, b"\0\5\x08\0") + inside + b"\0" * 16]))
    assert [flow.resp for flow in seen.flows] == [("192.0.2.9", 2)]


@pytest.mark.parametrize("word", PACKED)
def test_every_packer(tmp_path, settings, word):
    path = tmp_path / "packed"
    path.write_bytes(PACKERS[word](pcap([LINK_CASES[0].values[1]])))
    assert judged(path, settings).packets == 1


def test_no_format_is_left_out():
    assert len(FILES) == 2
    assert len(MAGICS) == 7  # three of pcap in two orders, and pcapng
    assert PACKERS.keys() == set(PACKED)
