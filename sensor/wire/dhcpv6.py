"""DHCPv6: the name under which a host asks, and the addresses that it is lent (RFC 8415).

    message(1) transaction(3) options | relayed: 12 or 13 (1) hops(1) link address(16) peer address(16) options
    option: code(2) value<2>; read: 1 client's DUID, 3 addresses: id(4) times(8) options, 5 address(16) preferred(4) valid(4),
    9 the message that is relayed, 16 vendor class: enterprise(4) text<2>…, 39 full name: flags(1) name (RFC 4704),
    79 client's link-layer address, told by the relay: type(2) address (RFC 6939)
    DUID: type(2): 1 time and address, 2 enterprise, 3 address, 4 UUID

Nothing marks such a message but that all of it is as the format says: options fill it exactly, and a DUID that says which kind it
is stands in it. A datagram reader: it keeps nothing.
"""

from ipaddress import IPv6Address

from sensor.wire import Events, GiveUp, Likeness, Outcome, ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.dhcp import LONGEST_ID, mac_text, text
from sensor.wire.dns_names import read_name
from sensor.wire.records_devices import Dhcp
from sensor.wire.sides import likeness

_MESSAGES = {
    1: "SOLICIT",
    2: "ADVERTISE",
    3: "REQUEST",
    4: "CONFIRM",
    5: "RENEW",
    6: "REBIND",
    7: "REPLY",
    8: "RELEASE",
    9: "DECLINE",
    10: "RECONFIGURE",
    11: "INFORMATION-REQUEST",
}
_FROM_SERVER = frozenset({2, 7, 10})
_RELAYED = frozenset({12, 13})
RELAYS = 4
"""Relays that one message may have passed; RFC 8415 allows 8, nobody has more than two."""
OPTIONS = 64
_CLIENT, _SERVER, _ADDRESSES, _ADDRESS, _MESSAGE, _VENDOR, _NAME, _LINK = 1, 2, 3, 5, 9, 16, 39, 79
_DUIDS = {1: range(9, 29), 2: range(7, 131), 3: range(5, 25), 4: range(18, 19)}
"""Lengths that each kind of DUID may have."""

Options = list[tuple[int, bytes]]


def read_message(data: bytes) -> Dhcp:
    """One message, out of its relays' envelopes; `ParseError` if it is none, or is cut."""
    mac = None
    for _ in range(RELAYS + 1):
        cursor = Cursor(data)
        kind = cursor.u8()
        if kind not in _RELAYED:
            break
        cursor.skip(33)
        options = _options(cursor)
        link = _first(options, _LINK)
        mac = mac or (mac_text(link[2:]) if link[:2] == b"\0\1" else None)
        data = _first(options, _MESSAGE)
    if kind not in _MESSAGES:
        raise ParseError("no such message")
    cursor.skip(3)
    return _read(kind, _options(cursor), mac)


def _read(kind: int, options: Options, mac: str | None) -> Dhcp:
    duids = [value for code, value in options if code in (_CLIENT, _SERVER)]
    if not duids or not all(map(_is_duid, duids)):
        raise ParseError("no DUID")
    client, name, vendor = _first(options, _CLIENT), _first(options, _NAME), _first(options, _VENDOR)
    address, lease = _lent(options)
    answers = kind in _FROM_SERVER
    return Dhcp(
        message=_MESSAGES[kind],
        version=6,
        mac=mac,
        client_id=client[:LONGEST_ID].hex() or None,
        host_name=(read_name(name[1:] + b"\0", 0) or None) if len(name) > 1 else None,
        vendor_class=text(Cursor(vendor, 4).vector16()) if len(vendor) > 6 else None,
        requested_addr=None if answers else address,
        assigned_addr=address if answers else None,
        lease_time=lease if answers else None,
        from_server=answers,
    )


def _options(cursor: Cursor) -> Options:
    found: Options = []
    while cursor.left:
        if len(found) == OPTIONS:
            raise ParseError("too many options")
        code = cursor.u16()
        found.append((code, cursor.vector16()))
    return found


def _first(options: Options, wanted: int) -> bytes:
    return next((value for code, value in options if code == wanted), b"")


def _is_duid(value: bytes) -> bool:
    return len(value) > 2 and len(value) in _DUIDS.get(int.from_bytes(value[:2], "big"), ())


def _lent(options: Options) -> tuple[str | None, int | None]:
    """The first address and for how long, in seconds."""
    association = Cursor(_first(options, _ADDRESSES))
    if association.left < 12:
        return None, None
    association.skip(12)
    lent = _first(_options(association), _ADDRESS)
    if len(lent) < 24:
        return None, None
    return str(IPv6Address(lent[:16])), int.from_bytes(lent[20:24], "big")


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader: one message."""
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
