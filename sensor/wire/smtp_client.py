"""The client's side of an SMTP dialogue: its commands; bodies are `smtp_body`'s. Part of `sensor.wire.smtp`.

* A command is a line. DATA is followed, once the server said 354, by dot-stuffed text; BDAT n by n bytes as they are (RFC 3030).
* Where the server's 354 was not seen (yet), the bytes after DATA tell: a command means that the server refused.
* Where commands should stand and a mail's fields do, DATA itself was not seen: it is a body all the same.
* After a gap among commands, or in the middle of a capture, the next bytes are a command or else taken for a body.
"""

import re
from collections.abc import Callable
from typing import ClassVar

from sensor.wire.sasl import mechanism
from sensor.wire.smtp_body import Bodies, State
from sensor.wire.smtp_mail import Session, Transaction
from sensor.wire.smtp_replies import DueReplies, Want
from sensor.wire.smtp_words import MAIL_FIELD, MASKED, PROXY_V2, VERBS, domain_of

__all__ = ["LINE_LIMIT", "SLICE", "ClientSide", "State"]

LINE_LIMIT = 2_048
"""Bytes of a command that are looked at: RFC 5321 allows 512, its extensions some more."""

SLICE = 16_384
"""Bytes that are taken in at once: bounds what is copied for each of many short mails."""

_CHUNK = re.compile(rb"([0-9]{1,15})(?:[ \t]+(LAST))?[ \t]*\Z", re.IGNORECASE)


