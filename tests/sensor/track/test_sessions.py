"""What opens a remote session, and what is known of it as its flow grows."""

from dataclasses import replace

import pytest

from sensor.track.sessions import TWO_WAY_BYTES, SessionTrack
from sensor.wire.records import Fingerprint, Http, Rdp, Rfb, Ssh, Ssl
from tests.sensor.detect.made_up import conn

WSMAN = Http(method="POST", uri="/wsman", request_mime_type="application/soap+xml")


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
        (Fingerprint("citrix"), "citrix", True, False),
        (WSMAN, "winrm", False, False),
        (replace(WSMAN, status_code=401), "winrm", True, False),
        (replace(WSMAN, status_code=200), "winrm", True, True),
    ],
)
def test_sessions(record, app, answered, established):
    track = SessionTrack.of(record)
    track.learn(record)
    told = track.snapshot(conn(out=2_000, into=8_000, ended=True))
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
    assert track.snapshot(conn(out=out, into=into, ended=True)).established is established


LOGGED_IN = {"out": 3_700, "into": 3_600, "seconds": 1}


@pytest.mark.parametrize(
    ("what", "out", "into", "copies"),
    [
        ("scp", 404_700, 4_600, True),
        ("sftp, files both ways", 405_400, 18_500, True),
        ("sftp, a file fetched", 5_000, 404_700, True),
        ("a screen through a tunnel", 5_700, 60_000, False),
        ("a long text shown", 4_400, 90_000, False),
        ("a shell", 4_100, 9_500, False),
        ("a small file", 40_000, 4_600, False),
    ],
)
def test_a_copy_over_ssh_is_known_by_its_shape(what, out, into, copies):
    track = SessionTrack("ssh")
    track.learn(Ssh(client="SSH-2.0-a", server="SSH-2.0-b", kex_seen=True, newkeys=True), (1_700, 1_600))
    assert not track.snapshot(conn(**LOGGED_IN)).established, "too early to tell which"
    told = track.snapshot(conn(out=out, into=into, seconds=7))
    assert (told.established, told.copies) == (True, copies)


def test_what_was_a_session_stays_one_whatever_is_shown_then():
    track = SessionTrack("ssh")
    track.learn(Ssh(client="SSH-2.0-a", server="SSH-2.0-b", kex_seen=True, newkeys=True), (1_700, 1_600))
    track.snapshot(conn(**LOGGED_IN))
    assert track.snapshot(conn(out=4_100, into=9_500, seconds=7)).established
    assert not track.snapshot(conn(out=4_300, into=900_000, seconds=20)).copies


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


@pytest.mark.parametrize(
    "record",
    [
        Fingerprint("rustdesk", control=False),
        Fingerprint("whatsapp"),
        Http(method="GET", uri="/", user_agent="AnyDesk/7.0.14"),
    ],
)
def test_an_agents_sign_of_life_opens_none(record):
    assert SessionTrack.of(record) is None


def test_what_was_said_before_the_password_was_right_is_no_session():
    track = SessionTrack.of(WSMAN)
    for _ in range(3):
        track.learn(replace(WSMAN, status_code=401), (4_000, 3_500))
    refused = track.snapshot(conn(out=4_000, into=3_500))
    assert (refused.established, refused.two_way) == (False, False)
    track.learn(replace(WSMAN, status_code=200), (6_000, 5_000))
    assert track.snapshot(conn(out=9_000, into=90_000)).two_way
