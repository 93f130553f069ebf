"""DTLS over UDP: what its ClientHello names (RFC 6347, 4.1 and 4.2; RFC 9147, 5.2 and 5.3).

    record     type(1: 22 handshake)  version(2: 0xFEFF 1.0, 0xFEFD 1.2)  epoch(2)  number(6)  length(2)
    handshake  type(1: 1 ClientHello)  length(3)  message(2)  offset of this fragment(3)  its length(3)  fragment

A ClientHello may come in fragments, over several records and datagrams; after a HelloVerifyRequest it comes again, and says the
same. Told with the first that is whole. Of what follows, only a maker's own name on a certificate is looked for, up to DTLS 1.2:
most calls show one that is made for the moment and names nobody.

    Snapchat   "Snapchat Inc."                                                        nDPI, tls.c
"""

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.cursor import Cursor
from sensor.wire.records import Ssl
from sensor.wire.sides import likeness
from sensor.wire.text import printable
from sensor.wire.tls_hello import read_client_hello, version_name
from sensor.wire.tls_ja4 import ja4

HANDSHAKE, CLIENT_HELLO, SERVER_HELLO, VERIFY = 22, 1, 2, 3
VERSIONS = (b"\xfe\xff", b"\xfe\xfd")
RECORD, FRAGMENT = 13, 12
LARGEST_HELLO = 16_384
MOST_DATAGRAMS = 16
MAKERS = (b"Snapchat Inc.",)


class DtlsSession:
    """Buffer: one ClientHello of at most 16 KiB."""

    def __init__(self) -> None:
        self._message: int | None = None
        self._hello = bytearray()
        self._datagrams = 0
        self._told = False

    def datagram(self, data: bytes, from_orig: bool) -> Outcome:
        del from_orig
        self._datagrams += 1
        named = maker(data)
        if named:
            return Events((Ssl(subject=named),), Rest.DONE)
        try:
            if not self._told and self._records(Cursor(data)):
                self._told = True
                return Events((_record(bytes(self._hello)),))
        except ParseError as error:
            return GiveUp(str(error))
        return MORE if self._datagrams < MOST_DATAGRAMS else Events((), Rest.DONE)

    def _records(self, cursor: Cursor) -> bool:
        """Whether the ClientHello is whole with this datagram."""
        while cursor.left >= RECORD:
            kind, version, epoch = cursor.u8(), cursor.take(2), cursor.u16()
            cursor.skip(6)
            fragment = Cursor(cursor.take(cursor.u16()))
            if kind != HANDSHAKE or epoch or version not in VERSIONS:
                continue
            while fragment.left >= FRAGMENT:
                if self._fragment(fragment):
                    return True
        return False

    def _fragment(self, cursor: Cursor) -> bool:
        """Fragments come in order, as a rule; one out of its place is left for its repetition."""
        kind, whole, message = cursor.u8(), cursor.u24(), cursor.u16()
        offset = cursor.u24()
        part = cursor.take(cursor.u24())
        if kind != CLIENT_HELLO or whole > LARGEST_HELLO:
            return False
        if message != self._message:
            self._message, self._hello = message, bytearray()
        if offset == len(self._hello) and offset + len(part) <= whole:
            self._hello += part
        return len(self._hello) == whole


def _record(body: bytes) -> Ssl:
    hello = read_client_hello(body, datagram=True)
    return Ssl(
        client_version=version_name(hello.highest),
        server_name=hello.server_name,
        client_alpn=tuple(printable(name) for name in hello.alpn),
        ech=hello.ech,
        ja4=ja4(hello, "d"),
    )


def maker(data: bytes) -> str | None:
    """Who made the program, as a certificate in this datagram says."""
    if data[:1] != bytes((HANDSHAKE,)) or data[1:3] not in VERSIONS:
        return None
    return next((name.decode("ascii") for name in MAKERS if name in data), None)


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader without memory: a ClientHello that fits one datagram."""
    outcome = DtlsSession().datagram(data, from_orig)
    if isinstance(outcome, GiveUp):
        return outcome
    return Events(outcome.records if isinstance(outcome, Events) else (), Rest.DONE)


def probe(orig: bytes, resp: bytes) -> Likeness:
    return likeness(_judge, orig, resp)


def _judge(data: bytes) -> Likeness:
    """A handshake record of epoch 0 that begins with a hello, a fragment within its message, within the record."""
    if len(data) < RECORD + FRAGMENT or data[0] != HANDSHAKE or data[1:3] not in VERSIONS or data[3:5] != b"\0\0":
        return Likeness.NO
    length, whole, offset, part = (
        int.from_bytes(data[a:b], "big") for a, b in ((11, 13), (14, 17), (19, 22), (22, 25))
    )
    hello = data[RECORD] in (CLIENT_HELLO, SERVER_HELLO, VERIFY) and data[17] == 0
    fits = offset + part <= whole and FRAGMENT + part <= length <= len(data) - RECORD
    return Likeness.YES if hello and fits else Likeness.NO
