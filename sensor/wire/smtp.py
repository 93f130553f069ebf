"""SMTP, LMTP and submission in clear, on any port (RFC 5321, 2033, 3030, 3207, 4954). Called for streams that `probe` takes.

* The server speaks first: `220 NAME ESMTP`; the client sends commands (`smtp_client`), each of which gets an answer `NNN text`.
* A mail is MAIL, RCPT…, then DATA with dot-stuffed text or BDAT with counted chunks; its answer says whether it was accepted.
* `250-STARTTLS` offers TLS; STARTTLS, 220, and what follows is TLS: `Rest.HANDOVER`. A middlebox that wants to read on
  writes XXXXXXXX over the offer, or answers 454.
* AUTH is told by its mechanism and outcome; its lines and the answers to 334 are skipped, never looked at.

One `Smtp` is told for each mail, when its answer came (or when none can come), and one for a session without any, at its end;
then one `SmtpDialogue` of all that the client asked.
Sides are told by what they say, so a capture may begin anywhere and show one of them only. Buffer: `HELD` bytes a side
until it is known who is who, then what `ClientSide` and `mime.MimeScanner` state, `LINE_LIMIT` of the server's.
"""

from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.mime import MimeScanner
from sensor.wire.records import Smtp
from sensor.wire.records_dialogues import SmtpDialogue
from sensor.wire.smtp_client import ClientSide, State
from sensor.wire.smtp_mail import Session, Transaction
from sensor.wire.smtp_replies import Due, DueReplies, Want
from sensor.wire.smtp_words import (
    FIRST_BYTES,
    MASKED,
    REPLY,
    begins_command,
    is_client,
    is_server,
    probe,
    server_name,
)

__all__ = ["FIRST_BYTES", "SmtpReader", "probe"]

HELD = 4_096
"""Bytes a side may say before one of them is recognised."""

LINE_LIMIT = 1_024
"""Bytes of an answer's line that are looked at: RFC 5321 4.5.3.1.5 allows 512."""

STRANGE = 256
"""Lines in a row that are none of the protocol's before it is given up."""


