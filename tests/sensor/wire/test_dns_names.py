"""The words for types and codes, and where a name ends; names inside messages are in test_dns."""

import pytest

from sensor.wire import ParseError
from sensor.wire.dns_names import netbios_host, netbios_name, rcode_name, read_name, skip_name, type_name


def test_words():
    assert [type_name(n) for n in (1, 28, 65, 65_280)] == ["A", "AAAA", "HTTPS", "TYPE65280"]
    assert [rcode_name(n) for n in (0, 2, 11, 12)] == ["NOERROR", "SERVFAIL", "DSOTYPENI", "RCODE12"]


@pytest.mark.parametrize(
    ("data", "at", "stop"), [(b"\x01a\x00x", 0, 3), (b"\xc0\x00x", 0, 2), (b"x\x01a\xc0\x00", 1, 5)]
)
def test_where_a_name_ends(data, at, stop):
    assert skip_name(data, at) == stop


@pytest.mark.parametrize("data", [b"", b"\x01a", b"\x80\x00", b"\x01a" * 200])
def test_where_it_does_not(data):
    for read in (skip_name, read_name):
        with pytest.raises(ParseError):
            read(data, 0)


def test_pointers_only_go_back():
    data = b"\x02fr\x00\x01a\xc0\x00\x01b\xc0\x04"
    assert read_name(data, 8) == "b.a.fr"
    with pytest.raises(ParseError):
        read_name(b"\x01a\xc0\x02\x00", 0)


def test_a_name_of_255_octets_is_the_longest():
    assert len(read_name((b"\x3f" + b"x" * 63) * 3 + b"\x3d" + b"x" * 61 + b"\x00", 0)) == 253
    with pytest.raises(ParseError):
        read_name((b"\x3f" + b"x" * 63) * 3 + b"\x3e" + b"x" * 62 + b"\x00", 0)


def test_netbios_names():
    assert netbios_name("fhepfcelehfcepfffacacacacacacabn") == "workgroup"
    assert netbios_name("ckaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.scope") == "*"
    assert netbios_name("example.fr") == "example.fr"
    assert netbios_name("fhepfcelehfcepfffacacacacacacaad") == ""  # 03: perhaps a user's


@pytest.mark.parametrize(
    ("kind", "host"), [("aa", "workgroup"), ("ca", "workgroup"), ("ad", None), ("bn", None), ("bo", None)]
)
def test_which_netbios_names_are_hosts(kind, host):
    assert netbios_host("fhepfcelehfcepfffacacacacacaca" + kind) == host
    assert netbios_host("example.fr") is None


@pytest.mark.parametrize(
    ("labels", "name"),
    [((b"canary@example", b"fr"), "example.fr"), ((b"jean", b"canary@example", b"fr"), "example.fr")],
)
def test_of_a_mail_address_looked_up_by_mistake_only_the_domain_is_told(labels, name):
    assert read_name(b"".join(bytes((len(label),)) + label for label in labels) + b"\0", 0) == name
