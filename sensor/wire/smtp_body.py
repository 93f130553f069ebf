"""Where a mail's body begins and ends among the client's bytes. The part of `sensor.wire.smtp_client` that reads no commands.

* DATA is followed, once the server said 354, by dot-stuffed text (`smtp_dots`); BDAT n by n bytes as they are (RFC 3030).
* Where the server's 354 was not seen (yet), the bytes after DATA tell: a command means that the server refused.
* After a gap among commands, or in the middle of a capture, the next bytes are a command or else taken for a body.
"""

from enum import Enum

from sensor.wire import Likeness
from sensor.wire.records import Smtp
from sensor.wire.smtp_dots import DotText
from sensor.wire.smtp_mail import Session, Transaction
from sensor.wire.smtp_replies import DueReplies, Want
from sensor.wire.smtp_words import RESUME, begins_command


class State(Enum):
    COMMAND = "command"
    ASKED = "asked"  # DATA was sent, and its answer not yet seen
    BODY = "body"
    CHUNK = "chunk"
    LOST = "lost"  # command or body: the next bytes tell
    TLS = "tls"  # the server agreed to TLS: its first byte is due


class Bodies:
    """Base of `ClientSide`. `server_heard` decides whether an answer is awaited. Holds one transaction and its scanner."""

    def __init__(self, session: Session, due: DueReplies) -> None:
        self.session = session
        self.due = due
        self.state = State.COMMAND
        self.buffer = b""
        self.server_heard = False
        self.early: int | None = None  # an answer that overtook the end of the body it is for
        self.transaction: Transaction | None = None
        self.told: list[Smtp] = []
        self.doubtful = False  # nothing of SMTP was seen yet
        self.waiting: list[Transaction] = []  # while it is doubtful: one, as another cannot follow without a command
        self._dots: DotText | None = None
        self._chunk = 0
        self._last_chunk = False
        self._gapped = self._guess = False  # in the body; the body itself is a guess

    def tell(self, *transactions: Transaction) -> None:
        told = [transaction.told(self.session) for transaction in transactions]
        self.session.asked.mails += sum(smtp.transferred for smtp in told)
        self.told += told

    def _expect(self, want: Want) -> None:
        if self.server_heard:
            self.tell(*self.due.add(want))

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
        if self._guess and not complete and not transaction.certain:
            return  # no end mark, no part: it may have been anything
        if self.early is not None:
            transaction.accepted, self.early = self.early < 400, None
            self.tell(transaction)
        elif self.server_heard:
            count = max(1, transaction.rcpt_count) if self.session.lmtp else 1
            self.tell(*self.due.add(Want.BODY, transaction, count))
        elif self.doubtful:
            self.waiting = [transaction]
        else:
            self.tell(transaction)

    def dispel(self) -> None:
        """It is SMTP: a mail that waited for that is one."""
        self.doubtful = False
        waiting, self.waiting = self.waiting, []
        for transaction in waiting:
            self.tell(*(self.due.add(Want.BODY, transaction) if self.server_heard else [transaction]))

    @property
    def answer_ends_body(self) -> bool:
        """Would an answer now mean that the end of the body was missed?"""
        return self.state is State.BODY and (self._gapped or bool(self._dots and self._dots.maybe))

    def _current(self) -> Transaction:
        if self.transaction is None:
            self.transaction = Transaction(whole=False)
        return self.transaction

    def take_body(self) -> bool:
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

    def take_chunk(self) -> bool:
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

    def take_after_data(self) -> bool:
        likely = begins_command(self.buffer)
        if likely is Likeness.NO:
            self.begin_body()
        elif likely is Likeness.YES:
            self.state = State.COMMAND
        return likely is not Likeness.MAYBE

    def take_lost(self) -> bool:
        likely = begins_command(self.buffer)
        if likely is Likeness.NO:
            self.begin_body(midway=True)
        elif likely is Likeness.YES:
            self.state = State.COMMAND
        return likely is not Likeness.MAYBE

    def _abandon(self) -> None:
        """The transaction ends here; what went over the wire of its body is told."""
        transaction, self.transaction = self.transaction, None
        if transaction is not None and transaction.scanner is not None:
            transaction.end_body(complete=False)
            self.tell(transaction)

    def end(self) -> None:
        if self.state in (State.BODY, State.CHUNK):
            self.end_body(complete=False)
        if self.transaction is not None and self.transaction.scanner is not None:
            self._abandon()
