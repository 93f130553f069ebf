"""From packets to observations, through the real kernel and readers."""

import pytest
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from sensor.track.addresses import Locality
from sensor.track.conversation import Readers
from sensor.track.devices import Devices
from sensor.track.observation import Conn, Direction, Session, Transfer
from sensor.track.tracker import Tracker
from sensor.track.traffic import GUESTS
from sensor.wire.kernel import Kernel
from sensor.wire.readers import DATAGRAMS, STREAMS
from sensor.wire.records import Dns, Ssh
from tests.sensor.track.frames import SECOND, START, frames_of

POST, SERVER = "192.168.1.10", "192.0.2.80"
POST_MAC, ROUTER_MAC = "00:11:22:33:44:55", "02:00:00:00:00:01"


@pytest.fixture
def tracker():
    return Tracker(
        Kernel(seed=7, cap=64),
        Readers(STREAMS, DATAGRAMS),
        Devices(lambda ip, mac, vlan: ("Accueil" if ip == POST else None, "own")),
        Locality(),
    )


def packet(payload=b"", *, out=True, sport=40000, dport=443, flags="PA", seq=0, ack=0):
    ends = (POST, SERVER, sport, dport) if out else (SERVER, POST, dport, sport)
    macs = {"src": POST_MAC, "dst": ROUTER_MAC} if out else {"src": ROUTER_MAC, "dst": POST_MAC}
    return (
        Ether(**macs)
        / IP(src=ends[0], dst=ends[1])
        / TCP(sport=ends[2], dport=ends[3], flags=flags, seq=seq, ack=ack)
        / Raw(payload)
    )


def shake(sport=40000, dport=443):
    return [
        packet(flags="S", seq=99, sport=sport, dport=dport),
        packet(flags="SA", seq=199, ack=100, out=False, sport=sport, dport=dport),
        packet(flags="A", seq=100, ack=200, sport=sport, dport=dport),
    ]


def run(tracker, *batches):
    told = [o for batch in batches for o in tracker.frames(frames_of(batch))]
    return [*told, *tracker.finish()]


def of(observations, kind):
    return [o for o in observations if isinstance(o.record, kind)]


def ssh(port=22):
    said = [
        (False, b"SSH-2.0-OpenSSH_9.2p1\r\n"),
        (True, b"SSH-2.0-PuTTY_0.78\r\n"),
    ]
    seq = {True: 100, False: 200}
    packets = shake(dport=port)
    for out, data in said:
        packets.append(packet(data, out=out, seq=seq[out], ack=seq[not out], dport=port))
        seq[out] += len(data)
    packets += [
        packet(flags="FA", seq=seq[True], ack=seq[False], dport=port),
        packet(flags="FA", seq=seq[False], ack=seq[True] + 1, out=False, dport=port),
    ]
    return packets


def test_a_dialogue_is_recognised_on_any_port_and_told_with_who_and_where(tracker):
    told = run(tracker, ssh(port=8443))
    (seen,) = of(told, Ssh)
    assert (seen.record.client, seen.record.server) == ("SSH-2.0-PuTTY_0.78", "SSH-2.0-OpenSSH_9.2p1")
    assert (seen.device.ip, seen.device.mac, seen.device.name) == (POST, POST_MAC, "Accueil")
    assert (seen.peer.ip, seen.peer.port, seen.direction) == (SERVER, 8443, Direction.OUTBOUND)
    last = of(told, Session)[-1]
    assert last.record.answered
    assert last.record.ended
    assert not last.record.two_way


def test_every_byte_is_told_once_whatever_the_batches(tracker):
    payload = [packet(b"\x17\x03\x03\x02\x00" + b"x" * 507, seq=100 + i * 512, ack=200) for i in range(40)]
    replies = [packet(b"\x17\x03\x03\x00\x05" + b"y" * 5, out=False, seq=200 + i * 10, ack=100) for i in range(40)]
    packets = shake() + [p for pair in zip(payload, replies, strict=True) for p in pair]
    spread = [(i * 0.3, p) for i, p in enumerate(packets)]  # growth over many ticks
    told = run(tracker, spread[:20], spread[20:])
    transfers = of(told, Transfer)
    assert sum(o.record.bytes_out for o in transfers) == 40 * 512
    assert sum(o.record.bytes_in for o in transfers) == 40 * 10
    assert len(transfers) > 5
    traffic = tracker.take_traffic()
    assert sum(t.bytes_out for t in traffic) == 2 * 40 + 40 * (40 + 512)
    assert sum(t.packets_in for t in traffic) == 41
    assert sum(t.flows for t in traffic) == 1


def test_guests_are_summed_together_whether_they_said_something_or_not():
    tracker = Tracker(
        Kernel(seed=7, cap=64),
        Readers(STREAMS, DATAGRAMS),
        Devices(lambda ip, mac, vlan: (None, "guest")),
        Locality(),
    )
    run(tracker, ssh() + shake(sport=40001))
    assert {(t.device_ip, t.device_mac, t.service) for t in tracker.take_traffic()} == {
        (GUESTS, None, "ssh"),
        (GUESTS, None, ""),
    }


