"""POP3 in clear, on any port (RFC 1939, 2449, 2595, 5034). Called for streams that `probe` takes.

* The server greets `+OK text`; the client sends commands, each is answered `+OK…` or `-ERR…`, in order (they may be pipelined).
* RETR n and TOP n m bring a mail, CAPA, LIST and UIDL a list: dot-stuffed lines behind `+OK`, ended by a line ".".
* Log-in is USER and PASS, APOP, or AUTH mechanism with `+ ` challenges; their lines are skipped, only the outcome is told.
* STLS, `+OK`, and what follows is TLS: `Rest.HANDOVER`.

Where the client is not seen, what follows an `+OK` tells: lines that are no answer are a list, or a mail if they begin with
a mail's field. One `Pop3` a mail, one for a session without any. Bounded by `mailbox.Flow` a side, `mime.MimeScanner`
and `COMMANDS`.
"""

from collections import deque
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Outcome, Rest
from sensor.wire.mailbox import Flow, Session
from sensor.wire.mime import MimeScanner
from sensor.wire.pop3_words import ANSWER, COMMAND, FIRST_BYTES, MAILS, RESUMED, begins_answer, probe
from sensor.wire.records import Pop3
from sensor.wire.sasl import mechanism
from sensor.wire.smtp_dots import DotText
from sensor.wire.smtp_words import MAIL_FIELD, server_name

__all__ = ["FIRST_BYTES", "Pop3Reader", "probe"]

COMMANDS = 1_024
"""Commands that may wait for their answers; past it they are forgotten, and content tells."""

SLICE = 16_384
STRANGE = 256


