"""Domain names on the wire, and the words for types and codes (RFC 1035, 3.1 and 4.1.4).

    label: length(1, below 64) bytes | pointer: 0b11|offset(14 bits) | end: 0

A pointer may only go back, before the part of the name it stands in, so that no name loops; a name is at most 255 octets.
"""

from sensor.wire import ParseError
from sensor.wire.text import LIMIT, printable

TYPES = {
    1: "A",
    2: "NS",
    5: "CNAME",
    6: "SOA",
    10: "NULL",
    12: "PTR",
    13: "HINFO",
    15: "MX",
    16: "TXT",
    24: "SIG",
    25: "KEY",
    28: "AAAA",
    29: "LOC",
    32: "NB",
    33: "SRV",  # of NetBIOS names: a machine's table of names
    35: "NAPTR",
    39: "DNAME",
    41: "OPT",
    43: "DS",
    44: "SSHFP",
    46: "RRSIG",
    47: "NSEC",
    48: "DNSKEY",
    50: "NSEC3",
    52: "TLSA",
    61: "OPENPGPKEY",
    64: "SVCB",
    65: "HTTPS",
    99: "SPF",
    249: "TKEY",
    250: "TSIG",
    251: "IXFR",
    252: "AXFR",
    255: "ANY",
    257: "CAA",
}
_USER = 0x03
_HOSTS = frozenset({0x00, 0x20})  # a machine, a machine that shares files
RCODES = (
    "NOERROR",
    "FORMERR",
    "SERVFAIL",
    "NXDOMAIN",
    "NOTIMP",
    "REFUSED",
    "YXDOMAIN",
    "YXRRSET",
    "NXRRSET",
    "NOTAUTH",
    "NOTZONE",
    "DSOTYPENI",
)


def type_name(number: int) -> str:
    """The type's word, or RFC 3597's TYPEn."""
    return TYPES.get(number) or f"TYPE{number}"


def rcode_name(number: int) -> str:
    return RCODES[number] if number < len(RCODES) else f"RCODE{number}"


def netbios_name(name: str) -> str:
    """The name in a NetBIOS name, which has two letters for each of its 16 bytes (RFC 1001, 14.1); else `name`.

    The last byte says whose it is; of a kind that may be a user's nothing is told.
    """
    decoded = _netbios(name)
    if decoded is None:
        return name
    return "" if decoded[15] == _USER else _padded(decoded)


def netbios_host(name: str) -> str | None:
    """The host that a NetBIOS name is; None for a domain's, a user's, and what is no such name."""
    decoded = _netbios(name)
    return (_padded(decoded) or None) if decoded and decoded[15] in _HOSTS else None


def _netbios(name: str) -> bytes | None:
    label = name.partition(".")[0]
    if len(label) != 32 or not all("a" <= letter <= "p" for letter in label):
        return None
    codes = [ord(letter) - 0x61 for letter in label]
    return bytes(high << 4 | low for high, low in zip(codes[::2], codes[1::2], strict=True))


def _padded(name: bytes) -> str:
    return printable(name[:15].rstrip(b" \0").lower())


def skip_name(data: bytes, at: int) -> int:
    """Where the name at `at` ends; its pointer, if any, is not followed."""
    size = 0
    while at < len(data):
        length = data[at]
        if length >= 0xC0:
            return at + 2
        if length >= 0x40:
            raise ParseError("a label of a kind that was never used")
        at += length + 1
        size += length + 1
        if length == 0:
            return at
        if size > LIMIT:
            break
    raise ParseError("a name that does not end")


def _without_person(name: bytes) -> bytes:
    """Programs look up whole mail addresses by mistake: only the domain behind the @ is told, and of an mDNS service its type."""
    return name.rpartition(b"@")[2] if b"@" in name else name


def read_name(data: bytes, at: int) -> str:
    """The name at `at`, pointers followed: lower case, without the final dot, odd bytes and dots inside labels escaped."""
    labels: list[bytes] = []
    size, floor = 0, at
    while at < len(data):
        length = data[at]
        if length == 0:
            return printable(_without_person(b".".join(labels).lower()))
        if length >= 0xC0:
            if at + 1 >= len(data):
                break
            at = (length & 0x3F) << 8 | data[at + 1]
            if at >= floor:
                raise ParseError("a pointer that does not go back")
            floor = at
            continue
        size += length + 1
        if length >= 0x40 or size >= LIMIT:
            raise ParseError("a name longer than 255 octets")
        labels.append(data[at + 1 : at + 1 + length].replace(b".", b"\\x2e"))
        at += length + 1
    raise ParseError("a name that does not end")
