"""What devices and routers say of themselves, as packets through the tracker, and what observations then tell of the device."""

from ipaddress import IPv6Network

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw

from sensor.track.addresses import Locality
from sensor.track.conversation import Readers
from sensor.track.devices import Devices
from sensor.track.observation import Direction
from sensor.track.tracker import Tracker
from sensor.wire.kernel import Kernel
from sensor.wire.readers import DATAGRAMS, STREAMS
from sensor.wire.records_devices import Dhcp
from tests.sensor.track.frames import frames_of

PC, ROUTER, PHONE = "00:11:22:33:44:55", "00:11:22:00:00:01", "da:a1:19:00:00:07"
PC_IP, ROUTER_IP, PHONE_IP, OUTSIDE = "192.168.1.31", "192.168.1.1", "192.168.1.60", "192.0.2.80"
GUEST_VLAN = 7


def identify(ip, mac, vlan):
    return None, "guest" if vlan == GUEST_VLAN else "own"


def tracker(*, host_names=True):
    devices = Devices(identify, host_names=host_names)
    return Tracker(Kernel(seed=7, cap=256), Readers(STREAMS, DATAGRAMS), devices, Locality())


def dhcp(mac, *options, op=1, link=None, **fields):
    ends = {"src": "0.0.0.0", "dst": "255.255.255.255"} if op == 1 else {"src": ROUTER_IP, "dst": "255.255.255.255"}
    ports = {"sport": 68, "dport": 67} if op == 1 else {"sport": 67, "dport": 68}
    head = link or Ether(src=mac if op == 1 else ROUTER, dst="ff:ff:ff:ff:ff:ff")
    lease = BOOTP(op=op, chaddr=bytes.fromhex(mac.replace(":", "")), **fields) / DHCP(options=[*options, "end"])
    return head / IP(**ends) / UDP(**ports) / lease


def asks(mac, name, vendor=b"MSFT 5.0", link=None):
    return dhcp(mac, ("message-type", "request"), ("hostname", name), ("vendor_class_id", vendor), link=link)


def mdns(mac, ip, name):
    answer = DNS(qr=1, aa=1, qd=[], an=DNSRR(rrname=name, type="A", rclass=0x8001, rdata=ip, ttl=120))
    return (
        Ether(src=mac, dst="01:00:5e:00:00:fb") / IP(src=ip, dst="224.0.0.251") / UDP(sport=5353, dport=5353) / answer
    )


def talk(mac, ip, sport=40_000, link=None, out=ROUTER):
    return (
        (link or Ether(src=mac, dst=out))
        / IP(src=ip, dst=OUTSIDE)
        / TCP(sport=sport, dport=443, flags="PA")
        / Raw(b"x")
    )


def arp(mac, ip):
    return Ether(src=mac, dst="ff:ff:ff:ff:ff:ff") / ARP(op=2, hwsrc=mac, hwdst=mac, psrc=ip, pdst=ip)


def seen(packets, *, on=None):
    return [*(on or tracker()).frames(frames_of(packets))]


def devices_of(packets, *, on=None):
    on = on or tracker()
    told = [*on.frames(frames_of(packets)), *on.finish()]
    return {o.device for o in told if o.peer.ip == OUTSIDE}


def only(packets, **how):
    found = devices_of(packets, **how)
    assert len(found) == 1
    return found.pop()


def test_what_a_device_asks_for_an_address_with_is_its_name():
    found = only([asks(PC, b"PC-ACCUEIL"), talk(PC, PC_IP)])
    assert (found.host_name, found.vendor_class, found.mac_random) == ("PC-ACCUEIL", "MSFT 5.0", False)


def test_a_name_heard_later_is_told_from_then_on_and_the_flow_stays_one():
    on = tracker()
    first = list(on.frames(frames_of([(0, talk(PC, PC_IP)), (2, talk(PC, PC_IP)), (3, asks(PC, b"PC"))])))
    last = [*on.frames(frames_of([(4, talk(PC, PC_IP))])), *on.finish()]
    assert {o.device.host_name for o in first if o.peer.ip == OUTSIDE} <= {None, "PC"}
    assert {o.device.host_name for o in last if o.peer.ip == OUTSIDE} == {"PC"}
    assert len({o.conn.uid for o in [*first, *last] if o.peer.ip == OUTSIDE}) == 1


def test_a_telephone_names_itself_by_mdns_and_its_mac_is_marked():
    found = only([mdns(PHONE, PHONE_IP, "iphone-de-marie.local"), talk(PHONE, PHONE_IP)])
    assert (found.host_name, found.mac_random) == ("iphone-de-marie", True)


def test_where_names_may_not_be_shown_none_is_kept():
    on = tracker(host_names=False)
    packets = [asks(PC, b"PC-DE-MARIE"), mdns(PC, PC_IP, "pc-de-marie.local"), talk(PC, PC_IP)]
    found = only(packets, on=on)
    assert (found.host_name, found.vendor_class) == (None, None)
    assert on.devices.host_names is None


