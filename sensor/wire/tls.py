"""TLS over a stream: both hellos and, up to TLS 1.2, the server's certificate (RFC 8446, RFC 5246).

The wire formats are in `tls_records` and `tls_hello`. Which side is the client is told by its hello, not by who opened the
connection. Told once: with the ServerHello of TLS 1.3; before that version when encryption begins, so that the certificate
is known; with a fatal alert; or when nothing more will come.
"""

from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.records import Ssl
from sensor.wire.sides import TwoSides, likeness
from sensor.wire.text import printable
from sensor.wire.tls_certificate import Names, read_names
from sensor.wire.tls_hello import (
    ClientHello,
    ServerHello,
    is_tls13,
    read_client_hello,
    read_server_hello,
    read_v2_hello,
    version_name,
)
from sensor.wire.tls_ja4 import ja4
from sensor.wire.tls_records import (
    ALERT,
    APPLICATION_DATA,
    CERTIFICATE,
    CHANGE_CIPHER_SPEC,
    CLIENT_HELLO,
    HANDSHAKE,
    MESSAGES,
    SERVER_HELLO,
    V2_HELLO,
    Messages,
    Records,
    record_length,
    whole_hello,
)

FATAL = 2
ENOUGH = 4  # encrypted records of one side, after which no hello is expected any more


NO_NAMES = Names()


class _Side:
    """One direction."""

    __slots__ = ("asked", "begun", "encrypted", "messages", "opaque", "past_hello", "records", "short")

    def __init__(self) -> None:
        self.records = Records()
        self.messages = Messages()
        self.short = bytearray()  # an SSL 2 hello, or an alert
        self.begun = False  # it said something
        self.asked = False  # it sent the ClientHello
        self.encrypted = False  # its change_cipher_spec was seen
        self.opaque = 0  # encrypted records seen
        self.past_hello = False  # a handshake message behind the hello was seen


class TlsReader(TwoSides):
    """Buffer: one handshake message in each direction, at most 64 KiB each."""

    service: ClassVar[str] = "ssl"

    def __init__(self) -> None:
        super().__init__()
        self._sides = (_Side(), _Side())
        self._client: ClientHello | None = None
        self._server: ServerHello | None = None
        self._names = NO_NAMES
        self._client_names = NO_NAMES
        self._failed = False

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._lost[from_orig]:
            return MORE
        side = self._sides[from_orig]
        try:
            if not side.begun:
                side.begun = True
                size = whole_hello(data)
                if size:  # a side begins with a hello that fills one record, as nearly always: nothing need be cut
                    self._message(side, data[5], data[9:size])
                    side.records.passed()
                    data = data[size:]
                    if self._settled(side, HANDSHAKE, other_heard=self._heard[not from_orig]):
                        return self._finish()
            for kind, piece, begins in side.records.feed(data):
                self._piece(side, kind, piece, begins=begins)
                if self._settled(side, kind, other_heard=self._heard[not from_orig]):
                    return self._finish()
        except ParseError:
            if self._client is None and self._server is None:
                raise
            return self._finish()  # answered with something else, or garbage later on: the hello was one all the same
        return MORE

    def _piece(self, side: _Side, kind: int, piece: bytes, *, begins: bool) -> None:
        if kind == HANDSHAKE and not (side.encrypted or side.messages.opaque):
            for message, body in side.messages.feed(piece):
                self._message(side, message, body)
        elif kind in (ALERT, V2_HELLO):
            if begins:
                side.short.clear()
            side.short += piece
            self._short(side, kind)
        elif kind == CHANGE_CIPHER_SPEC:
            # with a retry under way it only humours middleboxes, and plain hellos follow (RFC 8446, D.4)
            side.encrypted = not (self._server and self._server.retry)
        elif begins:
            side.opaque += 1

    def _message(self, side: _Side, kind: int, body: bytes | None) -> None:
        if kind == CLIENT_HELLO and body is not None:
            self._client = read_client_hello(body)
            side.asked = True
        elif kind == SERVER_HELLO and body is not None:
            self._server = read_server_hello(body)
        else:
            side.past_hello = True
            if kind == CERTIFICATE and body is not None:
                self._certificate(side, body)

    def _certificate(self, side: _Side, body: bytes) -> None:
        if side.asked:
            self._client_names = read_names(body)
        elif self._names == NO_NAMES:
            self._names = read_names(body)

    def _short(self, side: _Side, kind: int) -> None:
        if kind == ALERT:
            self._failed = self._failed or (not side.encrypted and len(side.short) == 2 and side.short[0] == FATAL)
            return
        try:
            hello = read_v2_hello(bytes(side.short))
        except ParseError:
            return  # not all there yet: `_settled` looks whether it ever was
        if isinstance(hello, ClientHello):
            self._client = hello
        else:
            self._server = hello

    def _settled(self, side: _Side, kind: int, *, other_heard: bool) -> bool:
        """Nothing more worth waiting for."""
        client, server = self._client, self._server
        if self._failed or side.opaque >= ENOUGH:
            return True
        if server and not server.retry and client and (is_tls13(server.version) or server.version == 2):
            return True
        if kind not in (CHANGE_CIPHER_SPEC, APPLICATION_DATA):
            return False
        if server and not server.retry:
            return True
        return side.past_hello and not other_heard

    def _lost_side(self, *, from_orig: bool) -> Outcome:
        self._salvage(self._sides[from_orig])
        return MORE

    def _finish(self) -> Outcome:
        for side in self._sides:
            self._salvage(side)
        if self._client is None and self._server is None:
            return Events((), Rest.DONE) if any(side.opaque for side in self._sides) else GiveUp("no hello")
        return Events((self._record(),), Rest.DONE)

    def _salvage(self, side: _Side) -> None:
        """A ClientHello that will not be completed still tells what it has."""
        kind, body = side.messages.unfinished or (0, b"")
        if kind == CLIENT_HELLO and self._client is None:
            try:
                self._client = read_client_hello(body, whole=False)
            except ParseError:
                return

    def _record(self) -> Ssl:
        client, server = self._client, self._server
        return Ssl(
            client_version=version_name(client.highest) if client else None,
            version=version_name(server.version) if server else None,
            cipher=f"{server.cipher:04x}" if server and server.cipher else None,
            server_name=client.server_name if client else None,
            client_alpn=tuple(printable(name) for name in client.alpn) if client else (),
            next_protocol=server.alpn if server else None,
            established=client is not None and server is not None and not server.retry and not self._failed,
            ech=client.ech if client else False,
            ja4=ja4(client) if client else None,
            subject=self._names.subject,
            issuer=self._names.issuer,
            client_subject=self._client_names.subject,
        )


