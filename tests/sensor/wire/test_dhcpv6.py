"""DHCPv6: messages made by scapy, relayed ones too, and what must not pass for one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dhcp6 import (
    DUID_LL,
    DUID_LLT,
    DUID_UUID,
    VENDOR_CLASS_DATA,
    DHCP6_RelayForward,
    DHCP6_Reply,
    DHCP6_Solicit,
    DHCP6OptClientFQDN,
    DHCP6OptClientId,
    DHCP6OptClientLinkLayerAddr,
    DHCP6OptElapsedTime,
    DHCP6OptIA_NA,
    DHCP6OptIAAddress,
    DHCP6OptRelayMsg,
    DHCP6OptServerId,
    DHCP6OptVendorClass,
)

from sensor.wire import Events, GiveUp, Likeness
from sensor.wire.dhcpv6 import OPTIONS, probe, read_datagram
from sensor.wire.records_devices import Dhcp
from tests.sensor.wire.hellos import v16

MAC = "00:11:22:33:44:55"
CLIENT = DHCP6OptClientId(duid=DUID_LLT(lladdr=MAC, timeval=9))
DUID = bytes(CLIENT)[4:].hex()
NAME = DHCP6OptClientFQDN(fqdn="poste.cabinet.fr", flags=0)
SOLICIT = (
    DHCP6_Solicit(trid=5)
    / CLIENT
    / DHCP6OptIA_NA(iaid=1)
    / NAME
    / DHCP6OptVendorClass(enterprisenum=311, vcdata=[VENDOR_CLASS_DATA(data=b"MSFT 5.0")])
    / DHCP6OptElapsedTime()
)
REPLY = (
    DHCP6_Reply(trid=5)
    / CLIENT
    / DHCP6OptServerId(duid=DUID_LL(lladdr=MAC))
    / DHCP6OptIA_NA(iaid=1, ianaopts=[DHCP6OptIAAddress(addr="2001:db8::31", preflft=100, validlft=200)])
)
ASKED = Dhcp("SOLICIT", 6, client_id=DUID, host_name="poste.cabinet.fr", vendor_class="MSFT 5.0")


def relayed(message, *options):
    packet = DHCP6_RelayForward(linkaddr="2001:db8::1", peeraddr="fe80::9")
    for option in options:
        packet /= option
    return packet / DHCP6OptRelayMsg(message=message)


@pytest.mark.parametrize(
    ("packet", "told"),
    [
        (SOLICIT, ASKED),
        (REPLY, Dhcp("REPLY", 6, None, DUID, assigned_addr="2001:db8::31", lease_time=200, from_server=True)),
        (relayed(SOLICIT), ASKED),
        (
            relayed(relayed(SOLICIT, DHCP6OptClientLinkLayerAddr(clladdr="02:00:00:00:00:07"))),
            Dhcp("SOLICIT", 6, "02:00:00:00:00:07", DUID, "poste.cabinet.fr", "MSFT 5.0"),
        ),
        (DHCP6_Solicit(trid=1) / DHCP6OptClientId(duid=DUID_UUID()), Dhcp("SOLICIT", 6, client_id="0004" + "00" * 16)),
    ],
)
def test_what_is_told(packet, told):
    data = bytes(packet)
    assert probe(data, b"") is probe(b"", data) is Likeness.YES
    assert read_datagram(data, from_orig=True) == Events((told,))


def option(code, value):
    return code.to_bytes(2, "big") + v16(value)


HEAD = b"\x01\0\0\5"
GOOD = option(1, b"\0\3\0\1" + bytes(6))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEAD,
        HEAD + option(8, b"\0\0"),
        HEAD + GOOD[:-1],
        HEAD + GOOD + b"\0",
        HEAD + option(1, b"\0\5" + bytes(8)),
        HEAD + option(1, b"\0\4" + bytes(8)),
        HEAD + GOOD + option(8, b"") * OPTIONS,
        HEAD + GOOD + option(39, b"\0\xc0\0"),
        HEAD + GOOD + option(16, bytes(4) + b"\0\x20abc"),
        b"\x0e" + HEAD[1:] + GOOD,
        b"\x0c" + bytes(33),
        bytes(relayed(relayed(relayed(relayed(relayed(SOLICIT)))))),
    ],
)
def test_what_is_refused(data):
    assert probe(data, b"") is not Likeness.YES
    assert isinstance(read_datagram(data, from_orig=True), GiveUp)


def test_random_datagrams_are_none():
    chance = random.Random(7)  # the same each time: what one run finds the next must find too
    assert not any(probe(chance.randbytes(8 + n % 60), b"") is Likeness.YES for n in range(20_000))


@given(st.integers(0, 15), st.binary(max_size=120))
def test_no_bytes_raise_anything_else(kind, data):
    read_datagram(bytes([kind]) + data, from_orig=True)
    read_datagram(HEAD + GOOD + option(39, data) + option(3, bytes(12) + data), from_orig=True)
