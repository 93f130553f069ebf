"""Remote control inside something else, with the readers that Vigie has: proxies, and a browser's WebSocket."""

import pytest

from sensor.track.conversation import Readers, Segment, TcpConversation
from sensor.track.sessions import SessionTrack
from sensor.wire.readers import DATAGRAMS, STREAMS
from tests.sensor.wire.test_websocket import down, up

CONNECT = [
    (True, b"CONNECT post.example:4022 HTTP/1.1\r\n\r\n"),
    (False, b"HTTP/1.1 200 Connection established\r\n\r\n"),
]
SOCKS = [
    (True, b"\5\1\0"),
    (False, b"\5\0"),
    (True, b"\5\1\0\1\xc0\0\2\1\x0d\x3d"),
    (False, b"\5\0\0\1\xc0\0\2\1\x0d\x3d"),
]
UPGRADE = [
    (True, b"GET /websockify HTTP/1.1\r\nHost: post.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    (False, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
]
SSH = [(False, b"SSH-2.0-OpenSSH_9.2\r\n"), (True, b"SSH-2.0-PuTTY\r\n")]
RDP = [
    (True, b"\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0"),
    (False, b"\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\x1f\x08\0\2\0\0\0"),
]
VNC = [
    (False, b"RFB 003.008\n"),
    (True, b"RFB 003.008\n"),
    (False, b"\1\1"),
    (True, b"\1"),
    (False, bytes(4)),
    (True, b"\1"),
]
ICA = [(True, b"\x7f\x7fICA\0"), (False, b"\x7f\x7fICA\0")]
IN_BROWSER = [(orig, bytes((up if orig else down)(data))) for orig, data in VNC]


@pytest.mark.parametrize(
    ("around", "inside", "app", "services"),
    [
        (CONNECT, SSH, "ssh", ("http", "ssh")),
        (CONNECT, RDP, "rdp", ("http", "rdp")),
        (CONNECT, VNC, "vnc", ("http", "rfb")),
        (CONNECT, ICA, "citrix", ("http", "fingerprint")),
        (SOCKS, SSH, "ssh", ("socks", "ssh")),
        (SOCKS, RDP, "rdp", ("socks", "rdp")),
        (SOCKS, VNC, "vnc", ("socks", "rfb")),
        (UPGRADE, IN_BROWSER, "vnc", ("http", "websocket")),
        ([], IN_BROWSER, "vnc", ("websocket",)),
    ],
)
def test_a_session_inside(around, inside, app, services):
    conversation = TcpConversation(Readers(STREAMS, DATAGRAMS))
    records, seq = [], {True: 0, False: 0}
    for orig, data in [*around, *inside]:
        records += conversation.segment(Segment(seq[orig], data), from_orig=orig)
        seq[orig] += len(data)
    records += conversation.finish()
    assert [track._app for track in map(SessionTrack.of, records) if track is not None] == [app]
    assert conversation.services[: len(services)] == services


def test_a_proxy_that_refuses_opens_none():
    conversation = TcpConversation(Readers(STREAMS, DATAGRAMS))
    told = conversation.segment(Segment(0, CONNECT[0][1]), from_orig=True)
    told += conversation.segment(
        Segment(0, b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), from_orig=False
    )
    told += conversation.finish()
    assert not any(SessionTrack.of(record) for record in told)
