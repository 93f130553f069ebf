"""Router advertisements: which prefixes they give, and what is not taken for one."""

from contextlib import suppress
from ipaddress import IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet6 import (
    ICMPv6ND_RA,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrHopByHop,
)

from sensor.wire import ParseError
from sensor.wire.ndp import Prefix, announced

ROUTER = IPv6(src="fe80::1", dst="ff02::1", hlim=255)


def prefix(text="2a01:cb00:1:2::", bits=64, **fields):
    return ICMPv6NDOptPrefixInfo(prefix=text, prefixlen=bits, **{"validlifetime": 1800, **fields})


HOME = Prefix(IPv6Network("2a01:cb00:1:2::/64"), 1800)


@pytest.mark.parametrize(
    ("what", "packet", "expected"),
    [
        ("one prefix", ROUTER / ICMPv6ND_RA() / prefix(), (HOME,)),
        ("among other options", ROUTER / ICMPv6ND_RA() / ICMPv6NDOptSrcLLAddr() / prefix() / ICMPv6NDOptMTU(), (HOME,)),
        ("after a hop-by-hop header", ROUTER / IPv6ExtHdrHopByHop() / ICMPv6ND_RA() / prefix(), (HOME,)),
        ("host bits are no part of it", ROUTER / ICMPv6ND_RA() / prefix("2a01:cb00:1:2::9"), (HOME,)),
        ("taken back", ROUTER / ICMPv6ND_RA() / prefix(validlifetime=0), (Prefix(HOME.network, 0),)),
        ("none", ROUTER / ICMPv6ND_RA(), ()),
        ("everything: an attack", ROUTER / ICMPv6ND_RA() / prefix("::", 0), ()),
        ("wider than any site", ROUTER / ICMPv6ND_RA() / prefix("2a00::", 16), ()),
        ("neither on link nor for addresses", ROUTER / ICMPv6ND_RA() / prefix(L=0, A=0), ()),
        ("private: local anyway", ROUTER / ICMPv6ND_RA() / prefix("fd00::"), ()),
    ],
)
def test_prefixes(what, packet, expected):
    assert announced(bytes(packet)) == expected


@pytest.mark.parametrize(
    "packet",
    [
        IPv6(src="fe80::1", dst="ff02::1", hlim=64) / ICMPv6ND_RA() / prefix(),  # from beyond a router
        IPv6(src="2a01::1", dst="ff02::1", hlim=255) / ICMPv6ND_RA() / prefix(),
        ROUTER / ICMPv6ND_RA(code=1) / prefix(),
        bytes(ROUTER / ICMPv6ND_RA() / prefix())[:-1],
        bytes(ROUTER / ICMPv6ND_RA())[:50],
        bytes(ROUTER / ICMPv6ND_RA()) + bytes(8),
        b"",
    ],
)
def test_what_is_not_believed(packet):
    with pytest.raises(ParseError):
        announced(bytes(packet))


@given(st.binary(max_size=90))
def test_any_bytes(tail):
    with suppress(ParseError):
        announced(bytes(ROUTER / ICMPv6ND_RA())[:56] + tail)
