"""Programs' first bytes through the whole chain, as captures have them: over IPv6, begun late, sent twice, in small pieces, cut off."""

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from sensor.chain import Chain
from sensor.settings import load
from tests.corpus.in_memory import Frame, InMemory
from tests.sensor.wire.dialogue import Orig, Resp
from tests.sensor.wire.test_fingerprint import SIGNS_ALONE
from tests.sensor.wire.test_fingerprint_datagram import SIGNS_OF_ONE
from tests.sensor.wire.test_fingerprint_pairs import MET

ETHERNET = 1
MS = 1_000_000
START = 1_790_000_000_000_000_000
V4, V6 = ("192.168.1.10", "198.51.100.7"), ("fd00::10", "2001:db8::7")
HEALTH = ("dicom", "hl7")  # no programs of anybody's, told by rules of their own
STREAMS = [
    (app, [(isinstance(step, Orig), bytes(step)) for step in script if isinstance(step, Orig | Resp)])
    for app, script in SIGNS_ALONE
    if app not in HEALTH
]
DATAGRAMS = [
    *((app, [(True, data)]) for app, data in SIGNS_OF_ONE),
    *((app, [(True, asked), (False, answered)]) for app, asked, answered in MET),
]


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


def packet(ends, port, from_orig, layer):
    """Of one conversation of the post, each at a port of its own."""
    near, far = ends
    addresses = {"src": near, "dst": far} if from_orig else {"src": far, "dst": near}
    network = IPv6(**addresses) if ":" in near else IP(**addresses)
    layer.sport, layer.dport = (port, port + 20_000) if from_orig else (port + 20_000, port)
    return Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / network / layer


def stream(script, port, *, ends=V4, opened=True, times=1, size=1_200):
    """Its packets; `size`: of a segment at most."""
    at, packets = {True: 1_000, False: 5_000}, []
    if opened:
        packets.append(packet(ends, port, True, TCP(flags="S", seq=999)))
        packets.append(packet(ends, port, False, TCP(flags="SA", seq=4_999, ack=1_000)))
    for from_orig, data in script:
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            segment = TCP(flags="PA", seq=at[from_orig], ack=at[not from_orig]) / piece
            packets += [packet(ends, port, from_orig, segment)] * times
            at[from_orig] += len(piece)
    return packets


def datagrams(script, port, *, ends=V4, times=1):
    return [packet(ends, port, from_orig, UDP() / data) for from_orig, data in script for _ in range(times)]


def apps_by_port(conversations, settings):
    found = {}

    def watch(observation):
        if observation.conn.app:
            found[min(observation.conn.orig.port, observation.conn.resp.port)] = observation.conn.app

    raw = [bytes(p) for packets in conversations for p in packets]
    frames = [Frame(START + number * MS, ETHERNET, data, len(data)) for number, data in enumerate(raw)]
    chain = Chain(settings, seed=1, watcher=watch)
    for _ in chain.run(InMemory(frames)):
        pass
    return found


def missed(made, scripts, settings, **how):
    """The scripts that were not known for what they are, with what they were taken for."""
    found = apps_by_port([made(script, 10_000 + n, **how) for n, (_, script) in enumerate(scripts)], settings)
    told = [(n, app, found.get(10_000 + n)) for n, (app, _) in enumerate(scripts)]
    return [row for row in told if row[1] != row[2]]


WAYS = {
    "as it is": {},
    "over IPv6": {"ends": V6},
    "begun late": {"opened": False},
    "each segment twice": {"times": 2},
    "in pieces of seven bytes": {"size": 7},
}


@pytest.mark.parametrize("way", WAYS)
def test_streams(settings, way):
    assert missed(stream, STREAMS, settings, **WAYS[way]) == []


@pytest.mark.parametrize("way", ["as it is", "over IPv6", "each segment twice"])
def test_datagrams(settings, way):
    assert missed(datagrams, DATAGRAMS, settings, **WAYS[way]) == []


def test_the_answer_first(settings):
    """Where the capture began between a question and its answer's repetition."""
    turned = [(app, script[::-1]) for app, script in DATAGRAMS]
    assert missed(datagrams, [row for row in turned if len(row[1]) == 1], settings) == []
