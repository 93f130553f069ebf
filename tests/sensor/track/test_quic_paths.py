"""A QUIC connection keeps its name while its id stays: from another port, from another address, after a silence."""

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from sensor.track.flow import Known
from sensor.track.observation import Conn
from sensor.track.quic_paths import QuicPaths
from tests.sensor.track.test_tracker import POST, SERVER, of, run, tracker  # noqa: F401  (a fixture)
from tests.sensor.wire.hellos import chrome
from tests.sensor.wire.initials import crypto, initial

ID = b"theirs-1"
HELLO = initial(crypto(0, chrome(b"www.example.org")))
ANSWER = initial(b"\2" + bytes(4), dcid=b"", scid=ID, side=b"server in")
SHORT = b"\x53" + ID + bytes(60)
KNOWN = Known("www.example.org", "sni", None)


def udp(data, *, out=True, port=40_000, post=POST, server=SERVER):
    ends = (post, server, port, 443) if out else (server, post, 443, port)
    return Ether() / IP(src=ends[0], dst=ends[1]) / UDP(sport=ends[2], dport=ends[3]) / Raw(data)


def names(tracker, *packets):  # noqa: F811
    told = of(run(tracker, packets), Conn)
    return {(o.conn.orig.ip, o.conn.orig.port): (o.peer.host, o.conn.services, o.conn.hidden) for o in told}


def test_it_goes_on_with_a_bit_that_was_thrown(tracker):  # noqa: F811
    told = names(tracker, udp(HELLO), udp(ANSWER, out=False), udp(b"\x13" + SHORT[1:], port=40_001))
    assert {host for host, *_ in told.values()} == {"www.example.org"}


@pytest.mark.parametrize("where", [{"port": 40_001}, {"post": "192.168.1.11"}])
def test_it_goes_on_elsewhere(tracker, where):  # noqa: F811
    told = names(tracker, udp(HELLO), udp(ANSWER, out=False), udp(SHORT), udp(SHORT, **where))
    assert set(told.values()) == {("www.example.org", ("quic",), None)}
    assert len(told) == 2


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (b"\x53" + b"others-1" + bytes(60), {}),
        (SHORT, {"server": "192.0.2.81"}),
        (b"\xd3" + SHORT[1:], {}),
        (SHORT, {"out": False}),
    ],
)
def test_what_is_not_that_connection_gets_no_name(tracker, data, changes):  # noqa: F811
    told = names(tracker, udp(HELLO), udp(ANSWER, out=False), udp(data, port=40_001, **changes))
    assert [host for host, *_ in told.values()].count("www.example.org") == 1


def test_ids_are_bounded_and_short_ones_not_kept():
    paths = QuicPaths(cap=2)
    paths.learn(SERVER, b"abc", KNOWN)
    paths.learn(SERVER, ID, Known(None, None, None))
    assert paths.of(SERVER, b"\x40abc") is paths.of(SERVER, SHORT) is paths.of(SERVER, b"") is None
    for number in range(3):
        paths.learn(SERVER, b"id-%d" % number, KNOWN)
        paths.of(SERVER, b"\x40id-0 and more")
    assert paths.evicted == 1
    assert paths.of(SERVER, b"\x40id-1") is None
    assert paths.of(SERVER, b"\x40id-0") == KNOWN
