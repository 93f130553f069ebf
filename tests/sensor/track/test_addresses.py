"""Whose addresses are whose: private ranges, the policy's networks, and what routers announce live."""

from ipaddress import IPv6Network, ip_address

import pytest
from scapy.layers.inet import TCP
from scapy.layers.inet6 import ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from sensor.track import addresses
from sensor.track.addresses import Locality
from sensor.track.conversation import Readers
from sensor.track.devices import Devices
from sensor.track.observation import Direction
from sensor.track.tracker import Tracker
from sensor.wire.kernel import Kernel
from tests.sensor.track.frames import frames_of

ETHER = Ether(src="02:00:00:00:00:11", dst="02:00:00:00:00:01")
HOME, POST, STRANGER = "2a01:cb00:1:2::", "2a01:cb00:1:2::10", "2a02:8400::7"


def halves(text):
    packed = ip_address(text).packed
    return int.from_bytes(packed[:8], "big"), int.from_bytes(packed[8:], "big")


def test_an_announced_prefix_is_local_until_it_is_taken_back():
    local, home = Locality(), IPv6Network(HOME + "/64")
    assert not local(*halves(POST))
    local.announce(home)
    assert local(*halves(POST))
    assert not local(*halves(STRANGER))
    local.withdraw(home)
    assert not local(*halves(POST))


def test_a_flood_of_prefixes_is_bounded_and_counted(monkeypatch):
    monkeypatch.setattr(addresses, "ANNOUNCED", 3)
    local = Locality()
    nets = [IPv6Network(f"2a01:0:0:{i}::/64") for i in range(10)]
    for net in nets:
        local.announce(net)
        local.announce(nets[0])  # the real router goes on announcing
    assert local.evicted == 7
    assert local(*halves("2a01::9"))
    assert local(*halves("2a01:0:0:9::9"))
    assert not local(*halves("2a01:0:0:5::9"))


@pytest.fixture
def tracker():
    return Tracker(Kernel(seed=7, cap=64), Readers((), ()), Devices(lambda ip, mac, vlan: (None, "own")), Locality())


def advertisement(valid=1800):
    option = ICMPv6NDOptPrefixInfo(prefix=HOME, prefixlen=64, validlifetime=valid)
    return ETHER / IPv6(src="fe80::1", dst="ff02::1", hlim=255) / ICMPv6ND_RA() / option


def inbound(sport):
    return ETHER / IPv6(src=STRANGER, dst=POST) / TCP(sport=sport, dport=22, flags="PA") / Raw(b"x")


def test_directions_follow_what_the_router_announces_and_never_flip_within_a_flow(tracker):
    packets = [inbound(1), advertisement(), inbound(1), inbound(2), advertisement(valid=0), inbound(2), inbound(3)]
    seen = [*tracker.frames(frames_of(packets)), *tracker.finish()]
    ways = {(o.conn.orig.port, o.direction, o.device.ip) for o in seen if o.conn.proto == "tcp"}
    assert ways == {
        (1, Direction.OUTBOUND, STRANGER),  # between strangers the originator is taken as the practice's
        (2, Direction.INBOUND, POST),
        (3, Direction.OUTBOUND, STRANGER),
    }


def test_a_broken_advertisement_is_counted(tracker):
    packet = bytes(advertisement())[:-4]
    list(tracker.frames(frames_of([packet])))
    assert tracker.readers.given_up
