"""QUIC's opening: the ClientHello out of the client's Initial packets (RFC 9000, 17.2.2 and 19; RFC 9001; RFC 9369).

    frames of an Initial: 0 padding, 1 ping, 2|3 ack, 6 CRYPTO offset(varint) data<varint>, 28 close

Browsers spread a ClientHello over several Initials, in pieces out of order; CRYPTO frames are put together by their offsets.
After a Retry the client says the same hello again, in other pieces maybe, under keys made of the id that the server gave, and
what it had sent before may come between (RFC 9000, 17.2.5.2): the pieces and the keys before are kept. After a Version
Negotiation it begins anew with a version that the server has. Told once: with the ClientHello, or when the handshake goes on, or
stays unreadable, without it having been seen. After the hello the server is listened to for its id: every later packet to it
bears that one, whatever addresses it comes from (RFC 9000, 5.2; 9).
"""

import re

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.cursor import Cursor
from sensor.wire.quic_initial import (
    Keys,
    Kind,
    Packet,
    keys_of,
    offers_versions,
    open_initial,
    packets,
    varint,
    version_name,
)
from sensor.wire.records import Quic
from sensor.wire.sides import likeness
from sensor.wire.text import printable
from sensor.wire.tls_hello import ClientHello, read_client_hello
from sensor.wire.tls_ja4 import ja4

CRYPTO, GOOGLE_CRYPTO = 6, 8  # Chrome's T050 and T051 number it so; no other frame of an Initial is 8
PADDING = re.compile(rb"\0*")  # of an Initial, mostly: read at once, not byte by byte
LARGEST_HELLO = 16_384
MOST_PIECES = 64
LISTENS = 6  # datagrams after the hello, for the server's id
MOST_DATAGRAMS = 12  # without a ClientHello, after which the connection is told without one


class QuicSession:
    """Buffer: CRYPTO bytes of one side, at most 16 KiB in 64 pieces."""

    def __init__(self) -> None:
        self._keys: tuple[Keys, ...] = ()  # newest first
        self._pieces: dict[int, bytes] = {}
        self._version: int | None = None
        self._datagrams = 0
        self._client_id: bytes | None = None  # once the hello was told
        self.server_id = b""

    def datagram(self, data: bytes, from_orig: bool) -> Outcome:
        """One datagram. Only the client's Initials open with the keys kept, so the direction need not be known."""
        del from_orig
        if self._client_id is not None:
            return self._listen(data, self._client_id)
        if offers_versions(data):
            return MORE
        try:
            told = self._packets(data)
        except ParseError as error:
            if self._version is None:
                return GiveUp(str(error))
            told = None
        if told is not None:
            return told
        self._datagrams += 1
        if self._datagrams < MOST_DATAGRAMS:
            return MORE
        return Events((), Rest.DONE) if self._version is None else _tell(self._version, None)

    def _packets(self, data: bytes) -> Outcome | None:
        """What its packets tell, if anything."""
        for packet in packets(data):
            self._version = packet.version
            if packet.kind is Kind.INITIAL:
                hello = self._initial(packet)
                if hello is not None:
                    self._client_id, self._datagrams = packet.scid, 0
                    return _tell(packet.version, hello)
            elif packet.kind is Kind.HANDSHAKE:
                return _tell(packet.version, None)  # past the hellos
        return None

    def _listen(self, data: bytes, client_id: bytes) -> Outcome:
        """The server's first packet, but for a Retry, has the id that it will be called by."""
        try:
            first = next(packets(data), None)
        except ParseError:
            first = None
        self._datagrams += 1
        if first and first.dcid == client_id and first.kind is not Kind.RETRY:
            self.server_id = first.scid
        return Events((), Rest.DONE) if self.server_id or self._datagrams >= LISTENS else MORE

    def _initial(self, packet: Packet) -> ClientHello | None:
        frames = next(filter(None, (open_initial(packet, keys) for keys in self._keys)), None)
        if frames is None:
            made = keys_of(packet.version, packet.dcid, client=True)
            frames = open_initial(packet, made) if made else None
            if made is None or frames is None:
                return None
            self._keys = (made, *self._keys[:1])
        self._crypto(frames)
        return self._hello()

    def _crypto(self, frames: bytes) -> None:
        """Keeps the data of CRYPTO frames; stops at a frame that an Initial has no business with."""
        cursor = Cursor(frames)
        while cursor.left:
            kind = cursor.u8()
            if kind == 0:
                cursor.at = PADDING.match(frames, cursor.at).end()  # type: ignore[union-attr] # matches nothing too
            elif kind in (CRYPTO, GOOGLE_CRYPTO):
                offset, size = varint(cursor), varint(cursor)
                if offset + size > LARGEST_HELLO or len(self._pieces) >= MOST_PIECES:
                    raise ParseError("a hello longer than any")
                piece = cursor.take(size)
                if len(piece) > len(self._pieces.get(offset, b"")):
                    self._pieces[offset] = piece
            elif kind in (2, 3):
                _skip_ack(cursor, counts=kind == 3)
            elif kind != 1:
                return

    def _hello(self) -> ClientHello | None:
        """The ClientHello, once its pieces join without a hole."""
        if 0 not in self._pieces:
            return None
        joined = bytearray()
        for offset in sorted(self._pieces):
            if offset > len(joined):
                return None
            joined += self._pieces[offset][len(joined) - offset :]
        if len(joined) < 4 or joined[0] != 1:
            return None
        size = int.from_bytes(joined[1:4], "big")
        return read_client_hello(bytes(joined[4 : 4 + size])) if len(joined) >= 4 + size else None


def _skip_ack(cursor: Cursor, *, counts: bool) -> None:
    """RFC 9000, 19.3: largest, delay, how many ranges, first range, then gap and length of each; ECN counts."""
    for _ in range(2):
        varint(cursor)
    ranges = varint(cursor)
    for _ in range(1 + 2 * min(ranges, cursor.left) + (3 if counts else 0)):
        varint(cursor)


def _tell(version: int, hello: ClientHello | None) -> Outcome:
    if hello is None:
        return Events((Quic(version_name(version), readable=False),), Rest.DONE)
    record = Quic(
        version=version_name(version),
        server_name=hello.server_name,
        client_alpn=tuple(printable(name) for name in hello.alpn),
        ech=hello.ech,
        ja4=ja4(hello, "q"),
    )
    return Events((record,), Rest.MORE)


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader without memory: a ClientHello that fits one datagram. A later one cannot tell more."""
    outcome = QuicSession().datagram(data, from_orig)
    match outcome:
        case Events(records):
            return Events(records, Rest.DONE)
        case GiveUp():
            return outcome
        case _:
            return Events((), Rest.DONE)


def probe(orig: bytes, resp: bytes) -> Likeness:
    return likeness(_long_header, orig, resp)


def _long_header(data: bytes) -> Likeness:
    """A long header packet of a known version whose lengths fit the datagram, or an offer of known versions."""
    if offers_versions(data):
        return Likeness.YES
    try:
        first = next(packets(data), None)
    except ParseError:
        return Likeness.NO
    return Likeness.YES if first and first.kind is not Kind.RETRY else Likeness.NO