def test_the_same_packets_in_other_batches_give_the_same_observations():
    packets = [(i * 0.2, p) for i, p in enumerate(ssh() + shake(sport=40001))]

    def told(size):
        tracker = Tracker(
            Kernel(seed=7, cap=64),
            Readers(STREAMS, DATAGRAMS),
            Devices(lambda ip, mac, vlan: (None, "own")),
            Locality(),
        )
        batches = [packets[i : i + size] for i in range(0, len(packets), size)]
        return [(type(o.record), o.ts, o.conn.uid, o.conn.orig_pkts) for o in run(tracker, *batches)]

    kinds = [entry[0] for entry in told(1)]
    assert [entry[0] for entry in told(len(packets))] == kinds
    assert [entry[0] for entry in told(3)] == kinds


def dns(query="files.example.fr", address=SERVER):
    ask = (
        Ether(src=POST_MAC, dst=ROUTER_MAC)
        / IP(src=POST, dst="192.168.1.1")
        / UDP(sport=5353, dport=53)
        / DNS(id=1, qd=DNSQR(qname=query))
    )
    answer = (
        Ether(src=ROUTER_MAC, dst=POST_MAC)
        / IP(src="192.168.1.1", dst=POST)
        / UDP(sport=53, dport=5353)
        / DNS(id=1, qr=1, qd=DNSQR(qname=query), an=DNSRR(rrname=query, rdata=address, ttl=60))
    )
    return [ask, answer]


def test_a_flow_is_called_as_its_device_asked_for_it(tracker):
    told = run(tracker, dns() + shake() + [packet(b"\x00\x01\x02\x03 nothing known", seq=100, ack=200)])
    assert [o.record.is_response for o in of(told, Dns)] == [False, True]
    last = [o for o in of(told, Conn) if o.peer.ip == SERVER][-1]
    assert (last.peer.host, last.peer.host_source) == ("files.example.fr", "dns")
    assert last.conn.ended


def test_a_session_inside_is_told_of_the_post_under_control(tracker):
    other = "192.168.1.20"
    packets = []
    for p in ssh():
        moved = p.copy()
        if moved[IP].src == SERVER:
            moved[IP].src = other
        else:
            moved[IP].dst = other
        packets.append(moved)
    session = of(run(tracker, packets), Session)[-1]
    assert session.direction is Direction.INTERNAL
    assert session.device.ip == other
    assert session.peer.ip == POST


def test_from_outside_the_device_is_the_post_that_answered(tracker):
    packets = []
    for p in ssh():
        q = p.copy()
        q[IP].src, q[IP].dst = p[IP].dst, p[IP].src
        packets.append(q)
    session = of(run(tracker, packets), Session)[-1]
    assert session.direction is Direction.INBOUND
    assert session.device.ip == POST


def test_a_port_used_again_is_another_conversation(tracker):
    again = [p.copy() for p in ssh()]
    for p in again:
        p[TCP].seq += 70_000
        p[TCP].ack += 70_000
    told = run(tracker, ssh() + again)
    assert len(of(told, Ssh)) == 2
    assert len({o.conn.uid for o in of(told, Ssh)}) == 2


def test_a_scan_makes_no_flow_above_the_kernel(tracker):
    run_ = list(tracker.frames(frames_of([packet(flags="S", seq=1, dport=port) for port in range(1, 50)])))
    assert run_ == []
    assert tracker._flows == {}


def test_a_flow_that_fell_silent_ends_at_a_tick(tracker):
    list(tracker.frames(frames_of(ssh()[:5])))
    ended = [o for o in tracker.idle(START + 2 * 3600 * SECOND) if o.conn.ended]
    assert ended
    assert tracker._flows == {}
    assert len(tracker.kernel.live()) == 0


def test_ipv6(tracker):
    packets = [
        Ether() / IPv6(src="2001:db8::1", dst="2001:db8::2") / p[TCP].copy()
        if p[IP].src == POST
        else Ether() / IPv6(src="2001:db8::2", dst="2001:db8::1") / p[TCP].copy()
        for p in ssh()
    ]
    (seen,) = of(run(tracker, packets), Ssh)
    assert (seen.device.ip, seen.peer.ip) == ("2001:db8::1", "2001:db8::2")
    assert seen.direction is Direction.OUTBOUND  # between strangers the originator is taken as local


def test_a_clock_that_goes_back_does_not_stop_the_ticks(tracker):
    late = [(0.0, p) for p in shake()]
    list(tracker.frames(frames_of(late)))
    early = [(-3600.0 + i * 0.5, packet(b"\x16\x03\x01 odd", seq=100 + i, ack=200)) for i in range(6)]
    assert of(list(tracker.frames(frames_of(early))), Transfer)
