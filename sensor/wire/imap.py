"""IMAP4 in clear, on any port (RFC 3501, RFC 9051, 7888, 4978, 3516). Called for streams that `probe` takes.

* The server greets `* OK`, `* PREAUTH` or `* BYE`; the client sends `TAG COMMAND …`, answered by `* …` lines and `TAG OK|NO|BAD`.
* A line that ends in `{n}` goes on after n bytes of literal. The client waits for `+` before its own, unless it wrote `{n+}`.
* A mail goes down as the literal of `* n FETCH (… BODY[section]<offset> {n}`, up as that of APPEND: `imap_literal`. A BODYSTRUCTURE
  alone moves nothing; it says what a part is that is fetched later: `imap_structure`.
* LOGIN and AUTHENTICATE are told by mechanism and outcome. STARTTLS leads to `Rest.HANDOVER`, COMPRESS to inflated bytes
  (`INFLATED`).

One `Imap` for each mail or part, one for a session without any. Buffer: `mailbox.Flow` a side, one content, `TAGS` and
`imap_literal.MESSAGES`. Bytes of literals are counted, so a gap within one does no harm.
"""

import re
import zlib
from collections import OrderedDict
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Outcome, Rest
from sensor.wire.imap_literal import Content, Fetches, Whole
from sensor.wire.imap_session import ImapSession
from sensor.wire.imap_side import INFLATED, SLICE, Side
from sensor.wire.imap_strayed import Strayed
from sensor.wire.imap_words import COMMAND, FETCH, FIRST_BYTES, LITERAL, PARTIAL, TAGGED, UNTAGGED, is_client, probe
from sensor.wire.mime_mail import Mail
from sensor.wire.records import Imap

__all__ = ["FIRST_BYTES", "ImapReader", "probe"]

TAGS = 256
"""Commands that may be under way."""

STRANGE = 256
"""Lines in a row that are neither command nor answer, after which this was no IMAP."""