def probe(orig: bytes, resp: bytes) -> Likeness:
    """A hello is enough, whatever the other side answers; without one, both sides must be records."""
    if _hello(orig) or _hello(resp):
        return Likeness.YES
    return likeness(_record, orig, resp)


def _hello(data: bytes) -> bool:
    """A handshake record that begins with a hello of plausible size, or an SSL 2 hello."""
    if len(data) < 11:
        return False
    if data[0] >= 0x80:
        return _v2_hello(data)
    plausible = data[0] == HANDSHAKE and data[5] in (CLIENT_HELLO, SERVER_HELLO) and data[6] == 0
    return plausible and data[9] in (3, 0x7F) and (whole_hello(data) == len(data) or _record(data) is Likeness.YES)


def _v2_hello(data: bytes) -> bool:
    length = (data[0] & 0x7F) << 8 | data[1]
    lengths = [data[at] << 8 | data[at + 1] for at in (5, 7, 9)]
    client = (
        data[2] == 1
        and (data[3:5] == b"\x00\x02" or (data[3] == 3 and data[4] <= 4))
        and lengths[0] % 3 == 0
        and lengths[1] in (0, 16)
        and 16 <= lengths[2] <= 32
        and length == 9 + sum(lengths)
    )
    server = data[2] == 4 and data[5:7] == b"\x00\x02" and data[3] <= 1 and data[4] <= 1
    return client or server


def _record(data: bytes) -> Likeness:
    """A whole record header, and what can be told of the record's first bytes and of the next header."""
    if len(data) < 5:
        return (
            Likeness.MAYBE
            if CHANGE_CIPHER_SPEC <= data[0] <= APPLICATION_DATA and data[1:2] in b"\x03"
            else Likeness.NO
        )
    try:
        length = record_length(data)
        if len(data) >= length + 10:
            record_length(data[length + 5 :])
    except ParseError:
        return Likeness.NO
    kind, fragment = data[0], data[5:]
    if kind == CHANGE_CIPHER_SPEC:
        fits = length == 1 and fragment[:1] in b"\x01"
    elif kind == ALERT:
        fits = (length == 2 and fragment[:1] in b"\x01\x02") or 18 <= length <= 64
    elif kind == HANDSHAKE:
        fits = length >= 4 and (length >= 24 or not fragment or fragment[0] in MESSAGES)
    else:
        fits = length >= 17
    return Likeness.YES if fits else Likeness.NO
