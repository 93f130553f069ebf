"""DNS in datagrams and over TCP; mDNS, LLMNR and NetBIOS names have its shape (RFC 1035, 6762, 4795, 1002, 9460).

    header: id(2) flags(2) counts of questions, answers, authorities, additionals (4 times 2)
            flags: response(1 bit) opcode(4) AA TC RD RA reserved(3) rcode(4)
    question: name type(2) class(2)
    record:   name type(2) class(2) ttl(4) data<2>
    over TCP each message stands behind its length(2)

Random bytes must not pass for DNS, since its answers name addresses: every name and record has to be there and to fill the
message exactly.
"""

from collections.abc import Iterator
from ipaddress import IPv6Address
from struct import Struct
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.cursor import Cursor
from sensor.wire.dns_ech import outer_names
from sensor.wire.dns_names import netbios_host, netbios_name, rcode_name, read_name, skip_name, type_name
from sensor.wire.records import Dns, DnsAnswer
from sensor.wire.sides import TwoSides, likeness
from sensor.wire.text import printable

HEADER = 12
_HEADER = Struct(">6H").unpack_from
OPCODES = frozenset(
    {0, 1, 2, 4, 5, 6}
)  # query, inverse (RFC 3425: obsolete), status, notify, update, stateful operations
NBNS_OPCODES = frozenset({5, 6, 7, 8, 15})  # NetBIOS names: registration, release, wait, refresh (RFC 1002, 4.2.1.1)
CLASSES = frozenset({1, 3, 4, 254, 255})  # internet, chaos, hesiod, none, any; mDNS sets the top bit
MOST_QUESTIONS = 32  # mDNS asks many at once
MOST_ANSWERS = 128  # kept of one message

A, NS, CNAME, PTR, MX, AAAA, NB, SRV, DNAME, OPT, SVCB, HTTPS = 1, 2, 5, 12, 15, 28, 32, 33, 39, 41, 64, 65
NBSTAT = SRV  # the same number, of a NetBIOS name
_ADDRESSES = frozenset({"A", "AAAA", "NB"})
NAME_AT = {NS: 0, CNAME: 0, PTR: 0, DNAME: 0, MX: 2, SRV: 6}
"""Where a name stands in the data of these types."""


def read_message(data: bytes) -> Dns:
    """One message; `ParseError` if any of it is not as the format says."""
    if len(data) < HEADER:
        raise ParseError("no header")
    trans_id, flags, *counts = _HEADER(data)
    _check_header(flags, counts, len(data))
    cursor = Cursor(data, HEADER)
    query, qtype = "", 0
    for number in range(counts[0]):
        name_at = cursor.at
        kind = _question(cursor)
        if number == 0:
            query, qtype = read_name(data, name_at), kind
            if kind in (NB, NBSTAT):
                query = netbios_name(query)
    answers: list[DnsAnswer] = []
    for _ in range(counts[1]):
        answers.extend(_record(cursor, keep=len(answers) < MOST_ANSWERS))
    for _ in range(counts[2]):
        answers.extend(_record(cursor, keep=False))
    additionals: list[DnsAnswer] = []
    for _ in range(counts[3]):
        additionals.extend(
            a for a in _record(cursor, keep=len(additionals) < MOST_ANSWERS) if a.type_name in _ADDRESSES
        )
    if cursor.left:
        raise ParseError(f"{cursor.left} bytes behind the message")
    is_response = bool(flags & 0x8000)
    return Dns(
        trans_id=trans_id,
        is_response=is_response,
        query=query,
        qtype_name=type_name(qtype) if counts[0] else "",
        rcode_name=rcode_name(flags & 15) if is_response else None,
        answers=tuple(answers),
        additionals=tuple(additionals),
    )


def _check_header(flags: int, counts: list[int], size: int) -> None:
    opcode = flags >> 11 & 15
    questions, answers, authorities, additionals = counts
    if opcode not in OPCODES and opcode not in NBNS_OPCODES:
        raise ParseError("no such opcode")
    if flags & 0x0040 or (not flags & 0x8000 and flags & 15):
        raise ParseError("bits that are always zero")
    if questions > MOST_QUESTIONS or questions + answers == 0:
        raise ParseError("nothing asked, nothing answered")
    if questions * 5 + (answers + authorities + additionals) * 11 > size - HEADER:
        raise ParseError("more records than there is room for")


def _question(cursor: Cursor) -> int:
    cursor.skip(skip_name(cursor.data, cursor.at) - cursor.at)
    kind = cursor.u16()
    if kind == 0 or cursor.u16() & 0x7FFF not in CLASSES:
        raise ParseError("no such class")
    return kind


