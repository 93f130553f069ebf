"""SOCKS, a proxy that any protocol may run through (RFC 1928, RFC 1929; SOCKS 4 and 4a by their authors' notes).

    5: client 5 count(1) methods(1 each)          server 5 method(1)
       method 2: client 1 name<1> password<1>     server 1 status(1): skipped, never kept
       client 5 command(1) 0 address port(2)      server 5 reply(1) 0 address port(2)
       address: 1 IPv4(4) | 3 name<1> | 4 IPv6(16)
    4: client 4 command(1) port(2) IPv4(4) user NUL [name NUL, when the address is 0.0.0.x]    server 0 reply(1) port(2) IPv4(4)

Granted a CONNECT, another protocol begins: `Rest.HANDOVER`. Both directions are needed, to know where it begins.
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.cursor import Cursor
from sensor.wire.records import Socks
from sensor.wire.sides import TwoSides
from sensor.wire.text import host_name

LARGEST = 1_024  # of anything a side says before its proxy has answered
CONNECT = 1
NO_METHOD = 0xFF
PASSWORD = 2


class SocksReader(TwoSides):
    """Buffer: 1 KiB of each direction, and what a client sends ahead of the proxy's answer (64 KiB at most)."""

    service: ClassVar[str] = "socks"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())
        self._version = 0
        self._command = 0
        self._host: str | None = None
        self._port: int | None = None
        self._granted: bool | None = None
        self._over = False
        self._step: Callable[[], None] = self._greeting

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        buffer = self._buffers[from_orig]
        buffer += data
        step = None
        while step != self._step and not self._over:
            step = self._step
            try:
                self._step()
            except _Short:
                break
        if self._over:
            return self._tell()
        return self._finish() if len(buffer) > 64 * LARGEST else MORE

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        """Where the next protocol begins is lost with it."""
        del missing, from_orig
        return self._finish()

    def _finish(self) -> Outcome:
        return self._tell() if self._version else GiveUp("no greeting")

    def _tell(self) -> Outcome:
        record = Socks(self._version, self._host, self._port, self._granted)
        if self._granted and self._command == CONNECT:
            resp, orig = (bytes(buffer) for buffer in self._buffers)
            return Events((record,), Rest.HANDOVER, left_orig=orig, left_resp=resp)
        return Events((record,), Rest.DONE)

    def _read(self, read: Callable[[Cursor], None], *, client: bool) -> None:
        """One message by `read`; `_Short` while it has not all come."""
        buffer = self._buffers[client]
        cursor = Cursor(bytes(buffer[:LARGEST]))
        try:
            read(cursor)
        except ParseError as error:
            if isinstance(error, _Wrong) or len(buffer) >= LARGEST:
                raise
            raise _Short from error
        del buffer[: cursor.at]

    def _greeting(self) -> None:
        self._read(self._read_greeting, client=True)

    def _read_greeting(self, cursor: Cursor) -> None:
        version = cursor.u8()
        if version == 5:
            cursor.vector8()
            self._step = self._method
        elif version == 4:
            self._read_request4(cursor)
            self._step = self._reply4
        else:
            raise _Wrong("not SOCKS")
        self._version = version

    def _method(self) -> None:
        self._read(self._read_method, client=False)

    def _read_method(self, cursor: Cursor) -> None:
        version, method = cursor.u8(), cursor.u8()
        if version != 5:
            raise _Wrong("not SOCKS")
        self._over = method == NO_METHOD
        self._step = self._password if method == PASSWORD else self._request

    def _password(self) -> None:
        self._read(self._read_password, client=True)

    def _read_password(self, cursor: Cursor) -> None:
        cursor.skip(1)
        cursor.vector8()
        cursor.vector8()
        self._step = self._password_reply

    def _password_reply(self) -> None:
        self._read(self._read_password_reply, client=False)

    def _read_password_reply(self, cursor: Cursor) -> None:
        cursor.skip(1)
        self._over = cursor.u8() != 0
        self._step = self._request

    def _request(self) -> None:
        self._read(self._read_request, client=True)

    def _read_request(self, cursor: Cursor) -> None:
        if cursor.u8() != 5:
            raise _Wrong("not SOCKS")
        command = cursor.u8()
        cursor.skip(1)
        host = _address(cursor)
        self._command, self._host, self._port = command, host, cursor.u16()
        self._step = self._reply

    def _reply(self) -> None:
        self._read(self._read_reply, client=False)

    def _read_reply(self, cursor: Cursor) -> None:
        if cursor.u8() != 5:
            raise _Wrong("not SOCKS")
        granted = cursor.u8() == 0
        cursor.skip(1)
        _address(cursor)
        cursor.skip(2)
        self._granted, self._over = granted, True

    def _read_request4(self, cursor: Cursor) -> None:
        command, port, address = cursor.u8(), cursor.u16(), cursor.take(4)
        _skip_text(cursor)
        named = address[:3] == bytes(3) and address[3] != 0
        host = host_name(_skip_text(cursor)) if named else str(IPv4Address(address))
        self._command, self._host, self._port = command, host, port

    def _reply4(self) -> None:
        self._read(self._read_reply4, client=False)

    def _read_reply4(self, cursor: Cursor) -> None:
        if cursor.u8() != 0:
            raise _Wrong("not SOCKS")
        granted = cursor.u8() == 90
        cursor.skip(6)
        self._granted, self._over = granted, True


class _Short(Exception):  # noqa: N818 (not an error: the rest of a message has not come)
    """Internal: never leaves the reader."""


class _Wrong(ParseError):  # noqa: N818 (a kind of ParseError, inside this module only)
    """Bytes that contradict SOCKS, however much more comes."""


def _address(cursor: Cursor) -> str | None:
    kind = cursor.u8()
    if kind == 1:
        return str(IPv4Address(cursor.take(4)))
    if kind == 3:
        return host_name(cursor.vector8())
    if kind == 4:
        return str(IPv6Address(cursor.take(16)))
    raise _Wrong("no such address")


def _skip_text(cursor: Cursor) -> bytes:
    """Bytes up to a NUL."""
    end = cursor.data.find(b"\0", cursor.at, cursor.stop)
    if end < 0:
        raise ParseError("a text that does not end")
    return cursor.take(end + 1 - cursor.at)[:-1]


def probe(orig: bytes, resp: bytes) -> Likeness:
    """A greeting and its answer: one of them alone is too little, three bytes may be anything."""
    if not orig:
        return Likeness.MAYBE if resp[:1] in (b"", b"\x05", b"\0") else Likeness.NO
    if orig[0] == 5:
        methods = orig[2 : 2 + orig[1]] if len(orig) > 1 else b""
        if len(orig) > 1 and not 1 <= orig[1] <= 16:
            return Likeness.NO
        if len(resp) < 2 or len(orig) < 2:
            return Likeness.MAYBE if resp[:1] in (b"", b"\x05") else Likeness.NO
        if len(orig) < 2 + orig[1]:
            return Likeness.MAYBE
        fits = resp[0] == 5 and (resp[1] in methods or resp[1] == NO_METHOD)
        return Likeness.YES if fits else Likeness.NO
    if orig[0] == 4:
        if (len(orig) > 1 and orig[1] not in (1, 2)) or (len(orig) > 8 and b"\0" not in orig[8:LARGEST]):
            return Likeness.NO
        if len(resp) < 8:
            return Likeness.MAYBE if resp[:1] in (b"", b"\0") else Likeness.NO
        return Likeness.YES if len(orig) > 8 and resp[0] == 0 and 90 <= resp[1] <= 93 else Likeness.NO
    return Likeness.NO