class SmtpReader:
    """See the module. Fed in both directions, or in one."""

    service: ClassVar[str] = "smtp"

    def __init__(self) -> None:
        self._session = Session()
        self._due = DueReplies()
        self._client = ClientSide(self._session, self._due)
        self._client_is_orig: bool | None = None
        self._held = {True: b"", False: b""}
        self._heard = {True: False, False: False}
        self._ended = {True: False, False: False}
        self._answers = b""  # of the server, the line that has begun
        self._skip = False  # the rest of an answer's line that is too long, or that a gap hides
        self._answered = False
        self._strange = 0
        self._tls_begins = self._over = False
        self._other = False  # what looked like the middle of a mail is another protocol's
        self._told_any = False
        self._unseen: Transaction | None = None  # a body that the server asked for, of a client not yet heard

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._client_is_orig is None:
            self._held[from_orig] += data
            if not self._sides_known(from_orig):
                return MORE
            for side in (not from_orig, from_orig):
                if self._client.tls_begins or self._tls_begins or self._over:
                    break  # what the other has said by now depends on how it was cut
                held, self._held[side] = self._held[side], b""
                if held:
                    self._feed(held, side)
        else:
            self._feed(data, from_orig)
        return self._outcome()

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        if self._client_is_orig is None:
            self._held[from_orig] = b""
            self._client.state = State.LOST
        elif from_orig == self._client_is_orig:
            self._client.gap(missing)
        else:
            self._answers = b""
            self._skip = True
            self._client.tell(*self._due.clear())
        return self._outcome()

    def end(self, *, from_orig: bool) -> Outcome:
        self._ended[from_orig] = True
        if from_orig == self._client_is_orig:
            self._client.end()
        if all(self._ended.values()) or not self._heard[not from_orig]:
            return self._finish()
        return self._outcome()

    # Sides

    def _sides_known(self, from_orig: bool) -> bool:
        data = self._held[from_orig]
        if is_server(data):
            self._client_is_orig = not from_orig
        elif is_client(data) or len(data) > HELD:
            self._client_is_orig = from_orig
            if not is_client(data):
                self._client.state = State.LOST
                self._client.doubtful = True
        else:
            return False
        other = self._held[not from_orig].lstrip(b"\r\n") if from_orig != self._client_is_orig else b""
        if other and begins_command(other) is Likeness.NO and not is_client(other):
            self._client.state = State.LOST
        self._client.server_heard = self._heard[not self._client_is_orig]
        return True

    def _feed(self, data: bytes, from_orig: bool) -> None:
        if from_orig == self._client_is_orig:
            if self._unseen is not None and self._due.forget(self._unseen):
                self._client.begin_body()  # here it is
            self._unseen = None
            self._client.feed(data)
        else:
            self._client.server_heard = True
            if self._client.doubtful and not self._skip:
                self._dispel(self._answers + data)
            if not self._other:
                self._server(data)

    def _dispel(self, said: bytes) -> None:
        """The first words of the other side: is it a mail server?"""
        if REPLY.match(said):
            self._client.dispel()
        else:
            self._other = len(said) >= 4 or not said.isdigit()

    # The server's answers

    def _server(self, data: bytes) -> None:
        data = self._answers + data
        pos = 0
        while pos < len(data) and not self._over and not self._tls_begins:
            if data[pos] == 0x16 and not self._skip:  # a TLS record: no answer begins so
                self._tls_begins = True
                break
            end = data.find(b"\n", pos)
            if end < 0 and (self._skip or len(data) - pos <= LINE_LIMIT):
                pos = len(data) if self._skip else pos
                break
            if not self._skip:
                self._answer(data[pos : min(end if end >= 0 else len(data), pos + LINE_LIMIT)])
            self._skip = end < 0
            pos = end + 1 if end >= 0 else len(data)
        self._answers = data[pos:]

    def _answer(self, line: bytes) -> None:
        found = REPLY.match(line)
        if found is None:
            self._strange += 1
            return
        self._strange = 0
        code, text = int(found[1]), line[4:].strip()
        if code == 250:
            self._keyword(text.upper())
        if found[2] == b"-":
            return
        self._session.last_code = code
        first, self._answered = not self._answered, True
        if first and code in (220, 421, 554) and not self._due.has(Want.STARTTLS):
            self._session.server_name = server_name(text)
            return
        self._match(code)

    def _keyword(self, word: bytes) -> None:
        if self._session.tls == "none" and word == b"STARTTLS":
            self._session.tls = "offered"
        elif self._session.tls == "none" and MASKED.match(word) and not self._told_any:
            self._session.tls = "stripped"

    def _match(self, code: int) -> None:
        """What this answer is for, and what follows from it."""
        if self._client.answer_ends_body and not self._due.has(Want.DATA):
            self._client.early = code
            self._client.end_body(complete=False)
            self._client.go_on()
            return
        due, passed = self._due.take(code)
        self._client.tell(*passed)
        if due is None:
            self._unasked(code)
            return
        match due.want:
            case Want.DATA:
                self._data(code)
            case Want.AUTH:
                self._auth(code)
            case Want.STARTTLS:
                self._starttls(code)
            case Want.BODY:
                self._body(due, code)
            case Want.QUIT:
                self._over = True
        self._client.go_on()

    def _auth(self, code: int) -> None:
        self._client.auth_open = code == 334
        if code != 334:
            self._session.auth_success = code < 400

    def _body(self, due: Due, code: int) -> None:
        if due.transaction is not None:
            due.transaction.accepted = bool(due.transaction.accepted) or code < 400
            if due.count <= 0:
                self._client.tell(due.transaction)

    def _data(self, code: int) -> None:
        if self._client.state is State.ASKED:
            if code == 354:
                self._client.begin_body()
            else:
                self._client.state = State.COMMAND

    def _starttls(self, code: int) -> None:
        session = self._session
        if code == 220:
            self._client.state = State.TLS
            session.tls = "offered" if session.tls == "none" else session.tls
        else:
            session.tls = "stripped" if code == 454 else "refused"

    def _unasked(self, code: int) -> None:
        """Nothing that was seen is due: what does the answer say by itself?"""
        client = self._client
        client_heard = bool(self._client_is_orig is not None and self._heard[self._client_is_orig])
        if client.state is State.BODY:
            client.early = code
        elif code == 354 and client_heard:
            client.begin_body()
            client.go_on()
        elif code == 354:
            self._unseen = Transaction(whole=False, mail=MimeScanner().finish(complete=False))
            client.tell(*self._due.add(Want.BODY, self._unseen))
        elif code in (235, 535):
            self._session.auth_success = code == 235
        elif code == 221:
            self._over = True

    # What is told

    def _outcome(self) -> Outcome:
        if self._other:
            return GiveUp("no answer of SMTP")
        if self._client.tls_begins or self._tls_begins:
            return self._hand_over()
        if self._over:
            return self._finish()
        if max(self._strange, self._client.strange) > STRANGE:
            return self._finish() if self._told_any else GiveUp("no commands and no answers")
        told = self._told()
        return Events(told) if told else MORE

    def _told(self) -> tuple[Smtp, ...]:
        told, self._client.told = tuple(self._client.told), []
        self._told_any = self._told_any or bool(told)
        return told

    def _closing(self) -> tuple[Smtp | SmtpDialogue, ...]:
        dialogue = self._session.asked.told()
        return self._told() + ((dialogue,) if dialogue else ())

    def _finish(self) -> Outcome:
        """No more comes."""
        self._client.end()
        self._client.tell(*self._due.clear())
        if not self._told_any and not self._client.told:
            if self._client_is_orig is None or not (self._session.helo or self._answered or self._client.transaction):
                return GiveUp("ended before anything was said")
            self._client.tell(self._client.transaction or Transaction())
        return Events(self._closing(), Rest.DONE)

    def _hand_over(self) -> Outcome:
        client = self._client
        agreed = client.state is State.TLS or client.tls_asked or self._tls_begins
        client.end()
        client.tell(*self._due.clear())
        if agreed:  # else a client that expected TLS from the start spoke it to a server that does not
            self._session.tls = "established"
        client.tell(Transaction())
        mine = bool(self._client_is_orig)
        left = {mine: client.buffer + self._held[mine], not mine: self._answers + self._held[not mine]}
        return Events(self._closing(), Rest.HANDOVER, left_orig=left[True], left_resp=left[False])
