"""TLS's record layer and its handshake messages in one direction (RFC 8446, 5.1; RFC 5246, 6.2, E.2).

record:      type(1) version(2) length(2) fragment   20 change_cipher_spec, 21 alert, 22 handshake, 23 data
handshake:   type(1) length(3) body                   spans records, or shares one
SSL 2 hello: 0x80|length(2) message                   only as the first thing a side says
"""

from collections.abc import Iterator

from sensor.wire import ParseError

V2_HELLO = 2  # not a record type of TLS: the whole record is one SSL 2 message
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
LARGEST_RECORD = 16_384 + 2_048  # RFC 5246, 6.2.3
LARGEST_V2_HELLO = 1_024

CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11
LARGEST_MESSAGE = 131_072  # a plausible length: a chain of large certificates
KEPT = {CLIENT_HELLO: 65_535, SERVER_HELLO: 16_384, CERTIFICATE: 16_400}
"""Bytes kept of a message; those of a certificate are its holder's, the chain behind it is skipped."""
MESSAGES = frozenset({0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 67})  # IANA's registry


def record_length(header: bytes) -> int:
    """The length that a record's five bytes of header announce; `ParseError` if this is no record."""
    kind, major, minor, length = header[0], header[1], header[2], header[3] << 8 | header[4]
    if not CHANGE_CIPHER_SPEC <= kind <= APPLICATION_DATA or major != 3 or minor > 4 or length > LARGEST_RECORD:
        raise ParseError("not a TLS record")
    return length


class Records:
    """Cuts a direction into (type, bytes of it, whether the record begins here). Buffer: a header."""

    __slots__ = ("_first", "_header", "_kind", "_left")

    def __init__(self) -> None:
        self._header = b""
        self._kind = 0
        self._left = 0
        self._first = True

    def passed(self) -> None:
        """A whole record was read elsewhere."""
        self._first = False

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes, bool]]:
        at, size = 0, len(data)
        while at < size:
            begins = self._left == 0
            if begins and not self._header and size - at >= 5 and data[at] < 0x80:  # as nearly always
                self._kind, self._left, self._first = data[at], record_length(data[at : at + 5]), False
                at += 5
            elif begins:
                wanted = self._header_size(data[at])
                piece = data[at : at + wanted - len(self._header)]
                self._header += piece
                at += len(piece)
                if len(self._header) < wanted:
                    return
                self._open()
            chunk = data[at : at + self._left]
            at += len(chunk)
            self._left -= len(chunk)
            yield self._kind, chunk, begins

    def _header_size(self, byte: int) -> int:
        first = self._header[0] if self._header else byte
        return 2 if self._first and first >= 0x80 else 5

    def _open(self) -> None:
        header, self._header, self._first = self._header, b"", False
        if len(header) == 2:
            self._kind, self._left = V2_HELLO, (header[0] & 0x7F) << 8 | header[1]
            if self._left > LARGEST_V2_HELLO:
                raise ParseError("an SSL 2 hello longer than any")
        else:
            self._kind, self._left = header[0], record_length(header)


def whole_hello(data: bytes) -> int:
    """The length of the record at the start of `data` if it is one whole hello and nothing else, as nearly always; else 0."""
    if (
        len(data) < 9
        or data[0] != HANDSHAKE
        or data[1] != 3
        or data[2] > 4
        or data[5] not in (CLIENT_HELLO, SERVER_HELLO)
    ):
        return 0
    length = data[3] << 8 | data[4]
    alone = data[6] == 0 and data[7] << 8 | data[8] == length - 4
    return 5 + length if alone and 5 + length <= len(data) and length <= KEPT[SERVER_HELLO] else 0


class Messages:
    """Puts handshake messages together: (type, body) of those worth keeping, (type, None) of the others.

    Buffer: what `KEPT` says, at most 64 KiB. Bytes that cannot be messages are encrypted ones: `opaque` from there on.
    """

    __slots__ = ("_message", "_skip", "opaque")

    def __init__(self) -> None:
        self._message = bytearray()
        self._skip = 0
        self.opaque = False

    @property
    def unfinished(self) -> tuple[int, bytes] | None:
        """The message that is still coming."""
        return (self._message[0], bytes(self._message[4:])) if self._message else None

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes | None]]:
        at = 0
        while at < len(data) and not self.opaque:
            if self._skip:
                skipped = min(self._skip, len(data) - at)
                self._skip -= skipped
                at += skipped
                continue
            if not self._message and len(data) - at >= 4:
                kind, length = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
                if kind in KEPT and length <= KEPT[kind] and length <= len(data) - at - 4:  # whole, as nearly always
                    yield kind, bytes(data[at + 4 : at + 4 + length])
                    at += 4 + length
                    continue
            wanted = 4 if len(self._message) < 4 else 4 + self._kept()
            piece = data[at : at + wanted - len(self._message)]
            self._message += piece
            at += len(piece)
            yield from self._complete()

    def _length(self) -> int:
        return int.from_bytes(self._message[1:4], "big")

    def _kept(self) -> int:
        return min(self._length(), KEPT.get(self._message[0], 0))

    def _complete(self) -> Iterator[tuple[int, bytes | None]]:
        message = self._message
        if len(message) < 4:
            return
        kind, length = message[0], self._length()
        if kind not in MESSAGES or length > LARGEST_MESSAGE:
            self.opaque = True
            message.clear()
        elif kind in (CLIENT_HELLO, SERVER_HELLO) and length > KEPT[kind]:
            raise ParseError("a hello longer than any")
        elif len(message) == 4 + self._kept():
            self._skip = length - self._kept()
            body = bytes(message[4:]) if kind in KEPT else None
            message.clear()
            yield kind, body
