"""The two hellos: every field told, GREASE left out, bad lists no reason to lose the rest."""

import pytest

from sensor.wire import ParseError
from sensor.wire.tls_hello import (
    HELLO_RETRY,
    is_grease,
    read_client_hello,
    read_server_hello,
    read_v2_hello,
    version_name,
)
from tests.sensor.wire.hellos import (
    alpn,
    chrome,
    client_hello_body,
    extension,
    server_hello,
    server_hello_13,
    sni,
    v16,
    versions,
)


def test_a_browser_hello():
    hello = read_client_hello(chrome(b"WWW.Example.com.")[4:])
    assert hello.server_name == "www.example.com"
    assert hello.alpn == (b"h2", b"http/1.1")
    assert hello.versions == (0x0304, 0x0303)
    assert hello.highest == 0x0304
    assert len(hello.ciphers) == 15
    assert len(hello.extensions) == 16
    assert not hello.ech


def test_grease_is_sixteen_values():
    assert sum(is_grease(value) for value in range(65_536)) == 16
    assert is_grease(0xFAFA)


@pytest.mark.parametrize(
    ("offered", "highest"),
    [((0x0303, 0x0301), 0x0303), ((0x7F17, 0x0303), 0x7F17), ((0x7F17, 0x0304, 0x0303), 0x0304), ((), 0x0303)],
)
def test_the_highest_version(offered, highest):
    assert read_client_hello(client_hello_body(versions(*offered))).highest == highest


def test_datagram_versions_count_downwards():
    body = client_hello_body(versions(0xFEFD, 0xFEFC), version=0xFEFD, cookie=b"abc")
    hello = read_client_hello(body, datagram=True)
    assert version_name(hello.highest) == "DTLSv13"


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (2, "SSLv2"),
        (0x300, "SSLv3"),
        (0x303, "TLSv12"),
        (0x304, "TLSv13"),
        (0x7F1C, "TLSv13-draft28"),
        (0x309, "unknown-0309"),
    ],
)
def test_version_names(number, name):
    assert version_name(number) == name


@pytest.mark.parametrize(
    "bad",
    [
        extension(0, b""),
        extension(0, v16(b"\x00\x00\xffabc")),
        extension(0, v16(b"\x01" + v16(b"other"))),
        extension(0, v16(b"\x00" + v16(b""))),
        extension(0, b"\xff\xff"),
    ],
)
def test_a_bad_name_costs_only_the_name(bad):
    hello = read_client_hello(client_hello_body(bad, alpn(b"h2")))
    assert (hello.server_name, hello.alpn) == (None, (b"h2",))


def test_names_are_escaped_and_bounded():
    hello = read_client_hello(client_hello_body(sni(b"a\x1b[2J\xff" + b"x" * 400)))
    assert hello.server_name is not None
    assert hello.server_name.startswith("a\\x1b[2j\\xff")
    assert len(hello.server_name) == 255


def test_the_first_name_counts():
    assert read_client_hello(client_hello_body(sni(b"one.example"), sni(b"two.example"))).server_name == "one.example"


def test_no_extensions_at_all():
    hello = read_client_hello(client_hello_body())
    assert (hello.extensions, hello.server_name, hello.highest) == ((), None, 0x0303)


def test_esni_is_noted():
    assert read_client_hello(client_hello_body(extension(0xFFCE, b"x"))).ech


@pytest.mark.parametrize("size", range(0, 560, 7))
def test_a_cut_hello_is_an_error_or_told_in_part(size):
    body = chrome()[4:]
    cut = body[:size]
    if size < len(body):
        with pytest.raises(ParseError):
            read_client_hello(cut)
    if size >= 2:
        assert not read_client_hello(cut, whole=False).whole


def test_server_hello():
    hello = read_server_hello(server_hello(alpn(b"h2"), version=0x0303, cipher=0xC02F)[4:])
    assert (hello.version, hello.cipher, hello.alpn, hello.retry) == (0x0303, 0xC02F, "h2", False)
    assert read_server_hello(server_hello_13()[4:]).version == 0x0304
    assert read_server_hello(server_hello(random=HELLO_RETRY)[4:]).retry


def test_server_hello_of_an_early_draft_has_no_session_id():
    body = b"\x7f\x12" + bytes(32) + b"\x13\x01" + v16(alpn(b"h2"))
    hello = read_server_hello(body)
    assert (hello.version, hello.cipher, hello.alpn) == (0x7F12, 0x1301, "h2")


@pytest.mark.parametrize("body", [b"", b"\x03\x03", b"\x09\x03" + bytes(60), b"\x03\x03" + bytes(32) + b"\xff"])
def test_what_is_no_hello(body):
    for read in (read_client_hello, read_server_hello, read_v2_hello):
        with pytest.raises(ParseError):
            read(body)
