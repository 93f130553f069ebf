"""NetBIOS datagrams: the head tells the sender's own name (RFC 1002, 4.4).

    type(1: 10 direct, 11 group, 12 broadcast) flags(1) id(2) source address(4) port(2) length(2) offset(2)
    source name, destination name: 20, 32 letters for 16 bytes, scope, 0
    a name's 16th byte says what it is: 00 and 20 a host's, 03 often a user's, 1B to 1E a domain's

What stands behind (SMB mailslots) is not read. A datagram reader: it keeps nothing.
"""

from sensor.wire import Events, GiveUp, Likeness, Outcome, ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.dns_names import netbios_host, read_name, skip_name
from sensor.wire.records_devices import Netbios
from sensor.wire.sides import likeness

_DIRECT, _BROADCAST = 0x10, 0x12
_HEAD = 14


def read_message(data: bytes) -> Netbios:
    """One datagram's head; `ParseError` if it is none."""
    cursor = Cursor(data)
    head = cursor.take(_HEAD)
    if not _DIRECT <= head[0] <= _BROADCAST or head[1] & 0xF0 or int.from_bytes(head[10:12], "big") != cursor.left:
        raise ParseError("not a NetBIOS datagram")
    for _ in range(2):
        cursor.skip(skip_name(data, cursor.at) - cursor.at)
    source = read_name(data, _HEAD)
    if len(source.partition(".")[0]) != 32:
        raise ParseError("not a NetBIOS name")
    return Netbios(netbios_host(source))


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader: one datagram."""
    del from_orig
    try:
        return Events((read_message(data),))
    except ParseError as error:
        return GiveUp(str(error))


def probe(orig: bytes, resp: bytes) -> Likeness:
    return likeness(_judge, orig, resp)


def _judge(data: bytes) -> Likeness:
    try:
        read_message(data)
    except ParseError:
        return Likeness.NO
    return Likeness.YES
