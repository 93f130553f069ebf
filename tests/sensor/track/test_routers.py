"""Whose MAC it is that a frame shows."""

import pytest

from sensor.track import routers
from sensor.track.routers import Routers

ROUTER, PC = "02:00:00:00:00:01", "00:11:22:33:44:55"


@pytest.fixture
def known():
    made = Routers()
    made.forwards(ROUTER)
    made.bind("192.168.1.1", ROUTER)
    return made


@pytest.mark.parametrize(
    ("ip", "mac", "own"),
    [
        ("192.168.1.31", PC, PC),
        ("192.168.1.31", None, None),
        ("192.168.1.1", ROUTER, ROUTER),
        ("10.0.7.9", ROUTER, None),  # behind the router
        ("fe80::1", ROUTER, ROUTER),
        ("169.254.3.4", ROUTER, ROUTER),
        ("2001:db8::7", ROUTER, ROUTER),  # ARP says nothing of IPv6
    ],
)
def test_a_routers_mac_is_its_own(known, ip, mac, own):
    assert known.own_mac(ip, mac) == own


def test_a_device_behind_a_router_keeps_what_dhcp_said(known):
    known.bind("10.0.7.9", PC)
    assert known.own_mac("10.0.7.9", ROUTER) == PC


def test_while_its_own_address_is_not_known_nothing_is_taken_away():
    made = Routers()
    made.forwards(ROUTER)
    assert made.own_mac("10.0.7.9", ROUTER) == ROUTER
    assert Routers().own_mac("10.0.7.9", ROUTER) == ROUTER


def test_an_address_that_moves_is_no_longer_its_old_cards(known):
    known.bind("192.168.1.1", PC)
    assert known.own_mac("10.0.7.9", ROUTER) == ROUTER  # again nothing is known of its own
    known.bind("192.168.1.254", ROUTER)
    assert known.own_mac("192.168.1.1", ROUTER) == PC


def test_floods_are_bounded_and_counted(monkeypatch):
    monkeypatch.setattr(routers, "CAP", 3)
    monkeypatch.setattr(routers, "ROUTERS", 2)
    made = Routers()
    for n in range(10):
        made.forwards(f"02:00:00:00:00:{n:02x}")
        made.bind(f"192.168.1.{n}", PC)
    assert (len(made._routers), len(made._bound), made._owned) == (2, 3, {PC: 3})
    assert made.evicted == 8 + 7
