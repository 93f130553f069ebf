"""What keeps a flow from being seen, by its own records."""

import pytest

from sensor.track.hiding import hiding, outer_name
from sensor.wire.records import Http, Imap, Quic, Socks, Ssl


@pytest.mark.parametrize(
    ("record", "port", "word"),
    [
        (Socks(5), 1080, "proxy"),
        (Ssl(client_alpn=("dot",)), 443, "dot"),
        (Quic("1", client_alpn=("doq",)), 853, "doq"),
        (Quic("1", client_alpn=("doq-i03",)), 8853, "doq"),
        (Ssl(server_name="ns.example.org"), 853, "dns_port"),
        (Ssl(client_alpn=("h2",)), 853, None),
        (Ssl(), 443, None),
        (Imap(compressed=True), 143, None),
        (Imap(compressed=True, unread=True), 143, "compressed"),
        (Http(), 853, None),
    ],
)
def test_hiding(record, port, word):
    assert hiding(record, port) == word


def test_only_a_hello_with_ech_has_an_outer_name():
    assert (
        outer_name(Ssl(server_name="a.example", ech=True))
        == outer_name(Quic("1", server_name="a.example", ech=True))
        == "a.example"
    )
    assert outer_name(Ssl(server_name="a.example")) is outer_name(Http(host="a.example")) is None
