"""Zoom's media over UDP: how its datagrams wrap RTP (Michel et al., "Enabling passive measurement of Zoom performance", IMC 2022).

    through its servers: 5 number(2) …(4) direction(1: 0 towards the server, 4 from it), then as between two clients:
    type(1): 13|30 screen share · 15 audio · 16 video · 33|34|35 RTCP, then RTP or RTCP at a place of each type's own

One datagram may look so by chance: both sides must, for the answer to be sure.
"""

SERVER, SERVER_HEADER = 5, 8
TO_SERVER, FROM_SERVER = 0, 4
RTP_AT = {13: 27, 15: 19, 16: 24, 30: 20}
RTCP_AT = {33: 16, 34: 16, 35: 16}
BEGINS = bytes((SERVER, *RTP_AT, *RTCP_AT))  # what a first byte may be
RTCP_KINDS = range(200, 208)
PAYLOADS = frozenset((98, 99, 110, 112, 113))


def media(data: bytes) -> bool:
    """Whether this is one client's media, RTP with Zoom's own payload types or RTCP at its place."""
    kind = data[0] if data else 0
    if kind in RTP_AT:
        at = RTP_AT[kind]
        return len(data) >= at + 12 and data[at] & 0xC0 == 0x80 and data[at + 1] & 0x7F in PAYLOADS
    at = RTCP_AT.get(kind, 0)
    return bool(at) and len(data) >= at + 8 and data[at] & 0xC0 == 0x80 and data[at + 1] in RTCP_KINDS


def _said(data: bytes, direction: int) -> tuple[bytes, ...]:
    if len(data) < SERVER_HEADER or data[0] != SERVER:
        return (b"peer",) if media(data) else ()
    return (b"server",) if data[7] == direction and media(data[SERVER_HEADER:]) else ()


def asks(data: bytes) -> tuple[bytes, ...]:
    """What the side that is nearer to a client shows."""
    return _said(data, TO_SERVER)


def answers(data: bytes) -> tuple[bytes, ...]:
    return _said(data, FROM_SERVER)
