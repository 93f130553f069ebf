"""SSDP: what a printer, a television or a box says that it is (UPnP Device Architecture 2.0, 1.2 and 1.3).

    "NOTIFY * HTTP/1.1" | "M-SEARCH * HTTP/1.1" | "HTTP/1.1 200 OK" CRLF, then fields as HTTP's, no body
    read: SERVER (or USER-AGENT), NT or ST; an answer is SSDP's only where it has ST or NT and USN

A datagram reader: it keeps nothing.
"""

from sensor.wire import Events, GiveUp, Likeness, Outcome
from sensor.wire.records_devices import Ssdp
from sensor.wire.sides import likeness
from sensor.wire.text import printable

_MESSAGES = {b"NOTIFY * HTTP/1.": "NOTIFY", b"M-SEARCH * HTTP/1.": "M-SEARCH", b"HTTP/1.": "RESPONSE"}
_TYPES = ("upnp:", "urn:", "ssdp:")
FIELDS = 64


def _message(data: bytes) -> str | None:
    return next((name for start, name in _MESSAGES.items() if data.startswith(start)), None)


def _fields(data: bytes) -> dict[bytes, bytes]:
    """Of each field its first value; names in capitals."""
    found: dict[bytes, bytes] = {}
    for line in data.split(b"\r\n", FIELDS + 1)[1 : FIELDS + 1]:
        name, colon, value = line.partition(b":")
        if not colon:
            break
        found.setdefault(name.strip().upper(), value.strip())
    return found


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader: one message."""
    del from_orig
    message = _message(data)
    if message is None:
        return GiveUp("not SSDP")
    fields = _fields(data)
    if message == "RESPONSE" and b"ST" not in fields:
        return GiveUp("an answer without its target")
    target = printable(fields.get(b"NT") or fields.get(b"ST") or b"")
    server = printable(fields.get(b"SERVER") or fields.get(b"USER-AGENT") or b"")
    return Events((Ssdp(message, server or None, target if target.startswith(_TYPES) else None),))


def probe(orig: bytes, resp: bytes) -> Likeness:
    return likeness(_judge, orig, resp)


def _judge(data: bytes) -> Likeness:
    message = _message(data)
    if message is None:
        return Likeness.NO
    if message == "RESPONSE":
        fields = _fields(data)
        return Likeness.YES if b"ST" in fields and b"USN" in fields else Likeness.NO
    return Likeness.YES