def _record(cursor: Cursor, *, keep: bool) -> Iterator[DnsAnswer]:
    data, name_at = cursor.data, cursor.at
    cursor.skip(skip_name(data, name_at) - name_at)
    kind, klass, ttl, size = cursor.u16(), cursor.u16(), cursor.u32(), cursor.u16()
    at = cursor.skip(size)
    if kind != OPT and (kind == 0 or klass & 0x7FFF not in CLASSES):
        raise ParseError("no such class")
    if keep:
        name = read_name(data, name_at)
        host, shown = netbios_host(name), netbios_name(name)
        if kind == NB and shown != name:
            addresses = _netbios_addresses(data[at : at + size]) if host else ()
            yield from (DnsAnswer(shown, "NB", text, ttl) for text in addresses or ("",))
        elif kind == NBSTAT and shown != name:
            yield from (DnsAnswer(shown, "NBSTAT", text, ttl) for text in _node_names(data[at : at + size]))
        else:
            ech = outer_names(data, at, at + size) if kind in (SVCB, HTTPS) else ()
            yield from (DnsAnswer(name, type_name(kind), text, ttl, ech) for text in _told(data, kind, at, at + size))


def _netbios_addresses(data: bytes) -> tuple[str, ...]:
    """Of a machine's own name: flags(2) address(4) each; the top flag says that it is a group's (RFC 1002, 4.2.1.3)."""
    entries = [data[at : at + 6] for at in range(0, len(data) - 5, 6)]
    return tuple(".".join(map(str, entry[2:])) for entry in entries if not entry[0] & 0x80)


def _node_names(data: bytes) -> Iterator[str]:
    """A machine's table of names: count(1), then name(15) kind(1) flags(2) each (RFC 1002, 4.2.18); its own only."""
    for at in range(1, min(1 + 18 * data[0], len(data) - 17) if data else 0, 18):
        if data[at + 15] == 0 and not data[at + 16] & 0x80:
            yield printable(data[at : at + 15].rstrip(b" \0").lower())


def _told(data: bytes, kind: int, at: int, stop: int) -> Iterator[str]:
    """What the data of a record says: an address, a name, nothing; of HTTPS and SVCB the target and then its addresses."""
    if kind == A and stop - at == 4:
        yield ".".join(map(str, data[at:stop]))
    elif kind == AAAA and stop - at == 16:
        yield str(IPv6Address(data[at:stop]))
    elif kind in NAME_AT and stop - at > NAME_AT[kind]:
        yield read_name(data, at + NAME_AT[kind])
    elif kind in (SVCB, HTTPS) and stop - at > 2:
        yield read_name(data, at + 2)
        yield from _hints(Cursor(data, skip_name(data, at + 2), stop))
    else:
        yield ""


def _hints(cursor: Cursor) -> Iterator[str]:
    """RFC 9460, 7.3: ipv4hint is parameter 4, ipv6hint 6."""
    while cursor.left:
        key, value = cursor.u16(), cursor.vector16()
        if key == 4:
            yield from (".".join(map(str, value[at : at + 4])) for at in range(0, len(value) - 3, 4))
        elif key == 6:
            yield from (str(IPv6Address(value[at : at + 16])) for at in range(0, len(value) - 15, 16))


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader: one message."""
    del from_orig
    try:
        return Events((read_message(data),))
    except ParseError as error:
        return GiveUp(str(error))


def probe_datagram(orig: bytes, resp: bytes) -> Likeness:
    """MAYBE where the header is DNS's and the rest is not as it says: then its reader tells what is wrong."""
    return likeness(_datagram, orig, resp)


def _datagram(data: bytes) -> Likeness:
    if len(data) < HEADER:
        return Likeness.NO
    _, flags, *counts = _HEADER(data)
    try:
        _check_header(flags, counts, len(data))
    except ParseError:
        return Likeness.NO
    return Likeness.YES if _whole(data) is Likeness.YES else Likeness.MAYBE


def _whole(data: bytes) -> Likeness:
    try:
        read_message(data)
    except ParseError:
        return Likeness.NO
    return Likeness.YES


class DnsReader(TwoSides):
    """DNS over TCP. Buffer: one message of each direction, 64 KiB each."""

    service: ClassVar[str] = "dns"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._lost[from_orig]:
            return MORE
        buffer = self._buffers[from_orig]
        buffer += data
        records = []
        while len(buffer) >= 2:
            stop = 2 + int.from_bytes(buffer[:2], "big")
            if len(buffer) < stop:
                break
            records.append(read_message(bytes(buffer[2:stop])))
            del buffer[:stop]
        return Events(tuple(records)) if records else MORE

    def _finish(self) -> Outcome:
        return Events((), Rest.DONE)


def probe_stream(orig: bytes, resp: bytes) -> Likeness:
    return likeness(_prefixed, orig, resp)


def _prefixed(data: bytes) -> Likeness:
    """A length, a plausible header, one question: all of the message if it is there."""
    if len(data) < 2 + HEADER:
        return Likeness.MAYBE
    cursor = Cursor(data)
    size = cursor.u16()
    if len(data) >= 2 + size:
        return _whole(data[2 : 2 + size])
    cursor.skip(2)
    flags = cursor.u16()
    counts = [cursor.u16() for _ in range(4)]
    try:
        _check_header(flags, counts, size)
    except ParseError:
        return Likeness.NO
    if counts[0] != 1:
        return Likeness.NO
    try:
        _question(Cursor(data, 2 + HEADER))
    except ParseError:
        return Likeness.MAYBE if len(data) < PREFIX else Likeness.NO
    return Likeness.YES


PREFIX = 2 + HEADER + 255 + 4
"""Bytes within which the first question ends."""