class ClientSide(Bodies):
    """Reads the client's bytes into `transaction`s. `server_heard` decides whether an answer is awaited.

    Holds at most `SLICE` and `LINE_LIMIT` bytes beside the mail's scanner.
    """

    def __init__(self, session: Session, due: DueReplies) -> None:
        super().__init__(session, due)
        self.auth_open = False  # the server said 334: the next line is a secret
        self.tls_begins = False
        self.tls_asked = False
        self.strange = 0  # lines in a row that are no commands
        self._skip = False  # the rest of a line that is too long
        self._fresh = True

    def feed(self, data: bytes) -> None:
        if self.state is State.BODY and not self.buffer and b"." not in data:
            self.buffer = data  # it ends nowhere in there
            self.go_on()
            return
        for at in range(0, len(data), SLICE):
            self.buffer += data[at : at + SLICE]
            self.go_on()
            if self.tls_begins:
                self.buffer += data[at + SLICE :]
                return

    def go_on(self) -> None:
        """Take what can be taken of the buffer."""
        while self.buffer and not self.tls_begins and self._STEPS[self.state](self):
            pass

    # Commands

    def _take_command(self) -> bool:
        if self._fresh and PROXY_V2.startswith(self.buffer[:12]):
            return self._skip_proxy()
        self._fresh = False
        if self.buffer[0] == 0x16 and not self._skip:  # a TLS record (RFC 8446 5.1): no line begins so
            self.tls_begins = self.state is State.TLS or not self.due.has(Want.STARTTLS) or len(self.buffer) > SLICE
            return False
        end = self.buffer.find(b"\n")
        if end < 0 and len(self.buffer) <= LINE_LIMIT:
            return False
        line = self.buffer[: end if 0 <= end <= LINE_LIMIT else LINE_LIMIT]
        if not self._skip and MAIL_FIELD.match(line) and not self.auth_open:
            self.begin_body()
            return True
        self.buffer = self.buffer[end + 1 :] if end >= 0 else b""
        if not self._skip:
            self._command(line.strip())
        self._skip = end < 0
        return True

    def _skip_proxy(self) -> bool:
        if len(self.buffer) < 16:
            return False
        size = 16 + int.from_bytes(self.buffer[14:16], "big")
        if len(self.buffer) < size:
            return False
        self.buffer = self.buffer[size:]
        self._fresh = False
        return True

    def _command(self, line: bytes) -> None:
        if self.auth_open:
            self.auth_open = False
            self._expect(Want.AUTH)
            return
        verb, _, rest = line.partition(b" ")
        verb = verb.upper()
        if self.tls_asked and not self.server_heard:
            self.session.tls = "refused"  # it goes on in clear
        self.state = State.COMMAND
        self.strange = 0 if verb in VERBS else self.strange + 1
        if verb in VERBS and self.doubtful:
            self.dispel()
        if verb == b"PROXY":
            return
        self.session.asked.command(verb)
        self._COMMANDS.get(verb, ClientSide._other)(self, rest.strip())
        if MASKED.match(verb):
            self.session.tls = "stripped"

    def _hello(self, _rest: bytes) -> None:
        self.session.helo = True
        self._expect(Want.OTHER)
        self._abandon()

    def _lhlo(self, rest: bytes) -> None:
        self.session.lmtp = True
        self._hello(rest)

    def _mail(self, rest: bytes) -> None:
        self._abandon()
        self.transaction = Transaction(mailfrom_domain=domain_of(rest.partition(b":")[2]))
        self.session.asked.sender(self.transaction.mailfrom_domain)
        self._expect(Want.OTHER)

    def _rcpt(self, rest: bytes) -> None:
        domain = domain_of(rest.partition(b":")[2])
        self._current().rcpt(domain)
        self.session.asked.recipient(domain)
        self._expect(Want.OTHER)

    def _data(self, _rest: bytes) -> None:
        self._expect(Want.DATA)
        self.state = State.ASKED

    def _bdat(self, rest: bytes) -> None:
        found = _CHUNK.match(rest)
        if found is None:
            self._expect(Want.OTHER)
            return
        self._chunk, self._last_chunk = int(found[1]), found[2] is not None
        self.state = State.CHUNK
        self._gapped = self._guess = False
        self._current().body()
        self._end_chunk()

    def _reset(self, _rest: bytes) -> None:
        self._abandon()
        self._expect(Want.OTHER)

    def _quit(self, _rest: bytes) -> None:
        self._abandon()
        self._expect(Want.QUIT)

    def _starttls(self, _rest: bytes) -> None:
        self.tls_asked = True
        self._expect(Want.STARTTLS)

    def _auth(self, rest: bytes) -> None:
        if rest:
            self.session.auth_mechanism, self.session.auth_success = mechanism(rest.split(None, 1)[0]), None
        self._expect(Want.AUTH)

    def _other(self, _rest: bytes) -> None:
        self._expect(Want.OTHER)

    # What is missing

    def gap(self, missing: int) -> None:
        self.tell(*(self.due.clear() if self.state not in (State.BODY, State.CHUNK) else []))
        if self.state is State.ASKED:
            self.begin_body()
        if self.state is State.BODY and self._dots is not None:
            self._gapped = True
            self._dots.gap(missing)
        elif self.state is State.CHUNK:
            hidden = min(missing, self._chunk)
            self._current().body().gap(hidden)
            self._chunk -= hidden
            self._end_chunk()
            self.state = State.LOST if missing > hidden else self.state
        elif self.state is State.TLS:
            self.tls_begins = True
        else:
            self.buffer = b""
            self._skip = self.auth_open = False
            self.state = State.LOST

    _STEPS: ClassVar[dict[State, Callable[["ClientSide"], bool]]] = {
        State.COMMAND: _take_command,
        State.TLS: _take_command,
        State.ASKED: Bodies.take_after_data,
        State.BODY: Bodies.take_body,
        State.CHUNK: Bodies.take_chunk,
        State.LOST: Bodies.take_lost,
    }

    _COMMANDS: ClassVar[dict[bytes, Callable[["ClientSide", bytes], None]]] = {
        b"EHLO": _hello,
        b"HELO": _hello,
        b"LHLO": _lhlo,
        b"MAIL": _mail,
        b"RCPT": _rcpt,
        b"DATA": _data,
        b"BDAT": _bdat,
        b"RSET": _reset,
        b"QUIT": _quit,
        b"STARTTLS": _starttls,
        b"AUTH": _auth,
    }
