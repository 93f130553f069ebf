r"""Names and short texts out of hostile bytes: one spelling, bounded, nothing that could move a terminal's cursor.

A byte outside printable ASCII is written `\\xNN` (a backslash doubled), as Zeek does; names are lower case without the final
dot and at most 255 characters, which is DNS's own bound (RFC 1035, 2.3.4).
"""

import re

LIMIT = 255

_PLAIN = re.compile(rb"[\x20-\x5b\x5d-\x7e]*\Z")
_ODD = re.compile(rb"[^\x20-\x5b\x5d-\x7e]")


def printable(data: bytes, limit: int = LIMIT) -> str:
    """`data` as text, escaped and cut to `limit` characters."""
    data = data[:limit]
    if not _PLAIN.match(data):
        data = _ODD.sub(lambda odd: b"\\\\" if odd[0] == b"\\" else b"\\x%02x" % odd[0][0], data)[:limit]
    return data.decode("ascii")


def host_name(data: bytes) -> str | None:
    """A host name as it stands in SNI or a Host field (without port), None if there is none.

    Who was asked for a host and gives a mail address or a JID means what stands behind its @; the person before it is dropped.
    """
    return printable(data.rpartition(b"@")[2].strip().removesuffix(b".").lower()) or None


def host_of(authority: bytes) -> str | None:
    """The host of `user@host:port` (RFC 3986, 3.2): user and port are dropped, an IPv6 literal loses its brackets."""
    host = authority.rpartition(b"@")[2].strip()
    if host.startswith(b"["):
        return host_name(host[1:].partition(b"]")[0])
    return host_name(host.partition(b":")[0])