class ImapReader:
    """See the module. Fed in both directions, or in one."""

    service: ClassVar[str] = "imap"

    def __init__(self) -> None:
        self._session = ImapSession()
        self._sides = {True: Side(), False: Side()}
        self._heard = {True: False, False: False}
        self._ended = {True: False, False: False}
        self._client_is_orig: bool | None = None
        self._tags: OrderedDict[bytes, bytes] = OrderedDict()  # → verb
        self._fetches = Fetches()
        self._verb: bytes | None = None  # of the client's line that goes on behind a literal
        self._secret: bytes | None = None  # tag of the log-in under way
        self._tls_next = self._tls = self._over = self._compressed = self._cut = False
        self._strange = 0
        self._told: list[Imap] = []
        self._told_any = False

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        for at in range(0, len(data), SLICE):
            self._slice(data[at : at + SLICE], self._sides[from_orig], from_orig)
            if self._over or self._tls:
                self._sides[from_orig].flow.add(data[at + SLICE :])
                break
        return self._outcome()

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        side = self._sides[from_orig]
        if side.inflater is not None:
            self._over = self._cut = True  # nothing can be inflated behind it
            return self._outcome()
        hidden = min(missing, side.left)
        if hidden:
            side.left -= hidden
            if side.content is not None:
                side.content.gap(hidden)
            self._end_literal(side, from_orig)
        if missing > hidden:
            side.flow.gap()
            self._secret = None
            side.strayed = side.strayed or Strayed()
            self._fetches.message = None if from_orig != self._client_is_orig else self._fetches.message
        return self._outcome()

    def end(self, *, from_orig: bool) -> Outcome:
        self._ended[from_orig] = True
        side = self._sides[from_orig]
        if side.content is not None and side.left:
            self._tell(side.content, from_orig, complete=False)
            side.content = None
        self._over = all(self._ended.values()) or not self._heard[not from_orig]
        return self._outcome()

    def _slice(self, data: bytes, side: Side, from_orig: bool) -> None:
        side.size_in += len(data)
        while True:
            if not side.add(data):
                self._over = self._cut = True
                return
            if self._client_is_orig is None and not self._sides_known(from_orig):
                return
            self._go_on()
            data = side.inflater.unconsumed_tail if side.inflater is not None else b""
            most, ratio = INFLATED
            self._cut = self._cut or side.size_out > most + ratio * side.size_in
            self._over = self._over or self._cut
            if not data or self._over:
                return

    def _sides_known(self, from_orig: bool) -> bool:
        client = is_client(self._sides[from_orig].flow.data)
        if client is not None:
            self._client_is_orig = from_orig if client else not from_orig
        return client is not None

    def _go_on(self) -> None:
        assert self._client_is_orig is not None
        for from_orig in (self._client_is_orig, not self._client_is_orig):
            side = self._sides[from_orig]
            while side.flow.data and not self._tls and self._step(side, from_orig):
                pass

    def _step(self, side: Side, from_orig: bool) -> bool:
        if side.left:
            data = side.flow.take(side.left)
            side.left -= len(data)
            if side.content is not None:
                side.content.feed(data)
            self._end_literal(side, from_orig)
            return True
        if side.flow.data.startswith(b"\x16"):
            waiting = b"STARTTLS" in self._tags.values() and self._heard[not from_orig]
            self._tls = self._tls_next or not waiting
            return False
        line = side.flow.line()
        if line is None:
            return False
        if side.strayed is not None:
            if side.strayed.takes(line, None if from_orig == self._client_is_orig else self._tags):
                return True
            self._end_strayed(side, from_orig)
        if from_orig == self._client_is_orig:
            self._client(line, side)
        else:
            self._server(line, side)
        return True

    def _end_strayed(self, side: Side, from_orig: bool) -> None:
        strayed, side.strayed = side.strayed, None
        mail = strayed.finish() if strayed is not None else None
        if mail is not None:
            self._add(mail, from_orig)

    def _end_literal(self, side: Side, from_orig: bool) -> None:
        if side.left == 0 and side.content is not None:
            content, side.content = side.content, None
            self._tell(content, from_orig, complete=True)

    # The client's lines

    def _client(self, line: bytes, side: Side) -> None:
        verb, self._verb = self._verb, None
        if verb is None:
            found = COMMAND.match(line)
            if found is None or (self._secret is not None and self._heard[not self._client_is_orig]):
                return  # DONE, or the log-in's own words
            self._secret = None
            verb = found[2].upper()
            self._command(found[1], verb, line)
        literal = LITERAL.search(line)
        if literal:
            self._verb = verb
            side.left = int(literal[1])
            side.content = Whole() if verb == b"APPEND" and side.left else None

    def _command(self, tag: bytes, verb: bytes, line: bytes) -> None:
        if len(self._tags) >= TAGS:
            self._tags.popitem(last=False)
        self._tags[tag] = verb
        if verb in (b"LOGIN", b"AUTHENTICATE"):
            self._session.login(verb, line)
            self._secret = tag if verb == b"AUTHENTICATE" else self._secret
        elif verb == b"FETCH":
            found = PARTIAL.search(line)
            self._fetches.asked = int(found[1]) if found else None

    # The server's lines

    def _server(self, line: bytes, side: Side) -> None:
        literal = LITERAL.search(line)
        if self._fetches.message is None:
            self._answer(line)
        elif not literal:
            self._fetches.line(line)
        if literal:
            self._begin_literal(line, int(literal[1]), side)
        else:
            self._fetches.message = None

    def _answer(self, line: bytes) -> None:
        """A line that does not go on behind a literal."""
        self._session.capabilities(line)
        if found := FETCH.match(line):
            self._fetches.message = int(found[1])
            self._fetches.line(line)
        elif found := TAGGED.match(line):
            self._result(found[1], good=found[2].upper() == b"OK", line=line)
        elif not self._session.greeted and line.startswith(b"* "):
            self._session.greet(line)
        elif not UNTAGGED.match(line) and not line.startswith((b"+", b"* ")):
            self._strange += 1
            return
        self._strange = 0

    def _result(self, tag: bytes, *, good: bool, line: bytes) -> None:
        verb = self._tags.pop(tag, None)
        if verb is None and not self._heard[bool(self._client_is_orig)]:
            word = re.search(rb"\b(LOGIN|AUTHENTICATE|STARTTLS)\b", line.upper())
            verb = word[1] if word else None
            if verb == b"LOGIN" and self._session.auth_mechanism is None:
                self._session.auth_mechanism = "LOGIN"
        client = self._sides[bool(self._client_is_orig)]
        if self._verb is not None and not good and client.left and verb == self._verb:
            client.left, client.content, self._verb = 0, None, None  # its literal was refused
        if verb in (b"LOGIN", b"AUTHENTICATE"):
            self._session.auth_success, self._secret = good, None
        elif verb == b"STARTTLS":
            self._tls_next = good
            self._session.tls = self._session.tls if good else "refused"
        elif verb == b"COMPRESS" and good:
            self._compress()
        elif verb == b"LOGOUT":
            self._over = True

    def _compress(self) -> None:
        self._compressed = True
        for side in self._sides.values():
            left = side.flow.take()
            side.inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            self._over = self._over or not side.add(left)

    # Mails

    def _begin_literal(self, line: bytes, size: int, side: Side) -> None:
        side.left = size
        side.content, abandoned = self._fetches.begin(line, size)
        if abandoned is not None:
            self._tell(abandoned, not self._client_is_orig, complete=False)
        if size == 0:
            self._end_literal(side, not self._client_is_orig)

    def _tell(self, content: Content, from_orig: bool, *, complete: bool) -> None:
        if complete and self._fetches.goes_on(content):
            return  # more pieces of it are to come
        mail = content.finish(complete=complete)
        if mail is not None:
            self._add(mail, from_orig, preview=isinstance(content, Whole) and content.partial)

    def _add(self, mail: Mail, from_orig: bool, *, preview: bool = False) -> None:
        upload = from_orig == self._client_is_orig
        command = "APPEND" if upload else "FETCH"
        told = self._session.told(mail, preview=preview)
        self._told.append(Imap(upload=upload, command=command, compressed=self._compressed, **told))

    # What is told

    def _outcome(self) -> Outcome:
        if self._tls:
            self._session.tls = "established"
            self._told.append(Imap(**self._session.told()))
            left = {side: self._sides[side].flow.data for side in (True, False)}
            return Events(self._take_told(), Rest.HANDOVER, left_orig=left[True], left_resp=left[False])
        if self._strange > STRANGE and not self._told_any:
            return GiveUp("no commands and no answers")
        if self._over:
            return self._finish()
        told = self._take_told()
        return Events(told) if told else MORE

    def _take_told(self) -> tuple[Imap, ...]:
        told, self._told = tuple(self._told), []
        self._told_any = self._told_any or bool(told)
        return told

    def _finish(self) -> Outcome:
        for from_orig, side in self._sides.items():
            self._end_strayed(side, from_orig)
            if side.content is not None:
                content, side.content = side.content, None
                self._fetches.end()
                self._tell(content, from_orig, complete=False)
        open_still = self._fetches.end()
        if open_still is not None:
            self._tell(open_still, not self._client_is_orig, complete=False)
        if self._cut or (not self._told_any and not self._told):
            if not self._session.greeted and self._session.auth_mechanism is None and not self._tags:
                return GiveUp("ended before anything was said")
            self._told.append(Imap(compressed=self._compressed, unread=self._cut, **self._session.told()))
        return Events(self._take_told(), Rest.DONE)
