"""What keeps a flow's destination, or what passes, from being seen: by what its own records say. Asked by `Flow`.

SOCKS                                     a proxy stands between: "proxy"
ALPN "dot"; "doq" and its drafts          names are asked for in secret (RFC 7858; RFC 9250, 7.1): "dot", "doq"
a handshake on port 853 that says neither probably the same: "dns_port"
IMAP that was compressed, and cut         what follows cannot be inflated: "compressed"
"""

from sensor.track.observation import Hidden
from sensor.wire.records import Imap, Quic, Record, Socks, Ssl

DNS_PORT = 853


def hiding(record: Record, port: int) -> Hidden | None:
    """`port`: of the side that answers."""
    match record:
        case Socks():
            return "proxy"
        case Imap(unread=True):
            return "compressed"
        case Ssl() | Quic():
            return _of_handshake(record, port)
        case _:
            return None


def outer_name(record: Record) -> str | None:
    """The name that may hide another one."""
    return record.server_name if isinstance(record, Ssl | Quic) and record.ech else None


def _of_handshake(record: Ssl | Quic, port: int) -> Hidden | None:
    for protocol in record.client_alpn:
        if protocol == "dot":
            return "dot"
        if protocol == "doq" or protocol.startswith("doq-"):
            return "doq"
    return "dns_port" if port == DNS_PORT and not record.client_alpn else None
