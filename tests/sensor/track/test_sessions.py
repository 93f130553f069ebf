"""What opens a remote session, and what is known of it as its flow grows."""

import pytest

from sensor.track.sessions import TWO_WAY_BYTES, SessionTrack
from sensor.wire.records import Fingerprint, Rdp, Rfb, Ssh, Ssl
from tests.sensor.detect.made_up import conn


@pytest.mark.parametrize(
    ("record", "app", "answered", "established"),
    [
        (Ssh(client="SSH-2.0-a", server="SSH-2.0-b"), "ssh", True, False),
        (Ssh(client="SSH-2.0-a"), "ssh", False, False),
        (Ssh(kex_seen=True, newkeys=True), "ssh", True, True),
        (Rdp(result="unanswered"), "rdp", False, False),
        (Rdp(result="failed"), "rdp", True, False),
        (Rdp(result="confirmed", selected="hybrid"), "rdp", True, True),
        (Rfb(client_version="003.008", server_version="003.008"), "vnc", True, False),
        (Rfb(share_flag_seen=True), "vnc", False, True),
        (Fingerprint("radmin"), "radmin", True, False),
        (Fingerprint("nomachine"), "nomachine", True, False),
    ],
)
def test_sessions(record, app, answered, established):
    track = SessionTrack.of(record)
    track.learn(record)
    told = track.snapshot(conn(out=2_000, into=8_000))
    assert (told.app, told.answered, told.established, told.two_way) == (app, answered, established, False)


@pytest.mark.parametrize(
    ("record", "said", "out", "into", "established"),
    [
        ("a shell", (1_700, 1_600), 3_100, 4_900, True),
        ("one refused password", (1_700, 1_600), 2_200, 1_900, False),
        ("three refused passwords", (1_700, 1_600), 2_390, 2_150, False),
        ("a scan that went as far as the keys", (1_700, 1_600), 1_700, 1_600, False),
    ],
)
def test_an_ssh_session_is_what_a_refused_log_in_does_not_explain(record, said, out, into, established):
    track = SessionTrack("ssh")
    track.learn(Ssh(client="SSH-2.0-a", server="SSH-2.0-b", kex_seen=True, newkeys=True), said)
    assert track.snapshot(conn(out=out, into=into)).established is established


@pytest.mark.parametrize(
    ("what", "out", "into", "established"),
    [("a scan", 26, 42, False), ("a refused log-in", 2_400, 2_900, False), ("a log-in screen", 3_000, 40_000, True)],
)
def test_an_rdp_session_is_what_a_refused_log_in_does_not_explain(what, out, into, established):
    track = SessionTrack("rdp")
    track.learn(Rdp(result="confirmed", selected="hybrid"), (19, 19))
    assert track.snapshot(conn(out=out, into=into)).established is established


@pytest.mark.parametrize("record", [Ssl(), Fingerprint("whatsapp"), Fingerprint("teamviewer")])
def test_what_opens_none(record):
    assert SessionTrack.of(record) is None


@pytest.mark.parametrize(("out", "two_way"), [(TWO_WAY_BYTES, True), (TWO_WAY_BYTES - 1, False)])
def test_two_way_needs_both_directions(out, two_way):
    track = SessionTrack.of(Fingerprint("radmin"))
    assert track.snapshot(conn(out=out, into=900_000)).two_way is two_way
