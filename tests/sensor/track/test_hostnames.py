"""Who claims which name for whom, and whose word counts more."""

import pytest

from sensor.track.hostnames import LONGEST, Claim, HostNames, Sender, claims, neighbour, says
from sensor.wire.lldp import Neighbour
from sensor.wire.records import Dns, DnsAnswer, Ssl
from sensor.wire.records_devices import Dhcp, Netbios, Ssdp

MAC, OTHER = "00:11:22:33:44:55", "00:11:22:33:44:66"
IP = "192.168.1.31"


def sender(port=5353):
    return Sender(IP, MAC, (port, 5353 if port != 137 else 137))


def answered(*answers, additional=(), is_response=True):
    made = [DnsAnswer(name, kind, data, 120) for name, kind, data in answers]
    more = [DnsAnswer(name, kind, data, 120) for name, kind, data in additional]
    return Dns(0, is_response, "", "", answers=tuple(made), additionals=tuple(more))


def local(text):
    return text.startswith(("192.168.", "fe80:"))


@pytest.mark.parametrize(
    ("record", "by", "said"),
    [
        (
            Dhcp("REQUEST", mac=MAC, host_name="PC", vendor_class="MSFT 5.0"),
            Sender("0.0.0.0", OTHER, (68, 67)),
            [Claim("dhcp", MAC, None, "PC", "MSFT 5.0")],
        ),
        (Dhcp("SOLICIT", 6, host_name="pc"), Sender("fe80::1", OTHER, (546, 547)), [Claim("dhcp", OTHER, None, "pc")]),
        (
            Dhcp("ACK", mac=MAC, assigned_addr=IP, vendor_class="server's", from_server=True),
            Sender("192.168.1.1", OTHER, (67, 68)),
            [Claim("dhcp", MAC, IP)],
        ),
        (answered(("iphone.local", "A", IP)), sender(), [Claim("mdns", MAC, IP, "iphone")]),
        (
            answered(("_x._tcp.local", "PTR", "x"), additional=[("tv.local", "AAAA", "fe80::9")]),
            sender(),
            [Claim("mdns", None, "fe80::9", "tv")],  # another's address: by address only
        ),
        (answered(("pc", "A", IP)), Sender(IP, MAC, (5355, 50_000)), [Claim("llmnr", MAC, IP, "pc")]),
        (
            answered(additional=[("pc", "NB", IP)], is_response=False),
            sender(137),
            [Claim("netbios", MAC, IP, "pc")],
        ),
        (answered(("*", "NBSTAT", "pc")), sender(137), [Claim("netbios", MAC, IP, "pc")]),
        (answered(("*", "NBSTAT", "")), sender(137), []),
        (answered(("web.example.fr", "A", "192.0.2.7")), sender(), []),
        (answered(("pc.cabinet.fr", "A", IP)), Sender("192.168.1.1", OTHER, (40_000, 53)), []),
        (Netbios("pc"), sender(), [Claim("netbios", MAC, IP, "pc")]),
        (Netbios(None), sender(), []),
        (Ssdp("NOTIFY", "Toto/1"), sender(), [Claim("ssdp", MAC, IP, None, "Toto/1")]),
        (Ssdp("M-SEARCH", "Chrome"), sender(), []),
        (Ssl(), sender(), []),
    ],
)
def test_claims(record, by, said):
    assert list(claims(record, by, local)) == said


def test_a_message_claims_a_few_names_only():
    many = answered(*[(f"h{n}.local", "A", f"192.168.1.{n}") for n in range(100)])
    assert len(list(claims(many, sender(), local))) == 16


def test_a_neighbour():
    said = neighbour(Neighbour(MAC, "192.168.1.2", "commutateur", "Acme OS"))
    assert said == Claim("lldp", MAC, "192.168.1.2", "commutateur", "Acme OS")


def test_the_surer_source_wins_and_the_same_may_say_something_new():
    names = HostNames()
    for source, name, wanted in (
        ("netbios", "pc-nb", "pc-nb"),
        ("mdns", "pc-mdns", "pc-mdns"),
        ("netbios", "pc-nb2", "pc-mdns"),
        ("dhcp", "PC", "PC"),
        ("dhcp", "PC2", "PC2"),
        ("mdns", "other", "PC2"),
    ):
        names.take(Claim(source, MAC, IP, name))
        assert names.of(IP, MAC).host_name == names.of(IP, None).host_name == names.of("", MAC).host_name == wanted


def test_an_address_lent_again_does_not_lend_its_name():
    names = HostNames()
    names.take(Claim("dhcp", MAC, IP, "PC"))
    names.take(Claim("dhcp", OTHER, None, "TEL"))
    assert names.of(IP, OTHER).host_name == "TEL"


def test_floods_are_bounded_and_counted():
    names = HostNames(cap=3)
    for n in range(10):
        names.take(Claim("mdns", None, f"192.168.1.{n}", "x" * 500))
    assert (len(names), names.evicted) == (3, 7)
    assert len(names.of("192.168.1.9", None).host_name) == LONGEST


def test_what_says_nothing_is_not_remembered():
    names = HostNames()
    names.take(Claim("dhcp", MAC, IP))
    assert len(names) == 0


@pytest.mark.parametrize("ports", [(50_000, 53), (5353, 5353), (137, 137), (5355, 50_000), (50_000, 5355)])
@pytest.mark.parametrize(
    "record",
    [
        Dhcp(message="ACK", mac="02:00:00:00:00:01", host_name="a"),
        Dns(
            1,
            is_response=True,
            query="a.local",
            qtype_name="A",
            answers=(DnsAnswer("a.local", "A", "192.168.1.9", 60),),
        ),
        Ssl(server_name="a.example"),
    ],
)
def test_what_says_nothing_has_no_claims(record, ports):
    sender = Sender("192.168.1.20", None, ports)
    assert says(record, ports) == bool(list(claims(record, sender, lambda _: True)))
