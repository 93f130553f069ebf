"""JA4 against FoxIO's worked example, and each of its corner cases by the specification's words."""

from dataclasses import replace
from hashlib import sha256

import pytest

from sensor.wire.tls_hello import ClientHello, read_client_hello
from sensor.wire.tls_ja4 import ja4
from tests.sensor.wire.hellos import chrome

CHROME = read_client_hello(chrome()[4:])


def test_the_published_example():
    assert ja4(CHROME) == "t13d1516h2_8daaf6152771_e5627efa2ab1"
    assert ja4(CHROME, "q") == "q13d1516h2_8daaf6152771_e5627efa2ab1"


def test_the_order_of_extensions_and_ciphers_does_not_count():
    shuffled = replace(CHROME, ciphers=CHROME.ciphers[::-1], extensions=CHROME.extensions[::-1])
    assert ja4(shuffled) == ja4(CHROME)


def test_the_order_of_signature_algorithms_counts():
    changed = ja4(replace(CHROME, signature_algorithms=CHROME.signature_algorithms[::-1]))
    assert changed is not None
    assert changed[:-12] == "t13d1516h2_8daaf6152771_"
    assert changed != ja4(CHROME)


def test_without_signature_algorithms_there_is_no_underscore():
    hello = ClientHello(0x0303, ciphers=(0x002F,), extensions=(0x0017, 0x000A))
    expected = sha256(b"000a,0017").hexdigest()[:12]
    assert ja4(hello) == f"t12i010200_{sha256(b'002f').hexdigest()[:12]}_{expected}"


def test_nothing_offered_is_zeros():
    assert ja4(ClientHello(0x0301)) == "t10i000000_000000000000_000000000000"


def test_counts_stop_at_99():
    hello = ClientHello(0x0303, ciphers=tuple(range(150)), extensions=tuple(range(30, 150)))
    assert str(ja4(hello)).startswith("t12i999900_")


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        (b"h2", "h2"),
        (b"http/1.1", "h1"),
        (b"x", "xx"),
        (b"\xab", "ab"),
        (b"\xab\xcd", "ad"),
        (b"0\xab", "3b"),
        (b"", "00"),
    ],
)
def test_alpn_ends(name, ends):
    assert str(ja4(replace(CHROME, alpn=(name,))))[8:10] == ends


def test_a_cut_hello_has_none():
    assert ja4(replace(CHROME, whole=False)) is None
