"""Conversations, taken apart by scapy: numbers that add up, checksums that hold."""

import numpy as np
import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether

from sensor.demo.cast import DOCTOR, GUEST, INTERNET
from sensor.demo.film import Film
from sensor.demo.tcp import MSS, RECORD, SNAP, Conversation, checksum, sealed
from tests.sensor.demo.test_film import packets

SITE = INTERNET.sites[0]


def shot(client=DOCTOR, *, v6=False, script):
    film = Film(3)
    talk = Conversation(film, client, SITE, 443, start=0, v6=v6)
    script(talk)
    return [(Ether(data), wirelen) for _, _, wirelen, data in packets(film.develop(0))]


def whole(talk):
    talk.say(b"q" * 4001, client=True)
    talk.say(b"a" * 3, client=False)
    talk.close()


def from_client(packet):
    return packet[TCP].dport == 443


@pytest.mark.parametrize("v6", [False, True])
@pytest.mark.parametrize("client", [DOCTOR, GUEST], ids=["untagged", "vlan"])
def test_checksums_hold(client, v6):
    if client is GUEST and v6:
        v6 = False  # the guests have no IPv6
    for packet, _ in shot(client, v6=v6, script=whole):
        again = Ether(bytes(packet))
        layers = [again[TCP]] if v6 else [again[IP], again[TCP]]
        seen = [layer.chksum for layer in layers]
        for layer in layers:
            del layer.chksum
        made = Ether(bytes(again))
        assert seen == [layer.chksum for layer in ([made[TCP]] if v6 else [made[IP], made[TCP]])]


@pytest.mark.parametrize("v6", [False, True])
def test_sequence_numbers_add_up_and_acknowledge_what_came(v6):
    frames = [packet for packet, _ in shot(v6=v6, script=whole)]
    assert [str(packet[TCP].flags) for packet in frames[:3]] == ["S", "SA", "A"]
    assert dict(frames[0][TCP].options)["MSS"] == MSS - 20 * v6
    following = {True: frames[0][TCP].seq + 1, False: frames[1][TCP].seq + 1}
    for packet in frames[2:]:
        mine = from_client(packet)
        tcp, ip = packet[TCP], packet[IPv6] if v6 else packet[IP]
        payload = ip.plen - 20 if v6 else ip.len - 40
        assert tcp.seq == following[mine] % (1 << 32)
        assert tcp.ack == following[not mine] % (1 << 32)
        following[mine] += payload + ("F" in str(tcp.flags))
    assert following[True] - frames[0][TCP].seq == 4001 + 2
    assert following[False] - frames[1][TCP].seq == 3 + 2


def test_what_is_said_is_kept_whole_and_what_flows_is_snapped():
    def script(talk):
        talk.say(b"h" * 20, client=True)
        talk.pour(100_000, client=True, span=1_000_000)

    frames = shot(script=script)
    data = [(packet, wirelen) for packet, wirelen in frames if from_client(packet) and packet[IP].len > 52]
    assert bytes(data[0][0][TCP].payload)[:20] == b"h" * 20
    assert all(len(bytes(packet)) == min(wirelen, SNAP) for packet, wirelen in data[1:])
    assert sum(packet[IP].len - 40 for packet, _ in data[1:]) == 100_000
    assert all(wirelen == max(60, packet[IP].len + 14) for packet, wirelen in frames)


def test_a_guest_is_seen_in_his_vlan_and_the_internet_with_the_routers_mac():
    frames = [packet for packet, _ in shot(GUEST, script=whole)]
    assert {packet[Dot1Q].vlan for packet in frames} == {50}
    assert {packet.src for packet in frames if not from_client(packet)} == {SITE.mac}


def test_records_begin_where_the_one_before_ends():
    lengths = np.full(40, MSS)
    kept = sealed(Film(1), lengths)
    starts = [n * RECORD for n in range(-(-int(lengths.sum()) // RECORD))]
    seen = 0
    for start in starts:
        row, inside = divmod(start, MSS)
        if inside + 5 <= kept.shape[1]:
            size = min(RECORD, int(lengths.sum()) - start) - 5
            assert bytes(kept[row, inside : inside + 5]) == b"\x17\3\3" + size.to_bytes(2, "big")
            seen += 1
    assert seen >= 1


def test_the_checksum_is_rfc_1071s():
    row = np.frombuffer(bytes.fromhex("0001f203f4f5f6f7"), dtype=np.uint8).reshape(1, 8)
    assert checksum(row)[0] == 0xFFFF - 0xDDF2  # the example of its section 3