class Pop3Reader:
    """See the module. Fed in both directions, or in one."""

    service: ClassVar[str] = "pop3"

    def __init__(self) -> None:
        self._session = Session()
        self._flows = {True: Flow(), False: Flow()}
        self._heard = {True: False, False: False}
        self._ended = {True: False, False: False}
        self._client_is_orig: bool | None = None
        self._due: deque[bytes] = deque()  # commands without answer: verb, or b"?" for a secret
        self._greeted = self._secret = self._tls = self._over = False
        self._command: bytes | None = None  # whose `+OK` was the last
        self._unclear = False  # more lines may follow that `+OK`: they tell
        self._list = False
        self._dots: DotText | None = None
        self._lost = 0  # bytes at its beginning
        self._strange = 0
        self._told: list[Pop3] = []
        self._told_any = False

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        for at in range(0, len(data), SLICE):
            self._flows[from_orig].add(data[at : at + SLICE])
            if self._client_is_orig is None and not self._sides_known(from_orig):
                continue
            self._go_on()
        return self._outcome()

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        flow = self._flows[from_orig]
        if from_orig != self._client_is_orig and self._dots is not None:
            self._dots.gap(missing)
            return self._outcome()
        asked = self._due[0] if self._due and from_orig != self._client_is_orig else None
        flow.gap()
        self._due.clear()
        self._secret = self._list = False
        self._command = None
        self._unclear = True
        if asked in MAILS:  # the mail's own beginning is missing, or a refusal
            self._command = asked
            self._begin_mail(lost=missing)
        return self._outcome()

    def end(self, *, from_orig: bool) -> Outcome:
        self._ended[from_orig] = True
        if from_orig != self._client_is_orig and self._dots is not None:
            self._end_mail(complete=bool(self._dots.maybe))
        if all(self._ended.values()) or not self._heard[not from_orig]:
            self._over = True
        return self._outcome()

    def _sides_known(self, from_orig: bool) -> bool:
        data = self._flows[from_orig].data
        if ANSWER.match(data) and len(data) > 4:
            self._client_is_orig = not from_orig
        elif COMMAND.match(data) and b"\n" in data:
            self._client_is_orig = from_orig
        elif b"\n" in data:
            self._client_is_orig = from_orig is False  # the middle of a mail: the server's
            self._unclear = True
        return self._client_is_orig is not None

    def _go_on(self) -> None:
        """The client first: its commands are what answers are for."""
        assert self._client_is_orig is not None
        while not self._tls and (line := self._client_line(self._flows[self._client_is_orig])) is not None:
            self._client(line)
        server = self._flows[not self._client_is_orig]
        while server.data and not self._tls and self._server(server):
            pass

    # The client's commands

    def _client_line(self, flow: Flow) -> bytes | None:
        if flow.data.startswith(b"\x16"):
            self._tls = b"STLS" not in self._due or not self._heard[not self._client_is_orig]
            return None
        return flow.line()

    def _client(self, line: bytes) -> None:
        if self._secret:
            self._secret = False
            self._expect(b"?")
            return
        if COMMAND.match(line) is None:
            self._expect(b"")
            return
        verb, _, rest = line.partition(b" ")
        verb = verb.upper()
        how = {b"USER": "USER", b"APOP": "APOP", b"AUTH": mechanism(rest.split(b" ", 1)[0])}.get(verb)
        if how is not None:
            self._session.auth_mechanism, self._session.auth_success = how, None
        if verb == b"AUTH" and not rest.strip():
            verb = b"CAPA"  # lists what there is, as CAPA does
        elif verb in (b"LIST", b"UIDL") and rest.strip():
            verb += b" n"
        self._expect(verb)

    def _expect(self, verb: bytes) -> None:
        if len(self._due) >= COMMANDS:
            self._due.clear()
            self._unclear = True
        self._due.append(verb)

    # The server's answers

    def _server(self, flow: Flow) -> bool:
        if self._dots is not None:
            return self._mail(flow)
        if flow.data.startswith(b"\x16"):
            self._tls = True
            return False
        if not self._list and MAIL_FIELD.match(flow.data) and b"\n" in flow.data and self._mail_may_begin():
            self._begin_mail()
            return True
        line = flow.line()
        if line is None:
            return False
        if self._list:
            self._list = line != b"."
            self._capability(line)
        elif ANSWER.match(line):
            self._answer(line)
        elif line.startswith(b"+ ") or line == b"+":
            self._secret = bool(self._due) and self._due.popleft() in (b"AUTH", b"?")
        elif self._unclear:
            self._list = line != b"."
            self._capability(line)
        else:
            self._strange += 1
        return True

    def _capability(self, line: bytes) -> None:
        if line.upper() == b"STLS" and self._session.tls == "none":
            self._session.tls = "offered"

    def _answer(self, line: bytes) -> None:
        self._strange = 0
        good = line.startswith(b"+OK")
        if not self._greeted:
            self._greeted = True
            if not self._due or self._due[0] not in MAILS:
                self._session.server_name = next(filter(None, map(server_name, line.split()[1:])), None)
                return
        verb = self._due.popleft() if self._due else None
        self._command = verb
        self._unclear = verb is None and good
        if verb in (b"PASS", b"APOP", b"AUTH", b"?"):
            self._session.auth_success = good
        elif verb == b"STLS":
            self._tls_answer(good=good)
        elif verb == b"QUIT":
            self._over = True
        elif good and verb in MAILS:
            self._begin_mail()
        elif good and verb in (b"CAPA", b"LIST", b"UIDL"):
            self._list = True

    def _tls_answer(self, *, good: bool) -> None:
        if not good:
            self._session.tls = "refused"
        elif self._session.tls == "none":
            self._session.tls = "offered"

    # Mails

    def _mail_may_begin(self) -> bool:
        """Where a mail's field stands: was an answer missed, or a command seen too late (a mirror of two lines)?"""
        asked = next((verb for verb in self._due if verb in MAILS), None)
        while asked is not None and self._command is not asked:
            self._command = self._due.popleft()
        return self._unclear or asked is not None

    def _begin_mail(self, *, lost: int = 0) -> None:
        self._dots = DotText(MimeScanner(midway=lost > 0), begins_answer)
        self._unclear = False
        self._lost = lost
        if lost:
            self._dots.gap(lost)

    def _mail(self, flow: Flow) -> bool:
        assert self._dots is not None
        data = flow.take()
        if self._dots.gapped:
            self._dots.after_gap(data)
            resumed = RESUMED.search(data)
            if resumed:  # an answer: the end was missed
                rest = self._dots.feed(data[: resumed.start()])
                self._end_mail(complete=rest is not None)
                flow.give_back(data[resumed.start() :])
                return True
        rest = self._dots.feed(data)
        if rest is None:
            return False
        flow.give_back(rest)
        self._end_mail(complete=True)
        return True

    def _end_mail(self, *, complete: bool) -> None:
        assert self._dots is not None
        mail = self._dots.mail.finish(complete=complete)
        self._dots = None
        if self._lost and mail.size <= self._lost:
            return  # nothing followed: it may have been refused
        told = self._session.told(mail, preview=self._command == b"TOP")
        command = self._command.decode("ascii") if self._command in MAILS else None
        if command == "TOP":
            told["complete"] = False
        self._told.append(Pop3(command=command, **told))

    # What is told

    def _outcome(self) -> Outcome:
        if self._tls:
            return self._hand_over()
        if self._strange > STRANGE and not self._told_any:
            return GiveUp("no commands and no answers")
        if self._over:
            return self._finish()
        told = self._take_told()
        return Events(told) if told else MORE

    def _take_told(self) -> tuple[Pop3, ...]:
        told, self._told = tuple(self._told), []
        self._told_any = self._told_any or bool(told)
        return told

    def _finish(self) -> Outcome:
        if self._dots is not None:
            self._end_mail(complete=False)
        if not self._told_any and not self._told:
            if not self._greeted and self._session.auth_mechanism is None:
                return GiveUp("ended before anything was said")
            self._told.append(Pop3(**self._session.told()))
        return Events(self._take_told(), Rest.DONE)

    def _hand_over(self) -> Outcome:
        if self._greeted or self._command or self._due:
            self._session.tls = "established" if self._session.tls != "refused" else "refused"
        self._told.append(Pop3(**self._session.told()))
        return Events(
            self._take_told(), Rest.HANDOVER, left_orig=self._flows[True].data, left_resp=self._flows[False].data
        )
