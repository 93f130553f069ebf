"""The contract register: each session is covered, or says what is not."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from sensor.detect.policy import Contract, Hours, Network
from sensor.detect.policy_values import network
from sensor.detect.register import cover, local_time
from sensor.track.observation import Device, Peer

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
NET: Network = network("203.0.113.0/28")
CONTRACT = Contract(
    "Logimed",
    "TM-1",
    tools=("rdp", "teamviewer"),
    posts=("Serveur",),
    hosts=("support.example.org",),
    networks=(NET,),
    days=frozenset(range(5)),
    hours=Hours(time(8), time(19)),
    since=date(2026, 1, 1),
    until=date(2026, 12, 31),
)
POST = Device("192.168.1.2", None, "Serveur")
REMOTE = Peer("203.0.113.9", 3389)


def answer(*contracts, app="rdp", post=POST, remote=REMOTE, at=MONDAY):
    return cover(contracts or (CONTRACT,), app, post, remote, at)


def test_covered():
    found = answer()
    assert (found.cover, found.contract) == ("covered", CONTRACT)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": MONDAY.replace(hour=19)}, "hour"),
        ({"at": MONDAY.replace(hour=7, minute=59)}, "hour"),
        ({"at": MONDAY.replace(day=22)}, "hour"),  # a Sunday
        ({"post": Device("192.168.1.3", None, "Accueil")}, "post"),
        ({"post": Device("192.168.1.3", None)}, "post"),
        ({"app": "vnc"}, "tool"),
        ({"remote": Peer("198.51.100.1", 3389)}, "host"),
        ({"at": MONDAY.replace(year=2027)}, "expired"),
        ({"at": MONDAY.replace(year=2025)}, "expired"),
        ({"app": "vnc", "remote": Peer("198.51.100.1", 3389)}, "none"),
    ],
)
def test_what_is_not(change, said):
    assert answer(**change).cover == said


def test_a_host_is_named_by_its_suffix():
    assert answer(remote=Peer("198.51.100.1", 1, "a.support.example.org")).cover == "covered"
    assert answer(remote=Peer("198.51.100.1", 1, "badsupport.example.org")).cover == "host"


def test_what_a_contract_leaves_open_is_allowed():
    anything = Contract("P", "R")
    assert (
        answer(anything, app="anydesk", post=Device("10.0.0.1", None), remote=Peer("192.0.2.1", 1)).cover == "covered"
    )


def test_the_contract_that_comes_nearest_answers():
    other_tool = replace(CONTRACT, tools=("ssh",), reference="B")
    late = replace(CONTRACT, hours=Hours(time(20), time(22)), reference="C")
    assert answer(other_tool, late).contract == late
    assert answer(other_tool, late, CONTRACT).cover == "covered"


def test_no_register_covers_nothing():
    assert cover((), "rdp", POST, REMOTE, MONDAY).cover == "none"


def test_hours_may_pass_midnight():
    night = replace(CONTRACT, hours=Hours(time(22), time(6)))
    assert answer(night, at=MONDAY.replace(hour=23)).cover == "covered"
    assert answer(night, at=MONDAY.replace(hour=12)).cover == "hour"


def test_local_time_follows_summer_time():
    assert local_time(1_774_746_000_000_000_000, PARIS).hour == 3  # 2026-03-29 01:00 UTC, the night clocks go forward
    assert local_time(1_774_742_400_000_000_000, PARIS).hour == 1
