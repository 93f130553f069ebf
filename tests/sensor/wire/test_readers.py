"""The table: each probe takes its own protocol's first bytes and nobody else's, at every length that has come."""

import pytest

from sensor.wire import Events, Likeness
from sensor.wire.postgresql import ASK_TLS
from sensor.wire.readers import DATAGRAMS, STREAMS
from tests.sensor.wire.hellos import chrome, record, server_hello_13
from tests.sensor.wire.test_ldap import ASKS, GRANTED
from tests.sensor.wire.test_mysql import GREETING

FIRST = {
    "ssl": (record(22, chrome()), record(22, server_hello_13())),
    "http": (b"GET / HTTP/1.1\r\nHost: example.fr\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"),
    "ssh": (b"SSH-2.0-PuTTY\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"),
    "rdp": (
        b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0",
        b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\0\x08\0\2\0\0\0",
    ),
    "rfb": (b"RFB 003.008\n", b"RFB 003.008\n"),
    "dns": (
        b"\0\x1c\0\7\1\0\0\1\0\0\0\0\0\0\7example\2fr\0\0\1\0\1",
        b"\0\x1c\0\7\x81\x83\0\1\0\0\0\0\0\0\7example\2fr\0\0\1\0\1",
    ),
    "smtp": (
        b"EHLO pc.example.fr\r\nMAIL FROM:<a@example.fr>\r\n",
        b"220 mail.example.fr ESMTP Postfix\r\n250-mail\r\n",
    ),
    "ftp": (b"USER durand\r\nPASS x\r\n", b"220 example.fr FTP ready\r\n331 x\r\n"),
    "irc": (b"NICK durand\r\nUSER d 0 * :D\r\n", b":irc.example.fr NOTICE * :*** Looking up your hostname\r\n"),
    "xmpp": (
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='example.fr'>",
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' from='example.fr'>",
    ),
    "telnet": (b"\xff\xfb\x18\xff\xfb\x1f\xff", b"\xff\xfd\x18\xff\xfd\x20"),
    "rlogin": (b"\0a\0b\0vt100/9600\0", b"\0"),
    "fingerprint": (b"l\0\x0b\0\0\0\x12\0\x10\0\0\0MIT", b"\1\0\x0b\0\0\0\x12\0"),
    "socks": (b"\x05\x01\x00", b"\x05\x00"),
    "ldap": (ASKS, GRANTED),
    "postgresql": (ASK_TLS, b"S"),
    "mysql": (b"", GREETING),
    None: (b"\x07\x01\x00", b"ICY 200 OK\r\n"),
}

BOTH_SIDES = ("socks", "ftp", "rlogin", "fingerprint", "ldap", "postgresql", "mysql")
"""Not told by either side alone."""


@pytest.mark.parametrize("entry", STREAMS, ids=lambda entry: entry.service)
@pytest.mark.parametrize("service", FIRST)
def test_each_probe_takes_its_own_and_no_other(entry, service):
    orig, resp = FIRST[service]
    alone = [] if service in BOTH_SIDES else [(orig, b""), (b"", resp), (resp, b"")]
    for a, b in ((orig, resp), *alone):
        said = {entry.probe(a[:size], b[:size]) for size in range(1, max(len(a), len(b)) + 1)}
        if entry.service == service:
            assert Likeness.YES in said
            assert Likeness.NO not in said or service == "ssl"  # a lone first byte may be one of SSL 2
        else:
            assert Likeness.YES not in said
    if entry.service == service:
        assert entry.reader().service == service


@pytest.mark.parametrize("entry", DATAGRAMS, ids=lambda entry: entry.service)
def test_no_datagram_probe_takes_a_stream(entry):
    taken = [data for pair in FIRST.values() for data in pair if entry.probe(data, b"") is Likeness.YES]
    if entry.tentative and entry.session:  # its probe only hopes
        taken = [data for data in taken if isinstance(entry.session().datagram(data, True), Events)]
    assert taken == []


def test_names_are_told_once():
    for table in (STREAMS, DATAGRAMS):  # DNS is in both
        services = [entry.service for entry in table]
        assert {service for service in services if services.count(service) > 1} <= {
            "dhcp"
        }  # its IPv6 is a protocol of its own
