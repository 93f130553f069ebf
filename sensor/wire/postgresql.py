"""PostgreSQL's opening: does TLS begin within it? (PostgreSQL documentation, 55.2.11 and 55.7)

    client, may ask first: length(4)=8 code(4): 80877103 TLS, 80877104 GSSAPI
    server: one byte: S or G, it begins; N, no: the client asks for the other, starts in clear or leaves; E, an old server's error
    client, in clear: length(4) 3.0(2+2) name NUL value NUL … NUL: user, database; skipped, never kept

TLS agreed, its first byte is the next of either side: `Rest.HANDOVER`. With a client alone, its hello tells.
"""

from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.records_dialogues import Postgresql, Upgrade
from sensor.wire.sides import TwoSides, starts

ASK_TLS = b"\0\0\0\x08\x04\xd2\x16\x2f"
ASK_GSS = b"\0\0\0\x08\x04\xd2\x16\x30"
VERSION_3 = b"\0\3\0"  # and any minor version below 256
FIRST_NAME = b"user\0"  # without a user no server lets anyone in; every client known names it first
START = 8 + len(FIRST_NAME)
LONGEST_START = 10_000
HANDSHAKE = b"\x16\x03"
HELD = 16_384  # of a client that does not wait for the answer


class PostgresqlReader(TwoSides):
    """Buffer: the bytes of each side that are not yet understood, `HELD` at most."""

    service: ClassVar[str] = "postgresql"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())
        self._asked: bytes | None = None
        self._tls: Upgrade = "none"
        self._known = False

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        resp, orig = self._buffers
        self._buffers[from_orig].extend(data)
        while self._step(resp, orig):
            pass
        if self._tls == "established":
            return Events((Postgresql(self._tls),), Rest.HANDOVER, left_orig=bytes(orig), left_resp=bytes(resp))
        return self._finish() if self._known or max(len(orig), len(resp)) > HELD else MORE

    def _step(self, resp: bytearray, orig: bytearray) -> bool:
        """One question or answer off the buffers; False when there is none."""
        if self._known or self._tls == "established":
            return False
        if self._asked is None:
            if len(orig) < 8:
                return False
            asked = bytes(orig[:8])
            if asked in (ASK_TLS, ASK_GSS):
                self._asked = asked
                del orig[:8]
            else:
                self._known = True  # it starts in clear, or cancels another session
            return True
        if resp:
            self._answer(chr(resp.pop(0)))
        elif self._asked == ASK_TLS and not self._heard[False] and orig.startswith(HANDSHAKE):
            self._tls = "established"
        else:
            return False
        return True

    def _answer(self, word: str) -> None:
        if self._asked == ASK_TLS:
            self._tls = "established" if word == "S" else "refused"
        self._known = word not in "SN"
        self._asked = None

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        """Where TLS begins is lost with it."""
        del missing, from_orig
        return self._finish()

    def _finish(self) -> Outcome:
        asked = self._known or self._asked or self._tls != "none"
        return Events((Postgresql(self._tls),), Rest.DONE) if asked else GiveUp("nothing was asked")


def probe(orig: bytes, resp: bytes) -> Likeness:
    """What a client says first; the server's one letter says nothing by itself."""
    if not orig:
        return Likeness.MAYBE if resp in (b"", b"S", b"N") else Likeness.NO
    if ASK_TLS.startswith(orig[:8]) or ASK_GSS.startswith(orig[:8]):
        return Likeness.YES if len(orig) >= 8 else Likeness.MAYBE
    if not START <= int.from_bytes(orig[:4].ljust(4, b"\0"), "big") <= LONGEST_START and len(orig) >= 4:
        return Likeness.NO
    if orig[0] or starts(orig[4:7], VERSION_3) is Likeness.NO:
        return Likeness.NO
    return starts(orig[8:], FIRST_NAME) if len(orig) > 8 else Likeness.MAYBE
