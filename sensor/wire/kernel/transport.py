"""Transport headers: ports, flags, sequence numbers and where the payload lies, into the packet in hand.

* TCP (RFC 9293): ports, sequence 4, acknowledgement 4, header length in words at 12, flags at 13, window at 14
* UDP (RFC 768): ports, length at 4; a length of 0 is a jumbogram's
* UDP-Lite (RFC 3828): ports, checksum coverage at 4; SCTP (RFC 9260): ports, 12 bytes before the chunks
* ICMP: type 1, code 1 (RFC 792, RFC 4443); what answers a question has a type of its own, and is of its flow
* everything else is a flow with ports 0
"""

import numpy as np

from sensor.compiled import part, rare
from sensor.wire.icmp import ANSWERS, ICMP, ICMPV6
from sensor.wire.kernel.layout import Unreadable
from sensor.wire.kernel.load import be16, be32, u8

# What `transport` found out.
UNKNOWN = 0  # no ports: no flow can be named
PORTS = 1  # ports only: the header was cut by the snap length
WHOLE = 2

TCP = 6
UDP = 17
SCTP = 132
UDP_LITE = 136

FIN = 1
SYN = 2
RST = 4
ACK = 16

_ANSWERS = np.full((2, 256), -1, dtype=np.int16)  # -1: nothing answers it
for _version, _proto in enumerate((ICMP, ICMPV6)):
    for _asks, _answers in ANSWERS[_proto].items():
        _ANSWERS[_version, _asks] = _answers

_TRUNCATED = int(Unreadable.TRANSPORT_TRUNCATED)
_HEADER = int(Unreadable.TRANSPORT_HEADER)
_ESP = int(Unreadable.ESP)
_SNAPPED = int(Unreadable.SNAPPED)


@part
def no_transport(p):
    """Nothing is known of it: of a fragment."""
    p.flags = 0
    p.src_port = 0
    p.dst_port = 0
    p.seq = 0
    p.ack = 0
    p.window = 0
    return UNKNOWN


@part
def transport(data, p):
    no_transport(p)
    proto = p.proto
    if proto == TCP:
        return _tcp(data, p)
    if proto in (UDP, UDP_LITE):
        return _ports(data, p, 8)
    if proto == SCTP:
        return _ports(data, p, 12)
    if proto == 50:
        p.reason = _ESP
    if proto in (ICMP, ICMPV6):
        return _icmp(data, p)
    _payload(p, 0)
    return WHOLE


@part
def _payload(p, header):
    p.payload_at = p.at + header
    p.payload_len = p.wire_end - p.payload_at
    p.payload_cap = max(0, p.end - p.payload_at)
    if p.payload_cap < p.payload_len and p.reason < 0:
        p.reason = _SNAPPED


@rare
def _icmp(data, p):
    at = p.at
    if p.end - at >= 2:
        kind = u8(data, at)
        answer = np.int64(_ANSWERS[0 if p.proto == ICMP else 1, kind])
        p.src_port = kind
        p.dst_port = answer if answer >= 0 else u8(data, at + 1)
    _payload(p, min(8, p.wire_end - at))
    return WHOLE


@part
def _cut(data, p, header):
    """The header is not all there: cut by the capture, or never was."""
    p.payload_at = p.end
    p.payload_cap = 0
    p.payload_len = 0
    if p.wire_end - p.at < header:
        p.reason = _HEADER
        return UNKNOWN
    p.reason = _TRUNCATED
    if p.end - p.at < 4:
        return UNKNOWN
    p.src_port = be16(data, p.at)
    p.dst_port = be16(data, p.at + 2)
    return PORTS


@part
def _tcp(data, p):
    at = p.at
    if p.end - at < 20:
        return _cut(data, p, 20)
    header = u8(data, at + 12) >> 4 << 2
    if header < 20 or header > p.wire_end - at:
        p.reason = _HEADER
        return UNKNOWN
    p.src_port = be16(data, at)
    p.dst_port = be16(data, at + 2)
    p.flags = u8(data, at + 13)
    p.seq = be32(data, at + 4) + (1 if p.flags & SYN else 0)
    p.ack = be32(data, at + 8)
    p.window = be16(data, at + 14)
    _payload(p, header)
    return WHOLE


@part
def _ports(data, p, header):
    at = p.at
    if p.end - at < header:
        return _cut(data, p, header)
    p.src_port = be16(data, at)
    p.dst_port = be16(data, at + 2)
    if p.proto == UDP:
        length = be16(data, at + 4)
        if length != 0:
            if length < 8:
                p.reason = _HEADER
                return UNKNOWN
            p.wire_end = min(p.wire_end, at + length)
            p.end = min(p.end, p.wire_end)
    _payload(p, header)
    return WHOLE
