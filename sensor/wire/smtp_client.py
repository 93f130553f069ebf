"""The client's side of an SMTP dialogue: commands, and where a mail's body begins and ends. Part of `sensor.wire.smtp`.

* A command is a line. DATA is followed, once the server said 354, by dot-stuffed text; BDAT n by n bytes as they are (RFC 3030).
* Where the server's 354 was not seen (yet), the bytes after DATA tell: a command means that the server refused.
* Where commands should stand and a mail's fields do, DATA itself was not seen: it is a body all the same.
* After a gap among commands, or in the middle of a capture, the next bytes are a command or else taken for a body.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import ClassVar

from sensor.wire import Likeness
from sensor.wire.records import Smtp
from sensor.wire.smtp_dots import DotText
from sensor.wire.smtp_mail import Session, Transaction
from sensor.wire.smtp_replies import DueReplies, Want
from sensor.wire.smtp_words import MAIL_FIELD, MASKED, PROXY_V2, RESUME, VERBS, begins_command, domain_of

LINE_LIMIT = 2_048
"""Bytes of a command that are looked at: RFC 5321 allows 512, its extensions some more."""

SLICE = 16_384
"""Bytes that are taken in at once: bounds what is copied for each of many short mails."""

_CHUNK = re.compile(rb"([0-9]{1,15})(?:[ \t]+(LAST))?[ \t]*\Z", re.IGNORECASE)
_MECHANISM = re.compile(rb"[A-Z0-9_-]{1,24}\Z")


class State(Enum):
    COMMAND = "command"
    ASKED = "asked"  # DATA was sent, and its answer not yet seen
    BODY = "body"
    CHUNK = "chunk"
    LOST = "lost"  # command or body: the next bytes tell
    TLS = "tls"  # the server agreed to TLS: its first byte is due


class ClientSide:
    """Reads the client's bytes into `transaction`s. `server_heard` decides whether an answer is awaited.

    Holds at most `SLICE` and `LINE_LIMIT` bytes beside the mail's scanner.
    """

    def __init__(self, session: Session, due: DueReplies) -> None:
        self.session = session
        self.due = due
        self.state = State.COMMAND
        self.buffer = b""
        self.server_heard = False
        self.auth_open = False  # the server said 334: the next line is a secret
        self.early: int | None = None  # an answer that overtook the end of the body it is for
        self.transaction: Transaction | None = None
        self.told: list[Smtp] = []
        self.tls_begins = False
        self.strange = 0  # lines in a row that are no commands
        self._dots: DotText | None = None
        self._chunk = 0
        self._last_chunk = False
        self._skip = False  # the rest of a line that is too long
        self._gapped = self._guess = False  # in the body; the body itself is a guess
        self._fresh = True
        self.tls_asked = False

    def feed(self, data: bytes) -> None:
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

    def tell(self, *transactions: Transaction) -> None:
        self.told += [transaction.told(self.session) for transaction in transactions]

    # Bodies

    def begin_body(self, *, midway: bool = False) -> None:
        transaction = self._current()
        transaction.whole = transaction.whole and not midway
        self._dots = DotText(transaction.body(midway=midway), begins_command)
        self._gapped = self._guess = midway
        self.state = State.BODY

    def end_body(self, *, complete: bool) -> None:
        """The body is over, by its end mark, by the server's answer, or because no more comes."""
        if self._dots is not None and self._dots.maybe:
            self.buffer, complete = self._dots.after + self.buffer, True
        transaction, self.transaction, self._dots = self._current(), None, None
        self.state = State.COMMAND
        transaction.end_body(complete=complete and not self._gapped)
        if self._guess and not complete and not (transaction.mail and transaction.mail.attachments):
            return  # no end mark, no part: it may have been anything
        if self.early is not None:
            transaction.accepted, self.early = self.early < 400, None
            self.tell(transaction)
        elif self.server_heard:
            count = max(1, transaction.rcpt_count) if self.session.lmtp else 1
            self.tell(*self.due.add(Want.BODY, transaction, count))
        else:
            self.tell(transaction)

    @property
    def answer_ends_body(self) -> bool:
        """Would an answer now mean that the end of the body was missed?"""
        return self.state is State.BODY and (self._gapped or bool(self._dots and self._dots.maybe))

    def _current(self) -> Transaction:
        if self.transaction is None:
            self.transaction = Transaction(whole=False)
        return self.transaction

    def _take_body(self) -> bool:
        assert self._dots is not None
        data, self.buffer = self.buffer, b""
        if self._gapped:
            self._dots.after_gap(data)
            found = RESUME.search(data) if self._guess or not self.server_heard else None
            if found:
                rest = self._dots.feed(data[: found.start()])
                self.end_body(complete=rest is not None)
                self.buffer = data[found.start() :]
                return True
        rest = self._dots.feed(data)
        if rest is None:
            return False
        self.buffer = rest
        self.end_body(complete=True)
        return True

    def _take_chunk(self) -> bool:
        data, self.buffer = self.buffer[: self._chunk], self.buffer[self._chunk :]
        self._current().body().feed(data)
        self._chunk -= len(data)
        return self._end_chunk()

    def _end_chunk(self) -> bool:
        if self._chunk == 0:
            self.state = State.COMMAND
            if self._last_chunk:
                self.end_body(complete=True)
            else:
                self._expect(Want.OTHER)
        return self._chunk == 0

    def _take_after_data(self) -> bool:
        likely = begins_command(self.buffer)
        if likely is Likeness.NO:
            self.begin_body()
        elif likely is Likeness.YES:
            self.state = State.COMMAND
        return likely is not Likeness.MAYBE

    def _take_lost(self) -> bool:
        likely = begins_command(self.buffer)
        if likely is Likeness.NO:
            self.begin_body(midway=True)
        elif likely is Likeness.YES:
            self.state = State.COMMAND
        return likely is not Likeness.MAYBE

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
        if verb == b"PROXY":
            return
        self._COMMANDS.get(verb, ClientSide._other)(self, rest.strip())
        if MASKED.match(verb):
            self.session.tls = "stripped"

    def _expect(self, want: Want) -> None:
        if self.server_heard:
            self.tell(*self.due.add(want))

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
        self._expect(Want.OTHER)

    def _rcpt(self, rest: bytes) -> None:
        self._current().rcpt(rest.partition(b":")[2])
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
        mechanism = rest.split(None, 1)[0].upper() if rest else b""
        if _MECHANISM.match(mechanism):
            self.session.auth_mechanism = mechanism.decode("ascii")
            self.session.auth_success = None
        self._expect(Want.AUTH)

    def _other(self, _rest: bytes) -> None:
        self._expect(Want.OTHER)

    def _abandon(self) -> None:
        """The transaction ends here; what went over the wire of its body is told."""
        transaction, self.transaction = self.transaction, None
        if transaction is not None and transaction.scanner is not None:
            transaction.end_body(complete=False)
            self.tell(transaction)

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

    def end(self) -> None:
        if self.state in (State.BODY, State.CHUNK):
            self.end_body(complete=False)
        self._abandon_open()

    def _abandon_open(self) -> None:
        if self.transaction is not None and self.transaction.scanner is not None:
            self._abandon()

    _STEPS: ClassVar[dict[State, Callable[["ClientSide"], bool]]] = {
        State.COMMAND: _take_command,
        State.TLS: _take_command,
        State.ASKED: _take_after_data,
        State.BODY: _take_body,
        State.CHUNK: _take_chunk,
        State.LOST: _take_lost,
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
