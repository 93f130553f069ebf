"""DHCP: who asks for an address, under which name, and what it is lent (RFC 2131, options RFC 2132).

    op(1: 1 asks, 2 answers) hardware type(1) its length(1) hops(1) transaction(4) seconds(2) flags(2)
    client address(4) your address(4) next server(4) relay(4) client hardware address(16) server name(64) boot file(128)
    63825363, options: 0 = padding, 255 = end, else code(1) value<1>; a repeated one goes on (RFC 3396)
    read: 12 host name, 50 requested address, 51 lease, 52 options go on in boot file (1), server name (2) or both (3),
    53 message, 60 vendor class, 61 client identifier, 81 full name: flags(1) codes(2) name, on the wire's form if flag 4 (RFC 4702)

A datagram reader: it keeps nothing.
"""

from ipaddress import IPv4Address

from sensor.wire import Events, GiveUp, Likeness, Outcome, ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.dns_names import read_name
from sensor.wire.records_devices import Dhcp
from sensor.wire.sides import likeness
from sensor.wire.text import printable

FIXED = 236
COOKIE = b"\x63\x82\x53\x63"
_ETHERNETS = frozenset({1, 6})  # Ethernet, IEEE 802
_MESSAGES = {
    1: "DISCOVER",
    2: "OFFER",
    3: "REQUEST",
    4: "DECLINE",
    5: "ACK",
    6: "NAK",
    7: "RELEASE",
    8: "INFORM",
    10: "LEASEQUERY",
    11: "LEASEUNASSIGNED",
    12: "LEASEUNKNOWN",
    13: "LEASEACTIVE",
}
_PAD, _END = 0, 255
_NAME, _REQUESTED, _LEASE, _OVERLOAD, _MESSAGE, _VENDOR, _CLIENT, _FULL_NAME = 12, 50, 51, 52, 53, 60, 61, 81
_ON_THE_WIRE = 4  # flag of option 81
LONGEST_ID = 64


def read_message(data: bytes) -> Dhcp:
    """One message; `ParseError` if it is none, or is cut."""
    cursor = Cursor(data)
    head = cursor.take(FIXED)
    if head[0] not in (1, 2) or head[2] > 16 or cursor.take(4) != COOKIE:
        raise ParseError("not DHCP")
    options = _options(data[FIXED + 4 :])
    overload = options.get(_OVERLOAD, b"\0")[:1]
    for bit, start, stop in ((1, 108, FIXED), (2, 44, 108)):
        if overload and overload[0] & bit:
            options = _options(head[start:stop]) | options
    answers = head[0] == 2
    return Dhcp(
        message=_MESSAGES.get(int.from_bytes(options.get(_MESSAGE, b"")[:1], "big"), "BOOTP"),
        mac=mac_text(head[28 : 28 + head[2]]) if head[1] in _ETHERNETS else None,
        client_id=_client(options.get(_CLIENT, b"")),
        host_name=_full_name(options.get(_FULL_NAME, b"")) or text(options.get(_NAME, b"")),
        vendor_class=text(options.get(_VENDOR, b"")),
        requested_addr=_address(options.get(_REQUESTED, head[12:16])),
        assigned_addr=_address(head[16:20]) if answers else None,
        lease_time=int.from_bytes(options[_LEASE], "big") if len(options.get(_LEASE, b"")) == 4 else None,
        from_server=answers,
    )


def _options(data: bytes) -> dict[int, bytes]:
    cursor = Cursor(data)
    found: dict[int, bytes] = {}
    while cursor.left:
        code = cursor.u8()
        if code == _END:
            break
        if code != _PAD:
            found[code] = found.get(code, b"") + cursor.vector8()
    return found


def mac_text(octets: bytes) -> str | None:
    """Six octets, not all zero → "aa:bb:cc:dd:ee:ff"; anything else → None."""
    return ":".join(f"{octet:02x}" for octet in octets) if len(octets) == 6 and any(octets) else None


def text(value: bytes) -> str | None:
    """A text option: some clients end it with a zero."""
    return printable(value.rstrip(b"\0").strip()) or None


def _client(value: bytes) -> str | None:
    """A card's or a DUID; anything else may be a name that somebody gave."""
    return value[:LONGEST_ID].hex() if value[:1] in (b"\x01", b"\xff") else None


def _address(value: bytes) -> str | None:
    return str(IPv4Address(value)) if len(value) == 4 and any(value) else None


def _full_name(value: bytes) -> str | None:
    if len(value) < 4:
        return None
    if value[0] & _ON_THE_WIRE:
        return read_name(value[3:] + b"\0", 0) or None  # a partial name has no end of its own; nothing to point at
    return text(value[3:].rstrip(b"."))


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
    good = len(data) > FIXED + 4 and data[0] in (1, 2) and data[FIXED : FIXED + 4] == COOKIE
    return Likeness.YES if good else Likeness.NO
