"""Which hosts are kept, with whom, and which are nobody's business."""

from dataclasses import replace

import pytest

from sensor.detect import hosts
from sensor.detect.event import Event
from sensor.detect.hosts import Hosts
from sensor.detect.policy import Policy
from sensor.track.observation import Direction
from tests.sensor.detect.made_up import MORNING, POST, S, conn, sent, shipped

KNOWN = "www.doctolib.fr"


def taken(*seen):
    kept = Hosts()
    for one in seen:
        kept.add(Event(one, shipped().lists, Policy()))
    return kept.take()


def test_a_known_host_is_kept_with_the_post_and_summed():
    (row,) = taken(sent(KNOWN, 1_000, into=5), replace(sent(KNOWN, 2_000, into=6), ts=MORNING + 9 * S))
    assert (row.device_ip, row.device_mac) == (POST.ip, POST.mac)
    assert row.place
    assert row.cls
    assert (row.bytes_out, row.bytes_in) == (3_000, 11)
    assert (row.first, row.last) == (MORNING, MORNING + 9 * S)


def test_of_an_unknown_host_no_post_is_kept():
    (row,) = taken(sent("files.example.org", 1_000))
    assert (row.device_ip, row.device_mac, row.place, row.cls) == ("", None, "example.org", "")


@pytest.mark.parametrize(
    ("host", "changes", "cls"),
    [
        ("smtp.example.org", {"services": ("smtp", "ssl"), "port": 587}, "mail"),
        ("imap.example.org", {"services": ("imap",), "port": 143}, "mail"),
        ("imap.example.org", {"services": ("ssl",), "port": 993}, "mail"),
        (None, {"services": ("pop3",), "port": 110}, "mail"),
        (None, {"services": ("ssl",), "port": 993}, ""),  # a port alone says nothing
        ("www.example.org", {"services": ("ssl",), "port": 443}, ""),
        ("www.example.org", {"services": (), "port": 993}, ""),
    ],
)
def test_mail_servers_are_kept_with_the_post(host, changes, cls):
    (row,) = taken(sent(host, 1_000, of=conn(**changes)))
    assert (row.cls, row.device_ip) == (cls, POST.ip if cls else "")


@pytest.mark.parametrize("group", ["guest", "personal"])
def test_visitors_and_staff_are_not_the_subject(group):
    seen = sent(KNOWN, 1_000)
    assert taken(replace(seen, device=replace(seen.device, group=group))) == []


@pytest.mark.parametrize("host", ["web.whatsapp.com", "mullvad.net"])
def test_messengers_and_what_hides_are_left_out(host):
    assert taken(sent(host, 1_000)) == []


@pytest.mark.parametrize("direction", [Direction.INBOUND, Direction.INTERNAL])
def test_only_what_the_practice_opened_to_the_outside(direction):
    assert taken(replace(sent(KNOWN, 1_000), direction=direction)) == []


def test_it_is_bounded(monkeypatch):
    monkeypatch.setattr(hosts, "CAP", 3)
    rows = taken(*(sent(f"n{number}.example", 10) for number in range(9)))
    assert len(rows) == 4
    assert sum(row.bytes_out for row in rows) == 90
