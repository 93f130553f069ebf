"""DHCP as dnsmasq, Windows and telephones write it: messages made by scapy, and by hand what scapy does not make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dhcp import BOOTP, DHCP

from sensor.wire import Events, GiveUp, Likeness, ParseError
from sensor.wire.dhcp import COOKIE, probe, read_datagram, read_message
from sensor.wire.records_devices import Dhcp

MAC = "00:11:22:33:44:55"
CHADDR = bytes.fromhex("001122334455")


def made(*options, op=1, **fields):
    return bytes(BOOTP(op=op, chaddr=CHADDR, xid=7, **fields) / DHCP(options=[*options, "end"]))


DISCOVER = made(
    ("message-type", "discover"),
    ("hostname", b"PC-ACCUEIL"),
    ("vendor_class_id", b"MSFT 5.0"),
    ("client_id", b"\x01" + CHADDR),
    ("requested_addr", "192.168.1.31"),
)
ACK = made(
    ("message-type", "ack"), ("lease_time", 3600), ("hostname", b"PC-ACCUEIL"), op=2, yiaddr="192.168.1.31"
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            DISCOVER,
            Dhcp(
                "DISCOVER",
                mac=MAC,
                client_id="01001122334455",
                host_name="PC-ACCUEIL",
                vendor_class="MSFT 5.0",
                requested_addr="192.168.1.31",
            ),
        ),
        (
            ACK,
            Dhcp(
                "ACK",
                mac=MAC,
                host_name="PC-ACCUEIL",
                assigned_addr="192.168.1.31",
                lease_time=3600,
                from_server=True,
            ),
        ),
        (made(("message-type", "inform"), ciaddr="192.168.1.9"), Dhcp("INFORM", mac=MAC, requested_addr="192.168.1.9")),
        (made(), Dhcp("BOOTP", mac=MAC)),
        (made(("message-type", "request"), ("hostname", b"a\0")), Dhcp("REQUEST", mac=MAC, host_name="a")),
        (made(("hostname", b"b\x1b[2J\xe9")), Dhcp("BOOTP", mac=MAC, host_name="b\\x1b[2J\\xe9")),
        (made((81, b"\x00\x00\x00poste.cabinet.fr.")), Dhcp("BOOTP", mac=MAC, host_name="poste.cabinet.fr")),
        (made((81, b"\x04\x00\x00\x05poste")), Dhcp("BOOTP", mac=MAC, host_name="poste")),
        (made(("hostname", b"ab"), ("hostname", b"cd")), Dhcp("BOOTP", mac=MAC, host_name="abcd")),
        (made(("hostname", b"x" * 255)), Dhcp("BOOTP", mac=MAC, host_name="x" * 255)),
    ],
)
def test_what_is_told(data, told):
    assert probe(data, b"") is probe(b"", data) is Likeness.YES
    assert read_datagram(data, from_orig=True) == Events((told,))


def test_options_go_on_in_the_fields_of_boot_file_and_server_name():
    file = b"\x0c\x03abc\xff".ljust(128, b"\0")
    name = b"\x3c\x04toto\xff".ljust(64, b"\0")
    data = made((52, b"\x03"), sname=name, file=file)
    told = read_message(data)
    assert (told.host_name, told.vendor_class) == ("abc", "toto")


def test_a_card_that_is_not_ethernet_has_no_mac():
    assert read_message(made(htype=32, hlen=16)).mac is None
    assert read_message(made(hlen=0)).mac is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        DISCOVER[:239],
        b"\x03" + DISCOVER[1:],
        DISCOVER[:236] + b"\x63\x82\x53\x64" + DISCOVER[240:],
        DISCOVER[:240] + b"\x0c\xffx",
        made((81, b"\x04\x00\x00\xc0\x00")),
    ],
)
def test_what_is_refused(data):
    with pytest.raises(ParseError):
        read_message(data)
    assert isinstance(read_datagram(data, from_orig=True), GiveUp)


@given(st.binary(max_size=80), st.binary(min_size=236, max_size=236))
def test_no_bytes_raise_anything_else(options, head):
    told = read_datagram(b"\x01" + head[1:] + COOKIE + options, from_orig=True)
    for record in getattr(told, "records", ()):
        for text in (record.host_name, record.vendor_class):
            assert text is None or (text.isprintable() and len(text) <= 255)
    probe(options, b"")


def test_a_client_identifier_is_bounded():
    assert len(read_message(made((61, b"\xff" + b"x" * 254))).client_id) == 128


def test_a_client_identifier_that_somebody_chose_is_not_kept():
    assert read_message(made((61, b"\0durand"))).client_id is None
