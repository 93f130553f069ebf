"""Calls from person to person: whose socket they leave from, for how long that holds, and what is not theirs."""

from dataclasses import replace

import pytest

from sensor.detect import calls
from sensor.track.observation import Direction, Endpoint
from tests.sensor.detect.made_up import MORNING, POST, S, conn, detector, observed

TURN = "turn2.whispersystems.org"
PERSON = "198.51.100.77"
MEDIA = {"out": 90_000, "into": 80_000}


def datagrams(host=None, *, services=("stun",), socket=50_000, at=0, peer_ip=PERSON, source="dns", **more):
    """A flow of UDP from a socket of the post, `at` seconds after the morning's begin."""
    c = conn(proto="udp", services=services, peer_ip=peer_ip, ts=MORNING + at * S, seconds=0, **more)
    inbound = more.get("direction") is Direction.INBOUND
    mine = Endpoint(POST.ip, socket, POST.mac, local=True)
    c = replace(c, resp=mine) if inbound else replace(c, orig=mine)
    return observed(c, c, host=host, source=source, direction=more.get("direction", Direction.OUTBOUND))


def asked(at=0, host=TURN, **more):
    """The messenger's server is asked where one is."""
    return datagrams(host, at=at, out=20, into=88, peer_ip="203.0.113.94", **more)


def told(*observations):
    there = detector()
    return [(a.app, a.nature.value, a.confidence.value) for o in observations for a in there.observe(o)]


SIGNAL = [("signal", "session", "probable")]


@pytest.mark.parametrize("services", [("stun",), ("stun", "rtp"), ("rtp",), ()])
def test_a_call_is_of_the_program_whose_server_the_socket_asked(services):
    assert told(asked(), datagrams(at=2, services=services, **MEDIA)) == SIGNAL


def test_a_call_that_the_other_person_opens():
    assert told(asked(), datagrams(at=2, direction=Direction.INBOUND, **MEDIA)) == SIGNAL


def test_what_the_servers_own_bytes_say_is_no_surer_of_the_person():
    assert told(asked(host=None, app="signal"), datagrams(at=2, **MEDIA)) == SIGNAL


def test_a_relay_that_is_known_by_the_programs_own_bytes():
    """Telegram's older calls: no STUN, and towards the other person nothing but cipher."""
    relay = asked(host=None, app="telegram", services=("fingerprint",))
    assert told(relay, datagrams(at=2, services=(), **MEDIA)) == [("telegram", "session", "probable")]


def test_the_alert_says_what_it_rests_on():
    there = detector()
    there.observe(asked())
    (alert,) = there.observe(datagrams(at=2, **MEDIA))
    assert dict(alert.evidence)["shared_socket"] is True
    assert alert.peer.host is None
    assert alert.peer.ip == PERSON


@pytest.mark.parametrize(
    "observations",
    [
        [datagrams(at=2, **MEDIA)],  # nobody was asked
        [asked(host="visio.lab.example"), datagrams(at=2, **MEDIA)],  # of a site that is on no list
        [asked(host="updates.signal.org"), datagrams(at=2, **MEDIA)],  # no server of calls
        [asked(socket=50_001), datagrams(at=2, **MEDIA)],  # another program's socket
        [asked(services=("ssl",)), datagrams(at=2, **MEDIA)],  # a page
        [asked(), datagrams(at=2, services=("ssl",), **MEDIA)],
        [asked(services=()), datagrams(at=2, **MEDIA)],  # nothing but a name, which clouds share
        [asked(), datagrams(at=2, app="another", services=("fingerprint",), **MEDIA)],
        [asked(), datagrams("visio.lab.example", at=2, **MEDIA)],  # it has a name of its own
        [asked(), datagrams(at=2 + calls.SILENCE // S, **MEDIA)],  # long ago
    ],
)
def test_what_is_not_the_messengers(observations):
    assert told(*observations) == []


def test_a_socket_in_use_is_remembered():
    assert (
        told(asked(), *(datagrams(at=at, out=10, into=10) for at in (100, 200)), datagrams(at=300, **MEDIA)) == SIGNAL
    )


def test_sockets_are_bounded(monkeypatch):
    monkeypatch.setattr(calls, "CAP", 3)
    there = detector()
    for socket in range(50_000, 50_005):
        there.observe(asked(socket=socket))
    assert there.figures().evictions["calls"] == 2
    assert there.observe(datagrams(at=2, socket=50_000, **MEDIA)) == []
    assert there.observe(datagrams(at=2, socket=50_004, **MEDIA)) != []
