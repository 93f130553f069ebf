r"""RFB, the protocol of VNC, up to where the session begins (RFC 6143, 7.1 to 7.3.1).

    server: "RFB 003.008\n"                         client: the same, its own version
    server: 3.3: type(4), 0 with a reason             from 3.7: count(1) types(1 each), 0 with a reason
    client: from 3.7: type(1)
    type 2: server challenge(16), client response(16): skipped, never kept
    server: result(4), 0 = granted: after type 2, and from 3.8 also after type 1
    client: share flag(1)
    a repeater says 000.000 first; its client answers with ID(250), then the server itself is heard

Types other than 1 (none) and 2 (VNC) go on in ways of their own: what is known is told there. The side that speaks first is the
server; an originator that speaks first waits for the other side's word, since a mirror may show one direction only.
"""

import re
from collections.abc import Callable
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.records import Rfb
from sensor.wire.sides import TwoSides, any_side

VERSION = re.compile(rb"RFB (\d{3}\.\d{3})\n")
VERSION_SIZE = 12
REPEATER, REPEATER_ID = b"000.000", 250
NONE, VNC = 1, 2
ENOUGH = 64  # bytes of a silent server's client: more than its side of any opening
LARGEST = 1_024


class RfbReader(TwoSides):
    """Buffer: at most 1 KiB of each direction, less than that in any real opening."""

    service: ClassVar[str] = "rfb"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())
        self._server: bool | None = None  # the direction of the server
        self._versions: dict[bool, str] = {}  # by whether it is the server's
        self._types = b""
        self._type: int | None = None
        self._granted: bool | None = None
        self._shared = False
        self._over = False
        self._step: Callable[[], bool] = self._server_version

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._lost[from_orig]:
            return MORE
        self._buffers[from_orig].extend(data[:LARGEST])
        if len(self._buffers[from_orig]) > 2 * LARGEST:
            return self._finish()  # the session itself: something of its opening was not understood
        self._decide(from_orig=from_orig)
        return self._go_on()

    def _decide(self, *, from_orig: bool) -> None:
        """Who is the server."""
        if self._server is not None:
            return
        if not from_orig:
            self._server = bool(self._buffers[True])  # spoke first: the capture took the sides the other way round
        elif len(self._buffers[True]) > ENOUGH:
            self._server = False

    def _go_on(self) -> Outcome:
        if self._server is None:
            return MORE
        try:
            while self._step():
                pass
        except ParseError:
            if not self._versions:
                raise
            self._over = True  # one side spoke RFB, whatever the other is
        return self._tell() if self._over else MORE

    def _lost_side(self, *, from_orig: bool) -> Outcome:
        del from_orig
        return self._go_on()

    def _finish(self) -> Outcome:
        if self._server is None:
            self._server = False
        self._go_on()
        return self._tell()

    def _tell(self) -> Outcome:
        if not self._versions:
            return GiveUp("no version")
        record = Rfb(
            client_version=self._versions.get(False),
            server_version=self._versions.get(True),
            security_type=self._type,
            authenticated=self._granted,
            share_flag_seen=self._shared,
        )
        return Events((record,), Rest.DONE)

    # Steps: each reads one thing and names the next step; False while its bytes have not come.

    def _silent(self, *, server: bool) -> bool:
        """Whether that side will not say what is waited for: it was never heard while the other went on, or it is lost."""
        side = self._server is server
        if self._lost[side]:
            return not self._buffers[side]
        return not self._heard[side] and bool(self._buffers[not side])

    def _get(self, size: int, *, server: bool) -> bytes | None:
        buffer = self._buffers[self._server is server]
        if len(buffer) < size:
            return None
        taken = bytes(buffer[:size])
        del buffer[:size]
        return taken

    def _server_version(self) -> bool:
        return self._version(self._client_version, server=True)

    def _client_version(self) -> bool:
        return self._version(self._security, server=False)

    def _version(self, following: Callable[[], bool], *, server: bool) -> bool:
        line = self._get(VERSION_SIZE, server=server)
        if line is not None:
            match = VERSION.fullmatch(line)
            if not match:
                raise ParseError("not a version of RFB")
            self._versions[server] = match[1].decode()
            if match[1] == REPEATER:
                following = self._repeater
        elif not self._silent(server=server):
            return False
        self._step = following
        return True

    def _repeater(self) -> bool:
        if self._get(REPEATER_ID, server=False) is None and not self._silent(server=False):
            return False
        self._step = self._server_version
        return True

    @property
    def _minor(self) -> int:
        """3, 7 or 8: what both speak. Versions above 3 are makers' own, and open like 3.8; unknown minors like 3.3."""
        spoken = min(self._versions.values(), default="003.008")
        major, minor = spoken.split(".")
        if int(major) > 3 or int(minor) >= 8:
            return 8
        return 7 if int(minor) == 7 else 3

    def _security(self) -> bool:
        if self._minor == 3:
            word = self._get(4, server=True)
            if word is not None:
                self._chosen(int.from_bytes(word, "big"))
                return True
        else:
            buffer = self._buffers[self._server is True]
            if buffer and len(buffer) > buffer[0]:
                self._types = (self._get(1 + buffer[0], server=True) or b"")[1:]
                self._step = self._choice
                if not self._types:
                    self._over = True  # refused, with a reason
                    self._step = self._stop
                return True
        if self._silent(server=True) and self._minor != 3:
            self._step = self._choice
            return True
        return False

    def _choice(self) -> bool:
        choice = self._get(1, server=False)
        if choice is None:
            if not self._silent(server=False):
                return False
            choice = self._types if len(self._types) == 1 else b"\0"  # not seen: known only where there was none
        self._chosen(choice[0])
        return True

    def _chosen(self, kind: int) -> None:
        self._type = kind or None
        if kind == VNC:
            self._step = self._challenge
        elif kind == NONE:
            self._step = self._result if self._minor == 8 else self._init
        else:
            self._over = True
            self._step = self._stop

    def _challenge(self) -> bool:
        if self._get(16, server=True) is None and not self._silent(server=True):
            return False
        self._step = self._response
        return True

    def _response(self) -> bool:
        if self._get(16, server=False) is None and not self._silent(server=False):
            return False
        self._step = self._result
        return True

    def _result(self) -> bool:
        word = self._get(4, server=True)
        if word is None and not self._silent(server=True):
            return False
        if word is not None:
            self._granted = not any(word)
        self._step = self._init
        if self._granted is False:
            self._over = True
            self._step = self._stop
        return True

    def _init(self) -> bool:
        if self._get(1, server=False) is None:
            return False
        self._shared = True
        self._over = True
        self._step = self._stop
        return True

    def _stop(self) -> bool:
        return False


def probe(orig: bytes, resp: bytes) -> Likeness:
    return any_side(_banner, orig, resp)


def _banner(data: bytes) -> Likeness:
    head = data[:VERSION_SIZE]
    pattern = b"RFB 000.000\n"
    shape = bytes(0x30 if 0x30 <= byte <= 0x39 else byte for byte in head)
    if b"0" in head[:4] or not pattern.startswith(shape):
        return Likeness.NO
    return Likeness.YES if len(head) == VERSION_SIZE else Likeness.MAYBE
