"""What of a request's head may be told: words of closed lists where a client could write anything."""

import pytest

from sensor.wire.http_head import HeadReader
from sensor.wire.sides import Lines


def head(*lines):
    feed = Lines(4_096)
    feed.feed(b"\r\n".join((*lines, b"", b"")))
    return HeadReader().read(feed)


@pytest.mark.parametrize(("written", "told"), [(b"GET", "GET"), (b"SUBSCRIBE", "SUBSCRIBE"), (b"CANARY", "OTHER")])
def test_methods(written, told):
    assert head(written + b" / HTTP/1.1").method == told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"Text/HTML; charset=utf-8", "text/html"),
        (b"text/html, text/html", "text/html"),
        (b"application/canary.pdf", "application/*"),
        (b"canary Dupont", "application/octet-stream"),
        (b"\xff", "application/octet-stream"),
    ],
)
def test_media_types(written, told):
    assert head(b"POST / HTTP/1.1", b"Content-Type: " + written).mime_type == told


def test_a_host_that_is_an_address_of_somebody():
    assert head(b"GET / HTTP/1.1", b"Host: canary@example.fr:80").host == "example.fr"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (b"/dossiers/canary.pdf", "/dossiers/*.pdf"),
        (b"/dossiers/Jean%20canary.JPG?x=1", "/dossiers/*.jpg"),
        (b"http://h.example/canary.docx", "/*.docx"),
        (b"/index.html", "/index.html"),
        (b"/din.aspx", "/din.aspx"),
        (b"/wsman", "/wsman"),
        (b"/", "/"),
    ],
)
def test_of_a_document_only_the_extension_is_told(target, told):
    assert head(b"GET " + target + b" HTTP/1.1").uri == told