def test_of_a_guest_no_name_is_kept():
    on = tracker()
    link = Ether(src=PHONE, dst=ROUTER) / Dot1Q(vlan=GUEST_VLAN)
    question = link / IP(src=PHONE_IP, dst=ROUTER_IP) / UDP(sport=5000, dport=53) / DNS(qd=DNSQR(qname="a.example"))
    answer = (
        Ether(src=ROUTER, dst=PHONE) / Dot1Q(vlan=GUEST_VLAN) / IP(src=ROUTER_IP, dst=PHONE_IP)
        / UDP(sport=53, dport=5000)
        / DNS(qr=1, qd=DNSQR(qname="a.example"), an=DNSRR(rrname="a.example", rdata=OUTSIDE))
    )  # fmt: skip
    packets = [asks(PHONE, b"IPHONE", link=link), question, answer, talk(PHONE, PHONE_IP, link=link)]
    told = [*on.frames(frames_of(packets)), *on.finish()]
    assert {(o.device.host_name, o.peer.host) for o in told} == {(None, None)}
    assert len(on.devices.host_names) == len(on.names) == 0


def test_asking_for_an_address_is_the_practices_own_business():
    (told,) = [o for o in seen([asks(PC, b"PC")]) if isinstance(o.record, Dhcp)]
    assert told.direction is Direction.INTERNAL


@pytest.mark.parametrize("known", [True, False])
def test_a_device_behind_a_router_is_not_the_router(known):
    """Another network of the practice's, seen behind its router: once the router's own address is known."""
    behind = talk(ROUTER, "10.0.7.9", 41_000, out="00:11:22:00:00:99")
    packets = [talk(PC, PC_IP), *([arp(ROUTER, ROUTER_IP)] if known else []), behind]
    found = {device.ip: device.mac for device in devices_of(packets)}
    assert found == {PC_IP: PC, "10.0.7.9": None if known else ROUTER}


def test_a_device_behind_a_router_is_known_by_the_mac_that_asked_for_its_address():
    lent = dhcp(PHONE, ("message-type", "ack"), op=2, yiaddr="10.0.7.9")
    behind = talk(ROUTER, "10.0.7.9", 41_000, out="00:11:22:00:00:99")
    packets = [talk(PC, PC_IP), arp(ROUTER, ROUTER_IP), asks(PHONE, b"TEL"), lent, behind]
    found = {device.ip: (device.mac, device.host_name) for device in devices_of(packets)}
    assert found["10.0.7.9"] == (PHONE, "TEL")


def advertisement(valid):
    option = ICMPv6NDOptPrefixInfo(prefix="2a01:cb00:1:2::", prefixlen=64, validlifetime=valid)
    return Ether(src=ROUTER) / IPv6(src="fe80::1", dst="ff02::1", hlim=255) / ICMPv6ND_RA() / option


def inbound(sport):
    ends = {"src": "2a02:8400::7", "dst": "2a01:cb00:1:2::10"}
    return Ether(src=ROUTER, dst=PC) / IPv6(**ends) / TCP(sport=sport, dport=22, flags="PA") / Raw(b"x")


@pytest.mark.parametrize(
    ("said", "ways"),
    [
        ([(0, 30)], "IIOO"),  # local for 30 seconds
        ([(0, 30), (25, 30)], "IIIO"),  # said again, live
        ([(0, 0xFFFFFFFF)], "IIII"),
        ([(0, 3600), (15, 0)], "IOOO"),  # taken back
    ],
)
def test_a_prefix_is_local_for_as_long_as_its_router_says(said, ways):
    packets = sorted(
        [(at, advertisement(valid)) for at, valid in said] + [(at, inbound(at)) for at in (10, 20, 40, 60)],
        key=lambda pair: pair[0],
    )
    on = tracker()
    told = [*on.frames(frames_of(packets)), *on.finish()]
    found = {o.conn.orig.port: o.direction for o in told if o.conn.proto == "tcp"}
    letters = {Direction.INBOUND: "I", Direction.OUTBOUND: "O"}
    assert "".join(letters[found[at]] for at in (10, 20, 40, 60)) == ways


def test_a_prefix_that_ended_is_not_remembered():
    on = tracker()
    list(on.frames(frames_of([(0, advertisement(5)), (20, inbound(1))])))
    assert IPv6Network("2a01:cb00:1:2::/64") not in on._local._announced


def test_what_cannot_be_read_is_counted():
    on = tracker()
    list(on.frames(frames_of([bytes(arp(PC, PC_IP))[:20]])))
    assert list(on.readers.given_up) == ["arp: N bytes announced, N left"]


def test_a_neighbour_names_itself_and_a_broken_one_is_counted():
    on = tracker()
    element = (
        b"\x02\x07\x04" + bytes.fromhex(PC.replace(":", "")) + b"\x04\x02\x05g\x06\x02\0\x09\x0a\x03TEL\x0c\x04Acme"
    )
    announced = Ether(src=PC, dst="01:80:c2:00:00:0e", type=0x88CC) / Raw(element)
    list(on.frames(frames_of([announced, bytes(announced)[:-1]])))
    assert list(on.readers.given_up) == ["lldp: N bytes announced, N left"]
    found = only([talk(PC, PC_IP)], on=on)
    assert (found.host_name, found.vendor_class) == ("TEL", "Acme")
