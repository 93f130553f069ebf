"""However a dialogue's bytes are put into packets, the records are the same: through the real kernel and readers.

The bytes of each turn are cut anywhere (down to single bytes), what is in flight together comes in any order, any packet comes
again later; any comes in fragments, is shown twice by the mirror or has a wrong checksum; all inside one of several
encapsulations.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.track.addresses import Locality
from sensor.track.conversation import Readers
from sensor.track.devices import Devices
from sensor.track.observation import Conn, Session, Transfer
from sensor.track.tracker import Tracker
from sensor.wire.kernel import Kernel
from sensor.wire.readers import DATAGRAMS, STREAMS
from tests.sensor.track.frames import frames_of
from tests.sensor.wire.hellos import chrome, record, server_hello_13
from tests.sensor.wire.test_ssh import CLIENT, KEX, KEXINIT, NEWKEYS, SERVER, packet

SYN, FIN, PSH, ACK = 2, 1, 8, 16
ORIG, RESP = True, False
MAIL = (
    b"From: a@cabinet.fr\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n"
    b'--BB\r\nContent-Type: application/pdf; name="x.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n--BB--\r\n'
)
DIALOGUES = {
    "smtp": [
        (RESP, b"220 mx.labo.fr ESMTP ready\r\n"),
        (ORIG, b"EHLO scanner\r\n"),
        (RESP, b"250-mx.labo.fr\r\n250 8BITMIME\r\n"),
        (ORIG, b"MAIL FROM:<a@cabinet.fr>\r\n"),
        (RESP, b"250 Ok\r\n"),
        (ORIG, b"RCPT TO:<b@labo.fr>\r\n"),
        (RESP, b"250 Ok\r\n"),
        (ORIG, b"DATA\r\n"),
        (RESP, b"354 Go\r\n"),
        (ORIG, MAIL + b".\r\n"),
        (RESP, b"250 Ok\r\n"),
        (ORIG, b"QUIT\r\n"),
        (RESP, b"221 Bye\r\n"),
    ],
    "ssl": [
        (ORIG, record(22, chrome(b"web.whatsapp.com"), 0x0301)),
        (RESP, record(22, server_hello_13()) + record(20, b"\1") + record(23, bytes(200))),
        (ORIG, record(20, b"\1") + record(23, bytes(90))),
        (RESP, record(23, bytes(90))),
    ],
    "ssh": [
        (RESP, SERVER),
        (ORIG, CLIENT + KEXINIT),
        (RESP, KEXINIT),
        (ORIG, KEX),
        (RESP, packet(31) + NEWKEYS),
        (ORIG, NEWKEYS),
        (ORIG, bytes(4000)),
        (RESP, bytes(4000)),
    ],
}
MACS = bytes.fromhex("020000000001 020000000011")
CAPSULES = {
    "none": lambda ip: MACS + b"\x08\0" + ip,
    "vlan": lambda ip: MACS + bytes.fromhex("8100 0007 0800") + ip,
    "qinq": lambda ip: MACS + bytes.fromhex("88a8 0007 8100 0008 0800") + ip,
    "pppoe": lambda ip: MACS + bytes.fromhex("8864 1100 0001") + struct.pack(">HH", len(ip) + 2, 0x21) + ip,
    "mpls": lambda ip: MACS + bytes.fromhex("8847 00064140") + ip,
    "ip in ip": lambda ip: MACS + b"\x08\0" + outer(4, ip),
    "gre": lambda ip: MACS + b"\x08\0" + outer(47, b"\0\0\x08\0" + ip),
    "vxlan": lambda ip: MACS + b"\x08\0" + outer(17, vxlan(MACS + b"\x08\0" + ip)),
}


def outer(proto, inside):
    ends = bytes((10, 9, 9, 1, 10, 9, 9, 2))
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(inside), 0, 0, 64, proto, 0) + ends + inside


def vxlan(frame):
    return struct.pack(">HHHHII", 4444, 4789, 16 + len(frame), 0, 0x0800_0000, 0x100) + frame


@dataclass
class Side:
    address: bytes
    port: int
    seq: int


def ip(one, two, flags, payload=b"", seq=None):
    """One TCP segment as `one` sends it now."""
    tcp = struct.pack(
        ">HHIIBBHHH", one.port, two.port, (one.seq if seq is None else seq) % 2**32, two.seq, 0x50, flags, 65535, 0, 0
    )
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0, one.address, two.address)
    return head + tcp + payload


def shake(start):
    one = Side(bytes((192, 168, 1, 10)), 51000, start)
    two = Side(bytes((93, 184, 216, 34)), 2222, (start * 7) % 2**32)
    packets = [ip(one, Side(two.address, two.port, 0), SYN)]
    one.seq = (one.seq + 1) % 2**32
    packets.append(ip(two, one, SYN | ACK))
    two.seq = (two.seq + 1) % 2**32
    return one, two, [*packets, ip(one, two, ACK)]


def packets_of(dialogue, start, cuts, orders, again):
    """The dialogue as packets: `cuts(size)` places, `orders(pieces)` their order, `again(count)` what comes twice and where."""
    one, two, packets = shake(start)
    for from_orig, said in dialogue:
        me, other = (one, two) if from_orig else (two, one)
        places = [0, *sorted(cuts(len(said))), len(said)]
        pieces = [(a, said[a:b]) for a, b in pairwise(places) if b > a]
        packets += [ip(me, other, PSH | ACK, piece, me.seq + at) for at, piece in orders(pieces)]
        me.seq = (me.seq + len(said)) % 2**32
        packets.append(ip(other, me, ACK))
    for which, later in sorted(again(len(packets)), reverse=True):
        packets.insert(min(which + 1 + later, len(packets)), packets[which])
    return [*packets, ip(one, two, FIN | ACK), ip(two, one, FIN | ACK)]


def numbered(packet, number, ttl=64, where=0):
    """The packet with an identification, a TTL and what tells of fragments."""
    return packet[:4] + struct.pack(">HHB", number, where, ttl) + packet[9:]


def fragments(packet, number, places):
    """The packet cut behind its IP header at these multiples of eight bytes."""
    body = packet[20:]
    cuts = [0, *sorted({place * 8 for place in places if place * 8 < len(body)} - {0}), len(body)]
    for first, last in pairwise(cuts):
        more = 0x2000 if last < len(body) else 0
        head = numbered(packet[:20], number, where=more | first >> 3)
        yield head[:2] + struct.pack(">H", 20 + last - first) + head[4:] + body[first:last]


def damaged(packet):
    """A TCP checksum that is wrong."""
    return packet[:36] + b"\xba\xd1" + packet[38:]


def on_the_wire(packets, treat, places, order):
    """Each packet as `treat(packet's number)` says; `places()` to cut at, `order(pieces)` of its fragments."""
    for number, plain in enumerate(packets, 1):
        match treat(number):
            case "in fragments":
                yield from order(list(fragments(plain, number, places())))
            case "shown twice":
                yield numbered(plain, number)
                yield numbered(plain, number, ttl=63)
            case "wrong checksum":
                yield damaged(plain)
            case _:
                yield plain


def records_of(packets):
    tracker = Tracker(
        Kernel(seed=7, cap=64), Readers(STREAMS, DATAGRAMS), Devices(lambda ip, mac, vlan: (None, "own")), Locality()
    )
    seen = [*tracker.frames(frames_of(packets)), *tracker.finish()]
    flows = {o.conn.uid for o in seen}
    last = [o.record for o in seen if isinstance(o.record, Session)][-1:]
    told = [o.record for o in seen if not isinstance(o.record, Conn | Session | Transfer)]
    return told, len(flows), [(s.answered, s.established, s.ended) for s in last]


def whole(dialogue):
    return records_of(
        [bytes(CAPSULES["none"](p)) for p in packets_of(dialogue, 1000, lambda size: [], list, lambda count: [])]
    )


@pytest.mark.parametrize("name", DIALOGUES)
def test_the_dialogue_whole_is_read(name):
    records, flows, _ = whole(DIALOGUES[name])
    assert [record.service for record in records] == [name] + ["smtp_dialogue"] * (name == "smtp")
    assert flows == 1


@pytest.mark.parametrize("name", DIALOGUES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_packets_give_the_same_records(name, data):
    def cuts(size):
        return data.draw(st.sets(st.integers(1, max(size - 1, 1)), max_size=40))

    def again(count):
        return data.draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, 30)), max_size=12))

    start = data.draw(st.sampled_from((1000, 2**32 - 1, 2**32 - 30, 0)))
    wrap = CAPSULES[data.draw(st.sampled_from(sorted(CAPSULES)))]
    packets = packets_of(DIALOGUES[name], start, cuts, lambda pieces: data.draw(st.permutations(pieces)), again)
    assert records_of([bytes(wrap(packet)) for packet in packets]) == whole(DIALOGUES[name])


HOW = ("as it is", "in fragments", "shown twice", "wrong checksum")


@pytest.mark.parametrize("name", DIALOGUES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_fragments_copies_and_checksums_change_nothing(name, data):
    wrap = CAPSULES[data.draw(st.sampled_from(sorted(CAPSULES)))]
    packets = packets_of(DIALOGUES[name], 1000, lambda size: [], list, lambda count: [])
    wire = on_the_wire(
        packets,
        lambda number: data.draw(st.sampled_from(HOW)),
        lambda: data.draw(st.sets(st.integers(1, 40), max_size=5)),
        lambda pieces: data.draw(st.permutations(pieces)),
    )
    assert records_of([bytes(wrap(packet)) for packet in wire]) == whole(DIALOGUES[name])


@pytest.mark.parametrize("how", HOW[1:])
@pytest.mark.parametrize("name", DIALOGUES)
def test_all_packets_the_same_way(name, how):
    packets = packets_of(DIALOGUES[name], 1000, lambda size: [], list, lambda count: [])
    wire = list(on_the_wire(packets, lambda number: how, lambda: range(1, 200), lambda pieces: pieces[::-1]))
    assert len(wire) > len(packets) or how == "wrong checksum"
    assert records_of([bytes(CAPSULES["vlan"](packet)) for packet in wire]) == whole(DIALOGUES[name])


@pytest.mark.parametrize("name", DIALOGUES)
@pytest.mark.parametrize("capsule", CAPSULES)
def test_one_byte_a_packet(name, capsule):
    packets = packets_of(DIALOGUES[name], 2**32 - 5, lambda size: range(1, min(size, 300)), list, lambda count: [])
    assert records_of([bytes(CAPSULES[capsule](packet)) for packet in packets]) == whole(DIALOGUES[name])


def test_a_session_begins_behind_the_negotiation_whatever_came_with_its_last_byte():
    """Enough rows for the kernel to join them: the client's last message in clear comes in one piece with what it says encrypted."""
    cuts = iter([range(1, 20), (), (), range(1, 8), range(1, 28), (1,), (1, 2), (1, 2, 3, 4)])
    again = [(0, 11), (3, 0)]
    packets = packets_of(DIALOGUES["ssh"], 1000, lambda size: next(cuts), list, lambda count: again)
    assert records_of([CAPSULES["none"](packet) for packet in packets]) == whole(DIALOGUES["ssh"])
