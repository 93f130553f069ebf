"""MySQL's and MariaDB's opening: does TLS begin within it? (MySQL "Client/Server Protocol", Connection Phase)

    packet: length(3, little-endian) number(1) payload
    server, number 0: 10 version NUL thread(4) nonce(8) 0 abilities(2) …
    client, number 1: abilities(4) largest(4) charset(1) zeros(23), and nothing more: TLS begins (`SSLRequest`);
                      user, password's proof and database behind them: it goes on in clear, skipped, never kept

The client asks only where the server offers it, and does not wait for an answer: `Rest.HANDOVER` behind its packet.
"""

import re
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.records_dialogues import Mysql, Upgrade
from sensor.wire.sides import TwoSides
from sensor.wire.text import printable

HEADER = 4
PROTOCOL = 10
LONGEST_VERSION = 60
LARGEST = 1_024  # of a greeting
SSL = 0x0800
REQUEST = 32  # bytes of an SSLRequest
HELD = 16_384
_VERSION = re.compile(rb"[0-9][!-~]*\Z")
FIRST_BYTES = HEADER + 1 + LONGEST_VERSION + 1


class MysqlReader(TwoSides):
    """Buffer: the greeting and the client's first packet, `HELD` at most each."""

    service: ClassVar[str] = "mysql"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())
        self._version: str | None = None

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        resp, orig = self._buffers
        self._buffers[from_orig].extend(data)
        if self._version is None:
            greeting = _packet(resp, 0)
            if greeting is None:
                return self._finish() if max(len(resp), len(orig)) > HELD else MORE
            self._version = printable(bytes(greeting[1:].partition(b"\0")[0][:LONGEST_VERSION]))
            del resp[: HEADER + len(greeting)]
        asked = _packet(orig, 1)
        if asked is None:
            return self._finish() if len(orig) > HELD else MORE
        if len(asked) != REQUEST or not int.from_bytes(asked[:4], "little") & SSL:
            return self._finish()
        del orig[: HEADER + REQUEST]
        return Events((self._told("established"),), Rest.HANDOVER, left_orig=bytes(orig), left_resp=bytes(resp))

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        """Where TLS begins is lost with it."""
        del missing, from_orig
        return self._finish()

    def _told(self, tls: Upgrade) -> Mysql:
        return Mysql(tls, self._version or None)

    def _finish(self) -> Outcome:
        return Events((self._told("none"),), Rest.DONE) if self._version is not None else GiveUp("no greeting")


def _packet(buffer: bytearray, number: int) -> bytearray | None:
    """The payload of the packet that `buffer` begins with; None while it has not all come, or is another's."""
    size = int.from_bytes(buffer[:3], "little")
    whole = len(buffer) >= HEADER + size and len(buffer) > HEADER
    return buffer[HEADER : HEADER + size] if whole and buffer[3] == number else None


def probe(orig: bytes, resp: bytes) -> Likeness:
    """The server's greeting: a version that looks like one, in a packet of a greeting's size."""
    if not resp:
        client = orig[3:4] in (b"", b"\1") and int.from_bytes(orig[:3], "little") < HELD
        return Likeness.MAYBE if client else Likeness.NO
    if len(resp) < HEADER + 1:
        return Likeness.MAYBE if resp[3:4] in (b"", b"\0") else Likeness.NO
    size = int.from_bytes(resp[:3], "little")
    if resp[3] or resp[HEADER] != PROTOCOL or not 40 <= size <= LARGEST:
        return Likeness.NO
    version, end, _ = resp[HEADER + 1 : FIRST_BYTES].partition(b"\0")
    if (version or end) and not _VERSION.match(version):
        return Likeness.NO
    if end:
        return Likeness.YES if b"." in version else Likeness.NO
    return Likeness.MAYBE if len(resp) < FIRST_BYTES else Likeness.NO
