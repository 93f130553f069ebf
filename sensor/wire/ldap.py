"""LDAP's opening: does TLS begin within it? (RFC 4511, RFC 4513 3; X.690 for the encoding)

    message: 30 length { 02 length id, operation }    length: one byte below 128, or 81 to 84 and so many bytes
    operation: 77 { 80 name } what StartTLS is asked with, by its name 1.3.6.1.4.1.1466.20037
               78 { 0a result, … } its answer: result 0, and TLS begins behind it: `Rest.HANDOVER`
               60 { 02 version, … } bind, 63 search …: skipped; a name or password in them is never kept

A client that binds before it asks goes on in clear. Looked at: the first `MESSAGES` of the client.
"""

from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.cursor import Cursor
from sensor.wire.records_dialogues import Ldap, Upgrade
from sensor.wire.sides import TwoSides

SEQUENCE, INTEGER, OCTETS, ENUMERATED = 0x30, 0x02, 0x04, 0x0A
BIND, UNBIND, SEARCH, EXTENDED, EXTENDED_ANSWER = 0x60, 0x42, 0x63, 0x77, 0x78
NAME = 0x80
LONG = range(0x81, 0x85)  # a length in so many bytes
HANDSHAKE = b"\x16\x03"
START_TLS = b"1.3.6.1.4.1.1466.20037"
MESSAGES = 8  # a client may look at what the server offers before it asks
LARGEST = 65_536  # of a message, an answer with all that a server offers among them
FIRST = {BIND: INTEGER, SEARCH: OCTETS, EXTENDED: NAME}
"""What a client may begin with, and what its first part is."""


class LdapReader(TwoSides):
    """Buffer: one message of each direction, `LARGEST` at most."""

    service: ClassVar[str] = "ldap"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())
        self._messages = 0
        self._asked: int | None = None  # id of the message that asks for TLS
        self._tls: Upgrade = "none"

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        resp, orig = self._buffers
        self._buffers[from_orig].extend(data)
        while self._asked is None and (message := _message(orig)) is not None:
            if self._client(message):
                return self._finish()
        while self._tls == "none" and (message := _message(resp)) is not None:
            self._server(message)
        if self._asked is not None and not self._heard[False] and orig.startswith(HANDSHAKE):
            self._tls = "established"  # its answer is not to be seen
        if self._tls == "established":
            return Events((Ldap(self._tls),), Rest.HANDOVER, left_orig=bytes(orig), left_resp=bytes(resp))
        return self._finish() if self._tls == "refused" or max(len(orig), len(resp)) > LARGEST else MORE

    def _client(self, message: Cursor) -> bool:
        """Whether it goes on in clear."""
        number, operation, inside = _operation(message)
        self._messages += 1
        if operation == EXTENDED and _part(inside, NAME) == START_TLS:
            self._asked = number
            return False
        return operation in (BIND, UNBIND) or self._messages >= MESSAGES

    def _server(self, message: Cursor) -> None:
        number, operation, inside = _operation(message)
        if operation == EXTENDED_ANSWER and self._asked is not None and number == self._asked:
            self._tls = "established" if not any(_part(inside, ENUMERATED)) else "refused"

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        """Where TLS begins is lost with it."""
        del missing, from_orig
        return self._finish()

    def _finish(self) -> Outcome:
        return Events((Ldap(self._tls),), Rest.DONE) if self._messages else GiveUp("no message")


def _length(cursor: Cursor) -> int:
    first = cursor.u8()
    if first < 0x80:
        return first
    if first not in LONG:
        raise ParseError("a length that LDAP does not allow")
    return int.from_bytes(cursor.take(first & 0x7F), "big")


def _message(buffer: bytearray) -> Cursor | None:
    """The next whole message, taken off `buffer`."""
    if buffer and buffer[0] != SEQUENCE:
        raise ParseError("not LDAP")
    if len(buffer) < 2 or (buffer[1] in LONG and len(buffer) < 2 + buffer[1] - 0x80):
        return None
    cursor = Cursor(bytes(buffer[:6]), 1)
    size = _length(cursor)
    if size > LARGEST:
        raise ParseError("a message of more than 64 KiB")
    stop = cursor.at + size
    if len(buffer) < stop:
        return None
    message = Cursor(bytes(buffer[cursor.at : stop]))
    del buffer[:stop]
    return message


def _part(cursor: Cursor, tag: int) -> bytes:
    """The content of the next part, which must be of this kind."""
    if cursor.u8() != tag:
        raise ParseError("another part was due")
    return cursor.take(_length(cursor))


def _operation(message: Cursor) -> tuple[int, int, Cursor]:
    """(id, kind, content) of a message."""
    number = int.from_bytes(_part(message, INTEGER), "big")
    kind = message.u8()
    return number, kind, Cursor(message.take(_length(message)))


def probe(orig: bytes, resp: bytes) -> Likeness:
    """A client's first message: its frame, its id, and what its operation begins with."""
    if not orig:
        return Likeness.MAYBE if resp[:1] in (b"", b"\x30") else Likeness.NO
    cursor = Cursor(orig[:64])
    try:
        if cursor.u8() != SEQUENCE:
            return Likeness.NO
        size = _length(cursor)
        end = cursor.at + size
        if cursor.u8() != INTEGER:
            return Likeness.NO
        digits = cursor.u8()
        cursor.skip(digits)
        kind = cursor.u8()
        if kind not in FIRST or not 1 <= digits <= 4 or size > LARGEST:
            return Likeness.NO
        fits = cursor.at + _length(cursor) < end
        return Likeness.YES if fits and cursor.u8() == FIRST[kind] else Likeness.NO
    except ParseError:
        return Likeness.MAYBE if len(orig) < 32 else Likeness.NO
